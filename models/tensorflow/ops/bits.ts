import { type Op, type Rule, type RuleTable, type Dim, type Tensor, broadcast, knownOf } from '../graph/index.ts'

const signBit = -(2 ** 31)

/** ONNX Runtime cannot read a number's bits. Keras only reads the sign bit, which `and` computes in another way. */
const bitcast: Rule = op => {
  const x = op.input(0)
  if (x.type !== 'float32' || op.type('type', 'int32') !== 'int32') return op.fail(`looks at the bits of ${x.type}, which is not supported`)
  return { type: 'int32', shape: x.shape, bitsOf: x }
}

const and: Rule = op => {
  const [x, mask] = [op.input(0), op.input(1)]
  const given = { type: x.type, shape: broadcast(x.shape, mask.shape) }
  if (x.bitsOf === undefined) return op.graph.add('BitwiseAnd', [x, mask], given)
  if (knownOf(mask)?.every(value => value === signBit) !== true)
    return op.fail('reads bits of a number other than its sign, which is not supported')
  return signOf(op, x.bitsOf)
}

/** The sign bit of numbers: set for numbers below 0 and for −0 (1 / −0 is −∞). */
function signOf(op: Op, x: Tensor): Tensor {
  const { graph } = op
  const flags = { type: 'bool', shape: x.shape } as const
  const zero = graph.scalar('float32', 0)
  const below = graph.add('Less', [x, zero], flags)
  const inverse = graph.add('Less', [graph.add('Reciprocal', [x], { type: x.type, shape: x.shape }), zero], flags)
  const set = graph.add('Or', [below, inverse], flags)
  return graph.add('Where', [set, graph.scalar('int32', signBit), graph.scalar('int32', 0)], { type: 'int32', shape: x.shape })
}

function bitwise(operator: string): Rule {
  return op =>
    op.graph.add(operator, [op.input(0), op.input(1)], { type: op.input(0).type, shape: broadcast(op.input(0).shape, op.input(1).shape) })
}

/** A square matrix with a vector on its diagonal. */
const matrixDiagonal: Rule = op => {
  const { graph } = op
  const x = op.input(0)
  const size = op.dim(0, -1)
  if (op.inputs.length > 1 && op.numbers(1).some(each => each !== 0))
    return op.fail('sets diagonals other than the main one, which is not supported')
  if (op.inputs.length > 3 && [...op.numbers(2), ...op.numbers(3)].some(each => each !== -1 && each !== size))
    return op.fail('makes a matrix that is not square, which is not supported')
  const padding = op.inputs[4] ?? graph.scalar(x.type, 0)
  const lead = (x.shape ?? []).slice(0, -1)
  const rows = graph.add('Unsqueeze', [x, graph.ints([-2])], { type: x.type, shape: [...lead, 1, size] })
  return graph.add('Where', [mask(op, [size, size], (row, column) => row === column), rows, padding], {
    type: x.type,
    shape: [...lead, size, size],
  })
}

/** Keeps a band around the diagonal and sets all other values to 0. */
const bandPart: Rule = op => {
  const x = op.input(0)
  const [lower, upper] = [op.number(1), op.number(2)]
  const inBand = (row: number, column: number): boolean => (lower < 0 || row - column <= lower) && (upper < 0 || column - row <= upper)
  const kept = mask(op, [op.dim(0, -2), op.dim(0, -1)], inBand)
  return op.graph.add('Where', [kept, x, op.graph.scalar(x.type, 0)], { type: x.type, shape: x.shape })
}

function mask(op: Op, [rows, columns]: readonly [number, number], test: (row: number, column: number) => boolean): Tensor {
  if (rows * columns > 4_000_000) op.fail(`makes a matrix of ${rows} × ${columns}`)
  const flags = Array.from({ length: rows * columns }, (_, at): number => Number(test(Math.floor(at / columns), at % columns)))
  return op.graph.numbers('bool', [rows, columns] satisfies Dim[], flags)
}

/** Bits of numbers, and parts of matrices. */
export const bitRules: RuleTable = {
  Bitcast: bitcast,
  BitwiseAnd: and,
  BitwiseOr: bitwise('BitwiseOr'),
  BitwiseXor: bitwise('BitwiseXor'),
  MatrixDiag: matrixDiagonal,
  MatrixDiagV3: matrixDiagonal,
  MatrixBandPart: bandPart,
}
