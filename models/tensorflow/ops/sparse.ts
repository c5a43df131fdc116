import { type OnnxGraph, type Op, type Rule, type RuleTable, type Tensor, knownOf } from '../graph/index.ts'

/** Adds a node whose result is int64, the type of a sparse tensor's indices and shape. */
function whole(graph: OnnxGraph, operator: string, inputs: readonly Tensor[], shape: Tensor['shape']): Tensor {
  return graph.add(operator, inputs, { type: 'int64', shape })
}

/** Writes the values to their places in a tensor that is filled with the default value. */
const toDense: Rule = op => {
  const { graph } = op
  const [indices, values] = [graph.int64(op.input(0)), op.input(2)]
  if (op.rank(0) !== 2) return op.fail('sets values at positions that lack some of their indices, which is not supported')
  const rank = op.dim(1, 0)
  const shape = knownOf(op.input(1)) ?? Array.from({ length: rank }, () => undefined)
  const empty = graph.add('Expand', [op.input(3), graph.int64(op.input(1))], { type: values.type, shape })
  return graph.add('ScatterND', [empty, indices, values], { type: values.type, shape })
}

/** For each dimension, the distance of two neighbours in the flat order of values. */
function strides(graph: OnnxGraph, shape: Tensor, rank: number): Tensor {
  const parts = Array.from({ length: rank }, (_, axis) => {
    if (axis === rank - 1) return graph.ints([1])
    const inner = whole(graph, 'Slice', [shape, graph.ints([axis + 1]), graph.ints([rank])], [rank - axis - 1])
    return whole(graph, 'ReduceProd', [inner], [1])
  })
  return graph.add('Concat', parts, { type: 'int64', shape: [rank] }, { axis: 0n })
}

/** The indices and shape after a change of the dimensions; one of the new dimensions may be -1. */
const reshape: Rule = op => {
  const { graph } = op
  const [indices, from, to] = [graph.int64(op.input(0)), graph.int64(op.input(1)), graph.int64(op.input(2))]
  const [rank, newRank] = [op.dim(1, 0), op.dim(2, 0)]
  const others = whole(graph, 'Abs', [whole(graph, 'ReduceProd', [to], [1])], [1])
  const rest = whole(graph, 'Div', [whole(graph, 'ReduceProd', [from], [1]), others], [1])
  const open = graph.add('Less', [to, graph.ints([0])], { type: 'bool', shape: [newRank] })
  const shape = whole(graph, 'Where', [open, rest, to], [newRank])
  const weighted = whole(graph, 'Mul', [indices, strides(graph, from, rank)], indices.shape)
  const place = whole(graph, 'ReduceSum', [weighted, graph.ints([1])], [undefined, 1])
  const steps = whole(graph, 'Div', [place, strides(graph, shape, newRank)], [undefined, newRank])
  return [whole(graph, 'Mod', [steps, shape], [undefined, newRank]), shape]
}

/**
 * Adds the default value to rows without values. The added values come last, whereas TensorFlow sorts them in; sums by rows are the same.
 */
const fillEmptyRows: Rule = op => {
  const { graph } = op
  const [indices, values, shape] = [graph.int64(op.input(0)), op.input(1), graph.int64(op.input(2))]
  const rank = op.dim(2, 0)
  const rows = whole(graph, 'Slice', [shape, graph.ints([0]), graph.ints([1])], [1])
  const row = whole(
    graph,
    'Gather',
    [graph.add('Transpose', [indices], { type: 'int64', shape: [rank, undefined] }), graph.scalar('int64', 0)],
    [undefined],
  )
  const ones = whole(graph, 'Expand', [graph.ints([1]), rows], [undefined])
  const empty = whole(graph, 'ScatterElements', [ones, row, whole(graph, 'Sub', [row, row], [undefined])], [undefined])
  const found = graph.add('Transpose', [whole(graph, 'NonZero', [empty], [1, undefined])], { type: 'int64', shape: [undefined, 1] })
  const zeros = Array.from({ length: rank - 1 }, () => whole(graph, 'Sub', [found, found], [undefined, 1]))
  const added = graph.add('Concat', [found, ...zeros], { type: 'int64', shape: [undefined, rank] }, { axis: 1n })
  const all = graph.add('Concat', [indices, added], { type: 'int64', shape: [undefined, rank] }, { axis: 0n })
  const count = whole(graph, 'Slice', [whole(graph, 'Shape', [found], [2]), graph.ints([0]), graph.ints([1])], [1])
  const given = { type: values.type, shape: [undefined] }
  const filled = graph.add('Concat', [values, graph.add('Expand', [op.input(3), count], given)], given, { axis: 0n })
  // The fourth result, the new places of the values, is used only in training.
  return [all, filled, graph.cast(empty, 'bool'), { type: 'list', shape: [] }]
}

