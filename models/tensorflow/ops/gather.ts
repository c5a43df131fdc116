import { type Op, type Rule, type RuleTable, type Dim, type Shape, type Tensor, axisOf, knownOf } from '../graph/index.ts'

function gather(op: Op, x: Tensor, { indices, axisGiven, batchDims }: { indices: Tensor; axisGiven: number; batchDims: number }): Tensor {
  const { graph } = op
  const rank = x.shape?.length
  const axis = rank === undefined ? axisGiven : axisOf(axisGiven, rank)
  if (axis < 0) op.fail('gathers from a tensor whose number of dimensions is not known')
  const batch = batchDims < 0 ? batchDims + (indices.shape?.length ?? 0) : batchDims
  const shape: Shape =
    x.shape === undefined || indices.shape === undefined
      ? undefined
      : [...x.shape.slice(0, axis), ...indices.shape.slice(batch), ...x.shape.slice(axis + 1)]
  const constant = knownGather(op, x, indices)
  if (constant !== undefined) return constant
  if (batch === 0) return graph.add('Gather', [x, indexable(op, indices)], { type: x.type, shape }, { axis: BigInt(axis) })
  if (batch !== axis) return op.fail(`gathers along axis ${axis} with ${batch} batch dimensions`)
  const places = graph.add('Unsqueeze', [graph.int64(indices), graph.ints([-1])], {
    type: 'int64',
    shape: indices.shape === undefined ? undefined : [...indices.shape, 1],
  })
  return graph.add('GatherND', [x, places], { type: x.type, shape }, { batch_dims: BigInt(batch) })
}

/** The indices as int32 or int64, the types that ONNX accepts. */
function indexable(op: Op, indices: Tensor): Tensor {
  return indices.type === 'int32' || indices.type === 'int64' ? indices : op.graph.int64(indices)
}

function knownGather(op: Op, x: Tensor, indices: Tensor): Tensor | undefined {
  const [values, places] = [knownOf(x), knownOf(indices)]
  if (x.shape?.length !== 1 || values === undefined || places === undefined || indices.shape === undefined) return undefined
  const taken = places.map(place => (typeof place === 'number' ? values[place] : undefined))
  if (taken.every(value => typeof value === 'number')) return op.graph.numbers(x.type, indices.shape as number[], taken)
  if (x.constant !== undefined) return undefined
  return { ...op.graph.add('Gather', [x, indexable(op, indices)], { type: x.type, shape: indices.shape }), known: taken }
}

function gatherNd(op: Op, x: Tensor): Tensor {
  const indices = op.input(1)
  const depth = indices.shape?.at(-1)
  const shape: Shape =
    x.shape === undefined || indices.shape === undefined || typeof depth !== 'number'
      ? undefined
      : [...indices.shape.slice(0, -1), ...x.shape.slice(depth)]
  return op.graph.add('GatherND', [x, op.graph.int64(indices)], { type: x.type, shape })
}

/** Indices outside 0 … depth − 1 give a row of `off`. ONNX's OneHot is not used, because it counts negative indices from the end. */
const oneHot: Rule = op => {
  const [indices, on, off] = [op.input(0), op.input(2), op.input(3)]
  const { graph } = op
  const depth = op.number(1)
  const rank = op.rank(0)
  const axis = axisOf(op.int('axis', -1), rank + 1)
  const shape: Dim[] = [...(indices.shape as readonly Dim[])]
  const column = [...shape]
  shape.splice(axis, 0, depth)
  column.splice(axis, 0, 1)
  const wide = graph.add('Unsqueeze', [graph.int64(indices), graph.ints([axis])], { type: 'int64', shape: column })
  const classDims = Array.from({ length: rank + 1 }, (_, at) => (at === axis ? depth : 1))
  const classes = graph.numbers(
    'int64',
    classDims,
    Array.from({ length: depth }, (_, at) => at),
  )
  const same = graph.add('Equal', [wide, classes], { type: 'bool', shape })
  return graph.add('Where', [same, on, off], { type: on.type, shape })
}

const where: Rule = op => {
  const x = op.input(0)
  const given = { type: 'int64', shape: [x.shape?.length, undefined] } as const
  const places = op.graph.add('NonZero', [x], given)
  return op.graph.add('Transpose', [places], { type: 'int64', shape: [undefined, x.shape?.length] }, { perm: [1n, 0n] })
}

/** The number of boundaries that are not above the value; for NaN, of all boundaries. */
const bucketize: Rule = op => {
  const x = op.input(0)
  const { graph } = op
  const boundaries = op.floats('boundaries')
  const axis = op.rank(0)
  const shape: Shape = [...(x.shape ?? []), boundaries.length]
  const column = graph.add('Unsqueeze', [graph.cast(x, 'float32'), graph.ints([axis])], { type: 'float32', shape: [...(x.shape ?? []), 1] })
  const below = graph.add('Less', [column, graph.numbers('float32', [boundaries.length], boundaries)], { type: 'bool', shape })
  const reached = graph.cast(graph.add('Not', [below], { type: 'bool', shape }), 'int32')
  return graph.add('ReduceSum', [reached, graph.ints([axis])], { type: 'int32', shape: x.shape }, { keepdims: 0n })
}

