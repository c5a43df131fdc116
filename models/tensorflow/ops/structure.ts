import { type Op, type Rule, type RuleTable, type Tensor, commonShape, knownOf } from '../graph/index.ts'
import { variableValue } from './gather.ts'

/** The largest number of rounds of a loop, which is unrolled when the graph is compiled. */
const mostRounds = 2000

const constant: Rule = op => op.graph.constant(op.tensor('value'))

const first: Rule = op => op.input(0)

const handle: Rule = op => ({ type: 'resource', shape: [], resource: op.name })

/** A variable of TensorFlow 1, whose output is its value. */
const variable: Rule = op => op.around.variable(op.name) ?? op.fail('is a variable that has no value in the model')

const read: Rule = op => variableValue(op, 0)

const call: Rule = op => op.around.call(op.functionName('f'), op.inputs)

/** Compiles one branch if the condition is known; otherwise both, which have no side effects, and a selection of their results. */
const ifRule: Rule = op => {
  const [condition, ...inputs] = op.inputs as [Tensor, ...Tensor[]]
  const known = knownOf(condition)?.[0]
  const [yes, no] = [op.functionName('then_branch'), op.functionName('else_branch')]
  if (typeof known === 'number') return op.around.call(known === 0 ? no : yes, inputs)
  if (condition.type !== 'bool' || (condition.shape?.length ?? 1) > 0) return op.fail('has a condition that is not a single boolean')
  const others = op.around.call(no, inputs)
  return op.around.call(yes, inputs).map((a, at) => {
    const b = others[at] as Tensor
    if (a.shape === undefined || a.shape.length !== b.shape?.length) op.fail('has branches whose results differ in their dimensions')
    return op.graph.add('Where', [condition, a, b], { type: a.type, shape: commonShape(a.shape, b.shape) })
  })
}

/** Unrolls the loop. The condition must be known at compile time in each round. */
const whileRule: Rule = op => {
  const [condition, body] = [op.functionName('cond'), op.functionName('body')]
  let state = op.inputs
  for (let round = 0; round < mostRounds; round++) {
    const [goOn] = op.around.call(condition, state)
    const known = goOn === undefined ? undefined : knownOf(goOn)?.[0]
    if (typeof known !== 'number') return op.fail('is a loop whose end depends on the records, which is not supported')
    if (known === 0) return state
    state = op.around.call(body, state)
  }
  return op.fail(`is a loop of more than ${mostRounds} rounds`)
}

const dead: Tensor = { type: 'float32', shape: undefined, dead: true }

/** The conditional of TensorFlow 1: the data goes to the output that the condition selects; the other output is dead. */
const switchRule: Rule = op => {
  const known = knownOf(op.input(1))?.[0]
  if (typeof known !== 'number')
    return op.fail('branches on a value that is not known before a run, which is not supported in this old form')
  return known === 0 ? [op.input(0), dead] : [dead, op.input(0)]
}

const merge: Rule = op => {
  const alive = op.inputs.findIndex(input => input.dead !== true)
  return alive < 0 ? [dead, dead] : [op.input(alive), op.graph.scalar('int32', alive)]
}

function items(op: Op, at: number): readonly (Tensor | undefined)[] {
  return op.input(at).items ?? op.fail('uses a list that is not known when the model is compiled')
}

function list(values: readonly (Tensor | undefined)[]): Tensor {
  return { type: 'list', shape: [], items: values }
}

const reserve: Rule = op => {
  const count = op.number(1)
  if (!(count >= 0 && count <= 100_000)) op.fail(`makes a list of ${count} tensors`)
  return list(Array.from({ length: count }, () => undefined))
}

const fromTensor: Rule = op => {
  const x = op.input(0)
  const count = op.dim(0, 0)
  if (count > 100_000) op.fail(`makes a list of ${count} tensors`)
  const shape = x.shape?.slice(1)
  return list(
    Array.from({ length: count }, (_, at) => op.graph.add('Gather', [x, op.graph.numbers('int64', [], [at])], { type: x.type, shape })),
  )
}

const getItem: Rule = op => {
  const at = op.number(1)
  const item = items(op, 0)[at]
  if (item !== undefined) return item
  const shape = op.numbers(2)
  if (shape.some(dim => dim < 0)) return op.fail(`reads item ${at} of a list, which was never set`)
  const zero = op.graph.scalar(op.type('element_dtype', 'float32'), 0)
  return op.graph.add('Expand', [zero, op.graph.ints(shape)], { type: zero.type, shape })
}

const setItem: Rule = op => list(items(op, 0).toSpliced(op.number(1), 1, op.input(2)))

const stack: Rule = op => {
  const values = items(op, 0)
  const parts = values.map((item, at) => item ?? op.fail(`stacks a list whose item ${at} was never set`))
  const [one] = parts
  if (one?.shape === undefined) return op.fail('stacks tensors whose number of dimensions is not known')
  const rows = parts.map(part =>
    op.graph.add('Unsqueeze', [part, op.graph.ints([0])], { type: part.type, shape: [1, ...(part.shape ?? [])] }),
  )
  return op.graph.add('Concat', rows, { type: one.type, shape: [rows.length, ...one.shape] }, { axis: 0n })
}

/** Constants, variables, calls and control flow. */
export const structureRules: RuleTable = {
  Const: constant,
  Identity: first,
  Snapshot: first,
  StopGradient: first,
  PreventGradient: first,
  CheckNumerics: first,
  DebugIdentityV2: first,
  EnsureShape: first,
  PlaceholderWithDefault: first,
  IdentityN: op => op.inputs,
  VarHandleOp: handle,
  HashTableV2: handle,
  HashTable: handle,
  MutableHashTableV2: handle,
  VariableV2: variable,
  Variable: variable,
  ReadVariableOp: read,
  PartitionedCall: call,
  StatefulPartitionedCall: call,
  If: ifRule,
  StatelessIf: ifRule,
  While: whileRule,
  StatelessWhile: whileRule,
  Switch: switchRule,
  RefSwitch: switchRule,
  Merge: merge,
  RefMerge: merge,
  TensorListReserve: reserve,
  EmptyTensorList: () => list([]),
  TensorListFromTensor: fromTensor,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListPushBack: op => list([...items(op, 0), op.input(1)]),
  TensorListLength: op => op.graph.scalar('int32', items(op, 0).length),
  TensorListStack: stack,
}