/** The distinct values in the order of their first occurrence, and for each value of x its index among them. */
const unique: Rule = op => {
  const x = op.input(0)
  const places = { type: 'int64', shape: [undefined] } as const
  const [values, , inverse] = op.graph.addMany('Unique', [x], [{ type: x.type, shape: [undefined] }, places, places], { sorted: 0n })
  return [values as Tensor, op.graph.cast(inverse as Tensor, op.type('out_idx', 'int32'))]
}

/**
 * Sums the selected rows by segment. `divide` returns the divisors of the sums from the numbers of rows in the segments; undefined: sums are not
 * divided.
 */
function segmentSum(divide?: (op: Op, counts: Tensor) => Tensor): Rule {
  return op => {
    const { graph } = op
    const data = op.input(0)
    if (op.rank(0) !== 2) return op.fail('adds up values that are not rows, which is not supported')
    const width = data.shape?.[1]
    const given = { type: data.type, shape: [undefined, width] }
    const chosen = graph.add('Gather', [data, op.input(1)], given)
    const ids = whole(graph, 'Unsqueeze', [graph.int64(op.input(2)), graph.ints([1])], [undefined, 1])
    const last = whole(graph, 'ReduceMax', [graph.int64(op.input(2))], [1])
    const rows = whole(graph, 'Add', [last, graph.ints([1])], [1])
    const rowShape = whole(graph, 'Slice', [whole(graph, 'Shape', [data], [2]), graph.ints([1]), graph.ints([2])], [1])
    const shape = graph.add('Concat', [rows, rowShape], { type: 'int64', shape: [2] }, { axis: 0n })
    const zeros = graph.add('Expand', [graph.scalar(data.type, 0), shape], given)
    const sums = graph.add('ScatterND', [zeros, ids, chosen], given, { reduction: 'add' })
    if (divide === undefined) return sums
    const column = { type: data.type, shape: [undefined, 1] }
    const none = graph.add(
      'Expand',
      [graph.scalar(data.type, 0), graph.add('Concat', [rows, graph.ints([1])], { type: 'int64', shape: [2] }, { axis: 0n })],
      column,
    )
    const one = graph.add('Expand', [graph.scalar(data.type, 1), whole(graph, 'Shape', [ids], [2])], column)
    const counts = graph.add('ScatterND', [none, ids, one], column, { reduction: 'add' })
    const atLeastOne = graph.add('Max', [counts, graph.scalar(data.type, 1)], column)
    return graph.add('Div', [sums, divide(op, atLeastOne)], given)
  }
}

/** Ops on sparse tensors, which TensorFlow 1's feature columns use. */
export const sparseRules: RuleTable = {
  SparseToDense: toDense,
  SparseReshape: reshape,
  SparseFillEmptyRows: fillEmptyRows,
  Unique: unique,
  SparseSegmentSum: segmentSum(),
  SparseSegmentMean: segmentSum((_, counts) => counts),
  SparseSegmentSqrtN: segmentSum((op, counts) => op.graph.add('Sqrt', [counts], { type: counts.type, shape: counts.shape })),
}
