import {
  type Op,
  type Rule,
  type RuleTable,
  type Dim,
  type Shape,
  type Tensor,
  axisOf,
  knownOf,
  mostKnown,
  sizeOf,
} from '../graph/index.ts'

/** Whether all values are known numbers. */
export function allNumbers(values: readonly Dim[] | undefined): values is readonly number[] {
  return values?.every(value => typeof value === 'number') === true
}

/** A tensor of integers: a constant if all are known; otherwise the result of `emit`, with the known ones noted. */
function partly(
  op: Op,
  known: readonly Dim[],
  { type, shape, emit }: { type: Tensor['type']; shape: readonly number[]; emit: () => Tensor },
): Tensor {
  return allNumbers(known) ? op.graph.numbers(type, shape, known) : { ...emit(), known }
}

function shapeOf(op: Op, x: Tensor): Tensor {
  const type = op.type('out_type', 'int32')
  const rank = x.shape?.length
  const emit = (): Tensor => {
    const wide = op.graph.add('Shape', [x], { type: 'int64', shape: [rank], known: x.shape })
    return type === 'int64' ? wide : { ...op.graph.cast(wide, type), int64Name: wide.name as string }
  }
  return x.shape === undefined ? emit() : partly(op, x.shape, { type, shape: [x.shape.length], emit })
}

const size: Rule = op => {
  const type = op.type('out_type', 'int32')
  const count = sizeOf(op.input(0).shape)
  if (count !== undefined) return op.graph.scalar(type, count)
  return op.graph.cast(op.graph.add('Size', [op.input(0)], { type: 'int64', shape: [] }), type)
}

const rank: Rule = op => op.graph.scalar('int32', op.rank(0))

const reshape: Rule = op => {
  const [x, wanted] = [op.input(0), op.input(1)]
  const values = knownOf(wanted)
  const length = wanted.shape?.[0]
  if (values === undefined) {
    const open: Shape = typeof length === 'number' ? Array.from({ length }, () => undefined) : undefined
    return op.graph.add('Reshape', [x, op.graph.int64(wanted)], { type: x.type, shape: open, known: x.known }, { allowzero: 1n })
  }
  return reshapeTo(op, { x, values, wanted })
}

function reshapeTo(op: Op, { x, values, wanted }: { x: Tensor; values: readonly Dim[]; wanted: Tensor }): Tensor {
  const shape = values.includes(-1) ? inferRest(x.shape, values) : values
  if (x.constant !== undefined && allNumbers(shape)) return op.graph.constant({ ...x.constant, dims: shape })
  const open = shape.filter(dim => typeof dim !== 'number').length
  const target =
    open + shape.filter(dim => dim === 0).length <= 1
      ? op.graph.ints(shape.map(dim => (typeof dim === 'number' ? dim : -1)))
      : op.graph.int64(wanted)
  // With two or more dimensions that are open or 0, -1 cannot be used: the sizes are then read from the input at run time.
  const attributes = shape.includes(0) && open === 0 ? { allowzero: 1n } : {}
  return op.graph.add('Reshape', [x, target], { type: x.type, shape, known: x.known }, attributes)
}

/** Replaces -1 in a shape by the size that it stands for, or by undefined if that is not known. */
function inferRest(from: Shape, wanted: readonly Dim[]): Dim[] {
  const known = (dims: readonly Dim[]): number =>
    dims.reduce<number>((all, dim) => (typeof dim === 'number' && dim >= 0 ? all * dim : all), 1)
  const records = (dims: readonly Dim[]): number => dims.filter(dim => dim === 'N').length
  if (from === undefined || from.includes(undefined) || wanted.includes(undefined) || known(wanted) === 0)
    return wanted.map(dim => (dim === -1 ? undefined : dim))
  const rest = known(from) / known(wanted)
  const counts = records(from) - records(wanted)
  const inferred: Dim = counts === 0 && Number.isInteger(rest) ? rest : counts === 1 && rest === 1 ? 'N' : undefined
  return wanted.map(dim => (dim === -1 ? inferred : dim))
}

const squeeze: Rule = op => {
  const x = op.input(0)
  const given = op.ints('squeeze_dims', op.ints('axis', []))
  const { shape } = x
  if (shape === undefined && given.length === 0) return op.fail('squeezes a tensor whose number of dimensions is not known')
  const axes =
    given.length > 0 && shape !== undefined
      ? given.map(axis => axisOf(axis, shape.length))
      : given.length > 0
        ? given
        : (shape ?? []).flatMap((dim, at) => (dim === 1 ? [at] : []))
  const rest = shape?.filter((_, at) => !axes.includes(at))
  return axes.length === 0 ? x : reshaped(op, 'Squeeze', { x, axes, shape: rest })
}

