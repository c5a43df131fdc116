import { type Op, type Rule, type RuleTable, type Dim, type Shape, type Tensor, broadcast } from '../graph/index.ts'

function swapLast(op: Op, x: Tensor): Tensor {
  const rank = x.shape?.length ?? op.fail('multiplies a matrix whose number of dimensions is not known')
  const perm = Array.from({ length: rank }, (_, at) => (at === rank - 1 ? rank - 2 : at === rank - 2 ? rank - 1 : at))
  return op.graph.add('Transpose', [x], { type: x.type, shape: perm.map(at => x.shape?.[at]) }, { perm: perm.map(BigInt) })
}

function multiply(op: Op, [a, b]: readonly [Tensor, Tensor], [turnA, turnB]: readonly [boolean, boolean]): Tensor {
  const x = turnA ? swapLast(op, a) : a
  const y = turnB ? swapLast(op, b) : b
  const lead = broadcast(x.shape?.slice(0, -2), y.shape?.slice(0, -2))
  const shape: Shape = lead === undefined ? undefined : [...lead, x.shape?.at(-2), y.shape?.at(-1)]
  return op.graph.add('MatMul', [x, y], { type: x.type, shape })
}

export const matMul: Rule = op => multiply(op, [op.input(0), op.input(1)], [op.flag('transpose_a'), op.flag('transpose_b')])
const batchMatMul: Rule = op => multiply(op, [op.input(0), op.input(1)], [op.flag('adj_x'), op.flag('adj_y')])

function softmax(operator: string): Rule {
  return op => op.graph.add(operator, [op.input(0)], { type: op.input(0).type, shape: op.input(0).shape }, { axis: -1n })
}

const einsum: Rule = op => {
  const equation = op.text('equation', '').replaceAll(' ', '')
  const [from = '', to] = equation.split('->')
  const terms = from.split(',')
  const sizes = new Map<string, Dim>()
  for (const [at, term] of terms.entries())
    term.split('').forEach((letter, axis) => sizes.set(letter, sizes.get(letter) ?? op.input(at).shape?.[axis]))
  const shape = to === undefined || equation.includes('.') ? undefined : to.split('').map(letter => sizes.get(letter))
  return op.graph.add('Einsum', op.inputs, { type: op.input(0).type, shape }, { equation })
}

const l2Loss: Rule = op => {
  const x = op.input(0)
  const square = op.graph.add('ReduceSumSquare', [x], { type: x.type, shape: [] }, { keepdims: 0n })
  return op.graph.add('Div', [square, op.graph.scalar(x.type, 2)], { type: x.type, shape: [] })
}

/** Matrix products, softmax and L2 loss. */
export const neuralRules: RuleTable = {
  MatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  BatchMatMulV3: batchMatMul,
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  Einsum: einsum,
  L2Loss: l2Loss,
}
