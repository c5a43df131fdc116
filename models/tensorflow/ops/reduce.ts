import { type Op, type Rule, type RuleTable, type Dim, type Shape, type Tensor, isFloat, axisOf, knownOf } from '../graph/index.ts'

interface Reduction {
  /** The dimensions that are reduced; undefined: all. */
  readonly axes: readonly number[] | undefined
  readonly keep: boolean
  readonly shape: Shape
}

function reductionOf(op: Op): Reduction {
  const x = op.input(0)
  const keep = op.flag('keep_dims')
  if (x.shape === undefined) return op.fail('reduces a tensor whose number of dimensions is not known')
  const axes = op.axes(1, x.shape.length)
  const shape = x.shape.flatMap((dim, at): Dim[] => (axes.includes(at) ? (keep ? [1] : []) : [dim]))
  return { axes, keep, shape }
}

function reduced(op: Op, operator: string, x: Tensor, { axes, keep, shape }: Reduction): Tensor {
  // An empty list of axes means all axes in ONNX, but none in TensorFlow.
  if (axes?.length === 0) return x
  const inputs = axes === undefined ? [x] : [x, op.graph.ints(axes)]
  return op.graph.add(operator, inputs, { type: x.type, shape }, { keepdims: keep ? 1n : 0n })
}

function reduce(operator: string, fold?: (values: readonly number[]) => number): Rule {
  return op => {
    const x = op.input(0)
    const reduction = reductionOf(op)
    const known = knownOf(x)
    if (
      fold !== undefined &&
      reduction.shape?.length === 0 &&
      known?.every(value => typeof value === 'number') === true &&
      !isFloat(x.type)
    )
      return op.graph.scalar(x.type, fold(known))
    const values = operator === 'ReduceProd' && reduction.shape?.length === 0 ? known?.filter(value => value !== 1) : undefined
    const result = reduced(op, operator, x, reduction)
    return values?.length === 1 && result !== x ? Object.assign(result, { known: values }) : result
  }
}

/** All and Any, as the minimum and maximum of 0 and 1. */
function reduceFlags(operator: string): Rule {
  return op => {
    const x = op.input(0)
    const known = knownOf(x)
    const reduction = reductionOf(op)
    if (reduction.shape?.length === 0 && known?.every(value => typeof value === 'number') === true)
      return op.graph.scalar('bool', operator === 'ReduceMin' ? Math.min(1, ...known) : Math.max(0, ...known))
    return op.graph.cast(reduced(op, operator, op.graph.cast(x, 'int32'), reduction), 'bool')
  }
}

function indexOf(operator: string): Rule {
  return op => {
    const rank = op.rank(0)
    const axis = op.inputs.length > 1 ? axisOf(op.number(1), rank) : 0
    const shape = (op.input(0).shape ?? []).filter((_, at) => at !== axis)
    const index = op.graph.add(operator, [op.input(0)], { type: 'int64', shape }, { axis: BigInt(axis), keepdims: 0n })
    const type = op.type('output_type', 'int64')
    return type === 'int64' ? index : Object.assign(op.graph.cast(index, type), { int64Name: index.name })
  }
}

const cumulate: Rule = op => {
  const x = op.input(0)
  return op.graph.add(
    'CumSum',
    [x, op.input(1)],
    { type: x.type, shape: x.shape },
    {
      exclusive: op.flag('exclusive') ? 1n : 0n,
      reverse: op.flag('reverse') ? 1n : 0n,
    },
  )
}

const topK: Rule = op => {
  const x = op.input(0)
  const [k] = op.partial(1) ?? []
  const shape = x.shape?.map((dim, at, { length }) => (at === length - 1 ? k : dim))
  const count = op.graph.int64(op.input(1))
  const sizes = op.graph.add('Reshape', [count, op.graph.ints([1])], { type: 'int64', shape: [1] })
  const [values, indices] = op.graph.addMany(
    'TopK',
    [x, k === undefined || k === 'N' ? sizes : op.graph.ints([k])],
    [
      { type: x.type, shape },
      { type: 'int64', shape },
    ],
    { sorted: op.flag('sorted', true) ? 1n : 0n },
  ) as [Tensor, Tensor]
  return [values, op.graph.cast(indices, op.type('index_type', 'int32'))]
}

/** Counts in each row the occurrences of 0, 1, … up to the given size, as category encodings do. */
const denseBincount: Rule = op => {
  const { graph } = op
  const weights = op.inputs[2]
  const type = weights?.type ?? op.type('T', 'float32')
  const same = sameAsClass(op, op.number(1))
  const axis = op.rank(0)
  const shape = same.shape?.filter((_, at) => at !== axis - 1)
  const across = (operator: string, x: Tensor): Tensor =>
    graph.add(operator, [x, graph.ints([axis - 1])], { type: x.type, shape }, { keepdims: 0n })
  if (op.flag('binary_output')) return graph.cast(across('ReduceMax', graph.cast(same, 'int32')), type)
  const counts = graph.cast(same, type)
  if (weights?.shape === undefined || weights.shape.length === 0 || weights.shape[0] === 0) return across('ReduceSum', counts)
  const weight = graph.add('Unsqueeze', [weights, graph.ints([axis])], { type, shape: [...weights.shape, 1] })
  return across('ReduceSum', graph.add('Mul', [counts, weight], { type, shape: same.shape }))
}

/** Compares each value with 0, 1, … size − 1, along a new last dimension. */
function sameAsClass(op: Op, size: number): Tensor {
  const { graph } = op
  const x = op.input(0)
  const range = Array.from({ length: size }, (_, at) => at)
  const shape = x.shape ?? []
  const column = graph.add('Unsqueeze', [x, graph.ints([op.rank(0)])], { type: x.type, shape: [...shape, 1] })
  return graph.add('Equal', [column, graph.numbers(x.type, [size], range)], { type: 'bool', shape: [...shape, size] })
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const product = (values: readonly number[]): number => values.reduce((all, value) => all * value, 1)

/** Ops that reduce dimensions, count or search. */
export const reduceRules: RuleTable = {
  Sum: reduce('ReduceSum', total),
  Mean: reduce('ReduceMean'),
  Max: reduce('ReduceMax', values => Math.max(...values)),
  Min: reduce('ReduceMin', values => Math.min(...values)),
  Prod: reduce('ReduceProd', product),
  EuclideanNorm: reduce('ReduceL2'),
  All: reduceFlags('ReduceMin'),
  Any: reduceFlags('ReduceMax'),
  ArgMax: indexOf('ArgMax'),
  ArgMin: indexOf('ArgMin'),
  Cumsum: cumulate,
  TopKV2: topK,
  DenseBincount: denseBincount,
}
