import {
  type Rule,
  type RuleTable,
  type Dim,
  type Shape,
  type Tensor,
  isFloat,
  Op,
  broadcast,
  broadcastValues,
  knownOf,
  mostKnown,
  sizeOf,
} from '../graph/index.ts'

/** An operator of two operands that broadcast. `fold` computes results whose operands are known at compile time. */
function binary(operator: string, fold?: (a: number, b: number) => number): Rule {
  return op => arithmetic(op, operator, [op.input(0), op.input(1)], fold)
}

function arithmetic(op: Op, operator: string, [a, b]: readonly [Tensor, Tensor], fold?: (a: number, b: number) => number): Tensor {
  const shape = broadcast(a.shape, b.shape)
  const known = fold === undefined ? undefined : folded(a, b, { shape, fold })
  return result(op, known, { type: a.type, shape }, () => op.graph.add(operator, [a, b], { type: a.type, shape, known }))
}

/** A constant if all values are known; otherwise the result of `emit`, which adds a node to the graph. */
export function result(
  op: Op,
  known: readonly Dim[] | undefined,
  { type, shape }: { type: Tensor['type']; shape: Shape },
  emit: () => Tensor,
): Tensor {
  if (known?.every(value => typeof value === 'number') === true) return op.graph.numbers(type, shape as number[], known)
  return emit()
}

export function folded(
  a: Tensor,
  b: Tensor,
  { shape, fold }: { shape: Shape; fold: (a: number, b: number) => number },
): readonly Dim[] | undefined {
  const size = sizeOf(shape)
  if (size === undefined || size > (isFloat(a.type) ? 16 : mostKnown)) return undefined
  const [x, y] = [knownOf(a), knownOf(b)]
  if (x === undefined || y === undefined) return undefined
  const [xs, ys] = [broadcastValues(x, a.shape as number[], shape as number[]), broadcastValues(y, b.shape as number[], shape as number[])]
  // The number of records (N) stays known under + 0 and × 1.
  return xs.map((value, at): Dim => {
    const other = ys[at]
    if (typeof value === 'number' && typeof other === 'number') return fold(value, other)
    if (value === 'N' && typeof other === 'number' && fold(1, other) === 1 && fold(1e6, other) === 1e6) return 'N'
    if (other === 'N' && typeof value === 'number' && fold(value, 1) === 1 && fold(value, 1e6) === 1e6) return 'N'
    return undefined
  })
}

const add: Rule = binary('Add', (a, b) => a + b)
const divide = (op: Op): Tensor => {
  const fold = isFloat(op.input(0).type) ? (a: number, b: number) => a / b : (a: number, b: number) => (b === 0 ? 0 : Math.trunc(a / b))
  return arithmetic(op, 'Div', [op.input(0), op.input(1)], fold)
}

function addAll(op: Op): Tensor {
  let sum = op.input(0)
  for (const next of op.inputs.slice(1)) sum = arithmetic(op, 'Add', [sum, next], (a, b) => a + b)
  return sum
}

/** Rounds towards −∞. ONNX's division of integers rounds towards zero. */
function floorDivide(op: Op): Tensor {
  const [a, b] = [op.input(0), op.input(1)]
  const { graph } = op
  const shape = broadcast(a.shape, b.shape)
  const given = { type: a.type, shape }
  const known = folded(a, b, { shape, fold: (x, y) => (y === 0 ? 0 : Math.floor(x / y)) })
  return result(op, known, given, () => {
    if (isFloat(a.type)) return graph.add('Floor', [graph.add('Div', [a, b], given)], given)
    return graph.add('Div', [graph.add('Sub', [a, graph.add('Mod', [a, b], given)], given), b], { ...given, known })
  })
}

/** The remainder has the sign of the divisor. */
function floorRemainder(op: Op): Tensor {
  const [a, b] = [op.input(0), op.input(1)]
  const { graph } = op
  const given = { type: a.type, shape: broadcast(a.shape, b.shape) }
  const known = folded(a, b, { shape: given.shape, fold: (x, y) => (y === 0 ? 0 : x - Math.floor(x / y) * y) })
  return result(op, known, given, () => {
    if (!isFloat(a.type)) return graph.add('Mod', [a, b], given)
    const flags = { ...given, type: 'bool' } as const
    const zero = graph.scalar(a.type, 0)
    const rest = graph.add('Mod', [a, b], given, { fmod: 1n })
    const signs = graph.add(
      'Xor',
      [graph.add('Less', [rest, zero], flags), graph.add('Less', [b, zero], { type: 'bool', shape: b.shape })],
      flags,
    )
    const wrong = graph.add('And', [signs, graph.add('Not', [graph.add('Equal', [rest, zero], flags)], flags)], flags)
    return graph.add('Where', [wrong, graph.add('Add', [rest, b], given), rest], given)
  })
}