const expandDims: Rule = op => {
  const x = op.input(0)
  const shape = x.shape === undefined ? undefined : [...x.shape]
  const axis = shape === undefined ? op.number(1) : axisOf(op.number(1), shape.length + 1)
  shape?.splice(axis, 0, 1)
  return reshaped(op, 'Unsqueeze', { x, axes: [axis], shape })
}

function reshaped(op: Op, operator: string, { x, axes, shape }: { x: Tensor; axes: readonly number[]; shape: Shape }): Tensor {
  if (x.constant !== undefined && allNumbers(shape)) return op.graph.constant({ ...x.constant, dims: shape })
  return op.graph.add(operator, [x, op.graph.ints(axes)], { type: x.type, shape, known: x.known })
}

const transpose: Rule = op => {
  const x = op.input(0)
  const order = op.partial(1)
  const axes = order === undefined ? Array.from({ length: op.rank(0) }, (_, at) => op.rank(0) - 1 - at) : op.axes(1, order.length)
  const shape = x.shape === undefined ? undefined : axes.map(axis => x.shape?.[axis])
  return op.graph.add('Transpose', [x], { type: x.type, shape }, { perm: axes.map(BigInt) })
}

const pack: Rule = op => {
  const [first] = op.inputs
  if (first === undefined) return op.fail('packs nothing')
  const itemShape = op.inputs.map(item => item.shape).find(shape => shape !== undefined)
  if (itemShape === undefined) return op.fail('packs tensors whose number of dimensions is not known')
  const axis = axisOf(op.int('axis', 0), itemShape.length + 1)
  const shape = [...itemShape]
  shape.splice(axis, 0, op.inputs.length)
  const emit = (): Tensor => {
    const items = op.inputs.map(item => {
      const dims = [...(item.shape ?? itemShape)]
      dims.splice(axis, 0, 1)
      return reshaped(op, 'Unsqueeze', { x: item, axes: [axis], shape: dims })
    })
    return op.graph.add('Concat', items, { type: first.type, shape }, { axis: BigInt(axis) })
  }
  if (itemShape.length > 0) return emit()
  const known = op.inputs.map(item => knownOf(item)?.[0])
  return first.type === 'string' ? emit() : partly(op, known, { type: first.type, shape: [known.length], emit })
}

const unpack: Rule = op => {
  const x = op.input(0)
  const axis = axisOf(op.int('axis', 0), op.rank(0))
  const count = op.int('num', 0)
  const shape = (x.shape ?? []).filter((_, at) => at !== axis)
  const known = op.rank(0) === 1 ? knownOf(x) : undefined
  return Array.from({ length: count }, (_, at) => {
    const value = known?.[at]
    if (typeof value === 'number') return op.graph.scalar(x.type, value)
    const index = op.graph.numbers('int64', [], [at])
    const items = op.graph.add('Gather', [x, index], { type: x.type, shape, known: known && [value] }, { axis: BigInt(axis) })
    return items
  })
}

function concat(op: Op, parts: readonly Tensor[], axisGiven: number): Tensor {
  const shapes = parts.map(part => part.shape)
  const [first] = parts as [Tensor]
  const length = shapes.find(shape => shape !== undefined)?.length
  if (length === undefined) return op.fail('joins tensors whose number of dimensions is not known')
  const axis = axisOf(axisGiven, length)
  const shape = Array.from({ length }, (_, at): Dim => {
    const dims = shapes.map(each => each?.[at])
    if (at !== axis) return dims.find(dim => typeof dim === 'number') ?? dims.find(dim => dim !== undefined)
    return allNumbers(dims) ? dims.map(Number).reduce((sum, dim) => sum + dim, 0) : undefined
  })
  const emit = (): Tensor => op.graph.add('Concat', parts, { type: first.type, shape }, { axis: BigInt(axis) })
  const joined = length === 1 && typeof shape[0] === 'number' && shape[0] <= mostKnown && first.type !== 'string'
  const known = joined
    ? parts.flatMap(part => knownOf(part) ?? Array.from({ length: sizeOf(part.shape) ?? 0 }, () => undefined))
    : undefined
  return known === undefined ? emit() : partly(op, known, { type: first.type, shape: [known.length], emit })
}

/** Ops that read shapes, or change the shape of a tensor, split or join tensors. */
export const shapeRules: RuleTable = {
  Shape: op => shapeOf(op, op.input(0)),
  ShapeN: op => op.inputs.map(x => shapeOf(op, x)),
  Size: size,
  Rank: rank,
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Transpose: transpose,
  Pack: pack,
  Unpack: unpack,
  ConcatV2: op => concat(op, op.inputs.slice(0, -1), op.number(op.inputs.length - 1)),
  Concat: op => concat(op, op.inputs.slice(1), op.number(0)),
}