/** For each value, the number of values of a sorted row that are less (LessOrEqual: not greater). */
function searchSorted(operator: 'Less' | 'LessOrEqual'): Rule {
  return op => {
    const [sorted, values] = [op.input(0), op.input(1)]
    const { graph } = op
    const [rows, columns] = [sorted.shape?.[0], sorted.shape?.[1]]
    const row = graph.add('Unsqueeze', [sorted, graph.ints([1])], { type: sorted.type, shape: [rows, 1, columns] })
    const column = graph.add('Unsqueeze', [values, graph.ints([2])], {
      type: values.type,
      shape: [...(values.shape ?? [undefined, undefined]), 1],
    })
    const below = graph.add(operator, [row, column], { type: 'bool', shape: [values.shape?.[0], values.shape?.[1], columns] })
    const count = graph.add(
      'ReduceSum',
      [graph.cast(below, 'int32'), graph.ints([2])],
      { type: 'int32', shape: values.shape },
      { keepdims: 0n },
    )
    return graph.cast(count, op.type('out_type', 'int32'))
  }
}

function scatter(reduction: 'none' | 'add' | 'max' | 'min'): Rule {
  return op => {
    const x = op.input(0)
    return op.graph.add('ScatterND', [x, op.graph.int64(op.input(1)), op.input(2)], { type: x.type, shape: x.shape }, { reduction })
  }
}

/** A lookup in a table whose content is in the model. Keys that are not in the table give the default. */
const lookup: Rule = op => {
  const [table, keys, fallback] = [op.input(0), op.input(1), op.input(2)]
  const { graph } = op
  const found = table.resource === undefined ? undefined : op.around.table(table.resource)
  if (found === undefined) return op.fail('looks up in a table whose content is not in the model')
  const type = found.values.type
  const usual = fallback.constant ?? op.fail('has a default that is not constant')
  const kinds = { string: 'strings', int64: 'int64s', float32: 'floats' } as const
  const wide = (each: typeof type): keyof typeof kinds =>
    each === 'int32' ? 'int64' : each === 'string' || each === 'int64' || each === 'float32' ? each : op.fail(`has a table of ${each}`)
  const [keyType, valueType] = [wide(found.keys.type), wide(type)]
  const label = graph.add(
    'ml.LabelEncoder',
    [graph.cast(keys, keyType)],
    { type: valueType, shape: keys.shape },
    {
      [`keys_${kinds[keyType]}`]: listed(found.keys),
      [`values_${kinds[valueType]}`]: listed(found.values),
      [`default_${kinds[valueType].slice(0, -1)}`]: listed(usual)[0],
    },
  )
  return graph.cast(label, type)
}

function listed({ type, bytes, texts, dims }: NonNullable<Tensor['constant']>): (string | number | bigint)[] {
  const values = texts?.map(text => Buffer.from(text).toString('utf8')) ?? knownOf({ type, shape: dims, constant: { type, bytes, dims } })
  const all = values ?? []
  return type === 'float32' || type === 'string' ? (all as (string | number)[]) : all.map(value => BigInt(value as number))
}

/** Ops that look values up by index or key. */
export const gatherRules: RuleTable = {
  GatherV2: op => gather(op, op.input(0), { indices: op.input(1), axisGiven: op.number(2), batchDims: op.int('batch_dims', 0) }),
  Gather: op => gather(op, op.input(0), { indices: op.input(1), axisGiven: 0, batchDims: 0 }),
  ResourceGather: op =>
    gather(op, variableValue(op, 0), { indices: op.input(1), axisGiven: op.int('batch_dims', 0), batchDims: op.int('batch_dims', 0) }),
  GatherNd: op => gatherNd(op, op.input(0)),
  ResourceGatherNd: op => gatherNd(op, variableValue(op, 0)),
  OneHot: oneHot,
  Where: where,
  Bucketize: bucketize,
  LowerBound: searchSorted('Less'),
  UpperBound: searchSorted('LessOrEqual'),
  TensorScatterUpdate: scatter('none'),
  TensorScatterAdd: scatter('add'),
  TensorScatterMax: scatter('max'),
  TensorScatterMin: scatter('min'),
  LookupTableFindV2: lookup,
  LookupTableFind: lookup,
}

/** The value of the variable to which input `at` refers. Throws if the model has no value for it. */
export function variableValue(op: Op, at: number): Tensor {
  const { resource } = op.input(at)
  const value = resource === undefined ? undefined : op.around.variable(resource)
  return value ?? op.fail(`reads the variable ${resource ?? ''}, which has no value in the model`)
}