function remainder(op: Op): Tensor {
  const [a, b] = [op.input(0), op.input(1)]
  return op.graph.add('Mod', [a, b], { type: a.type, shape: broadcast(a.shape, b.shape) }, { fmod: 1n })
}

const square: Rule = op => arithmetic(op, 'Mul', [op.input(0), op.input(0)], (a, b) => a * b)

const squaredDifference: Rule = op => {
  const difference = arithmetic(op, 'Sub', [op.input(0), op.input(1)])
  return arithmetic(op, 'Mul', [difference, difference])
}

/** The quotient, 0 where the divisor is 0. */
const divideNoNan: Rule = op => {
  const [a, b] = [op.input(0), op.input(1)]
  const given = { type: a.type, shape: broadcast(a.shape, b.shape) }
  const zero = op.graph.scalar(a.type, 0)
  const none = op.graph.add('Equal', [b, zero], { type: 'bool', shape: b.shape })
  return op.graph.add('Where', [none, zero, op.graph.add('Div', [a, b], given)], given)
}

/** The result of `compute`, 0 where x is 0, even if the other operand is not finite. */
function zeroWhereZero(compute: (x: Tensor, y: Tensor, op: Op) => Tensor): Rule {
  return op => {
    const [x, y] = [op.input(0), op.input(1)]
    const zero = op.graph.scalar(x.type, 0)
    const none = op.graph.add('Equal', [x, zero], { type: 'bool', shape: x.shape })
    const value = compute(x, y, op)
    return op.graph.add('Where', [none, zero, value], { type: x.type, shape: value.shape })
  }
}

const power: Rule = binary('Pow', (a, b) => a ** b)

/** The larger or smaller operand. A value that is clamped between two equal bounds is known to be that bound. */
function extreme(operator: 'Max' | 'Min'): Rule {
  const fold = operator === 'Max' ? Math.max : Math.min
  return op => {
    const [a, b] = [op.input(0), op.input(1)]
    const bound = [a, b].map(each => (each.shape?.length === 0 ? knownOf(each)?.[0] : undefined)).find(value => typeof value === 'number')
    const least = a.least ?? b.least
    if (operator === 'Min' && bound !== undefined && least !== undefined && least >= bound) return op.graph.scalar(a.type, bound)
    const result = arithmetic(op, operator, [a, b], fold)
    return operator === 'Max' && bound !== undefined && result.constant === undefined ? { ...result, least: bound } : result
  }
}

/** The same op with other inputs. */
function withInputs({ node, around }: Op, inputs: readonly Tensor[]): Op {
  return new Op(node, inputs, around)
}

/** Arithmetic of two operands. Integers that are known at compile time, such as those of shapes, are computed at compile time. */
export const arithmeticRules: RuleTable = {
  Add: add,
  AddV2: add,
  AddN: addAll,
  Sub: binary('Sub', (a, b) => a - b),
  Mul: binary('Mul', (a, b) => a * b),
  Div: divide,
  RealDiv: divide,
  TruncateDiv: divide,
  DivNoNan: divideNoNan,
  FloorDiv: floorDivide,
  FloorMod: floorRemainder,
  Mod: remainder,
  TruncateMod: remainder,
  Maximum: extreme('Max'),
  Minimum: extreme('Min'),
  Pow: power,
  Square: square,
  SquaredDifference: squaredDifference,
  MulNoNan: op => zeroWhereZero((y, x) => arithmetic(op, 'Mul', [x, y]))(withInputs(op, [op.input(1), op.input(0)])),
  Xdivy: zeroWhereZero((x, y, op) => arithmetic(op, 'Div', [x, y])),
  Xlogy: zeroWhereZero((x, y, op) => arithmetic(op, 'Mul', [x, op.graph.add('Log', [y], { type: y.type, shape: y.shape })])),
}
