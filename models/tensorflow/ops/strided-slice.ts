import { type Op, type Rule, type RuleTable, type Dim, type Tensor, knownOf } from '../graph/index.ts'

/** The end of a slice that reaches to the end of the dimension; larger than any dimension. */
export const end = 2 ** 31 - 1

/** The slice of one dimension of the input. */
interface AxisSlice {
  readonly axis: number
  /** undefined: known only at run time, from the value `place` of input 1. */
  readonly start: number | undefined
  /** undefined: known only at run time, from the value `place` of input 2. NaN: one after a start that is known only at run time. */
  readonly end: number | undefined
  readonly stride: number
  readonly place: number
}

interface SlicePlan {
  readonly slices: readonly AxisSlice[]
  /** The dimensions of the input that the result does not have. */
  readonly dropped: readonly number[]
  /** The dimensions of the result that are new and have the size 1. */
  readonly added: readonly number[]
}

const stridedSlice: Rule = op => {
  const x = op.input(0)
  const plan = planOf(op)
  const constant = constantSlice(op, plan)
  if (constant !== undefined) return constant
  const cut = plan.slices.filter(slice => slice.start !== 0 || slice.end !== end || slice.stride !== 1)
  const sliced = cut.length === 0 ? x : sliceAxes(op, cut)
  const narrow = plan.dropped.length === 0 ? sliced : without(op, sliced, plan.dropped)
  if (plan.added.length === 0) return narrow
  const shape = narrow.shape === undefined ? undefined : [...narrow.shape]
  for (const axis of plan.added) shape?.splice(axis, 0, 1)
  return op.graph.add('Unsqueeze', [narrow, op.graph.ints(plan.added)], { type: x.type, shape, known: narrow.known })
}

function planOf(op: Op): SlicePlan {
  const strides = op.numbers(3)
  const [starts, ends] = [op.partial(1), op.partial(2)]
  const mask = (name: string, at: number): boolean => ((op.int(name, 0) >> at) & 1) === 1
  const isNew = (at: number): boolean => !mask('ellipsis_mask', at) && mask('new_axis_mask', at)
  const slices: AxisSlice[] = []
  const [dropped, added]: [number[], number[]] = [[], []]
  let axis = 0
  let place = 0
  for (let at = 0; at < strides.length; at++) {
    if (mask('ellipsis_mask', at)) {
      const after = strides.slice(at + 1).filter((_, i) => !isNew(at + 1 + i)).length
      const next = op.rank(0) - after
      place += Math.max(0, next - axis)
      axis = next
    } else if (isNew(at)) added.push(place++)
    else {
      const shrink = mask('shrink_axis_mask', at)
      const stride = shrink ? 1 : (strides[at] as number)
      const start = numberAt(starts, at)
      const from = mask('begin_mask', at) && !shrink ? (stride > 0 ? 0 : end) : start
      const last = shrink ? (from === -1 ? end : from === undefined ? NaN : from + 1) : numberAt(ends, at)
      slices.push({ axis, start: from, end: mask('end_mask', at) && !shrink ? (stride > 0 ? end : -end) : last, stride, place: at })
      if (shrink) dropped.push(axis)
      else place++
      axis++
    }
  }
  return { slices, dropped, added }
}

function numberAt(values: readonly Dim[] | undefined, at: number): number | undefined {
  const value = values?.[at]
  return typeof value === 'number' ? value : undefined
}

/** The slice of a list of known numbers, such as a shape; undefined if it is not known at compile time. */
function constantSlice(op: Op, { slices, dropped, added }: SlicePlan): Tensor | undefined {
  const x = op.input(0)
  const [slice] = slices
  const values = knownOf(x)
  if (values === undefined || x.shape?.length !== 1 || slices.length > 1 || added.length > 0) return undefined
  const { start, end: last, stride } = slice ?? { start: 0, end, stride: 1 }
  if (start === undefined || last === undefined || Number.isNaN(last)) return undefined
  const count = values.length
  const clamp = (at: number): number =>
    Math.min(Math.max(at < 0 && at > -end ? at + count : at, stride > 0 ? 0 : -1), stride > 0 ? count : count - 1)
  const [from, to] = [clamp(start), clamp(last)]
  const taken: Dim[] = []
  for (let at = from; stride > 0 ? at < to : at > to; at += stride) taken.push(values[at])
  if (dropped.length > 0 && taken.length !== 1) return op.fail(`takes value ${start} of ${count}`)
  const shape = dropped.length > 0 ? [] : [taken.length]
  if (taken.every(value => typeof value === 'number')) return op.graph.numbers(x.type, shape, taken)
  if (taken.length !== 1) return undefined
  // A value that is not a number at compile time is taken at run time.
  const index = op.graph.numbers('int64', shape, [from])
  const wide = op.graph.int64(x)
  const item = op.graph.add('Gather', [wide, index], { type: 'int64', shape, known: taken })
  return x.type === 'int64' ? item : { ...op.graph.cast(item, x.type), known: taken, int64Name: item.name as string }
}

function sliceAxes(op: Op, cut: readonly AxisSlice[]): Tensor {
  const x = op.input(0)
  const { graph } = op
  const starts = bounds(
    op,
    1,
    cut.map(({ start, place }) => ({ value: start, place })),
  )
  const ends = bounds(
    op,
    2,
    cut.map(({ end: last, place }) => ({ value: last, place })),
  )
  const shape = x.shape?.map((dim, axis): Dim => {
    const slice = cut.find(each => each.axis === axis)
    return slice === undefined ? dim : slicedSize(dim, slice)
  })
  const axes = graph.ints(cut.map(({ axis }) => axis))
  return graph.add('Slice', [x, starts, ends, axes, graph.ints(cut.map(({ stride }) => stride))], { type: x.type, shape })
}

/** The starts (input 1) or ends (input 2) of slices: known values as constants, others read from the input. */
function bounds(op: Op, input: number, wanted: readonly { value: number | undefined; place: number }[]): Tensor {
  const { graph } = op
  if (wanted.every(({ value }) => value !== undefined && !Number.isNaN(value)))
    return graph.ints(wanted.map(({ value }) => value as number))
  const item = (at: number, place: number): Tensor =>
    graph.add('Gather', [graph.int64(op.input(at)), graph.ints([place])], { type: 'int64', shape: [1] })
  const parts = wanted.map(({ value, place }) => {
    if (value === undefined) return item(input, place)
    if (!Number.isNaN(value)) return graph.ints([value])
    // The end of a slice of one value is the start + 1; after -1 it is `end`.
    const start = item(1, place)
    const next = graph.add('Add', [start, graph.ints([1])], { type: 'int64', shape: [1] })
    const last = graph.add('Equal', [start, graph.ints([-1])], { type: 'bool', shape: [1] })
    return graph.add('Where', [last, graph.ints([end]), next], { type: 'int64', shape: [1] })
  })
  return graph.add('Concat', parts, { type: 'int64', shape: [parts.length] }, { axis: 0n })
}

function slicedSize(dim: Dim, { start, end: last, stride }: AxisSlice): Dim {
  if (Number.isNaN(last)) return 1
  if (start === undefined || last === undefined) return undefined
  if (typeof dim !== 'number') {
    const within = start >= 0 && last >= 0 && last !== end && stride > 0
    if (stride === -1 && start === end && last === -end) return dim
    // An open dimension may be shorter than the slice, unless the slice is one value.
    return within && last - start === 1 ? 1 : undefined
  }
  const clamp = (at: number): number =>
    Math.min(Math.max(at < 0 && at !== -end ? at + dim : at, stride > 0 ? 0 : -1), stride > 0 ? dim : dim - 1)
  return Math.max(0, Math.ceil((clamp(last) - clamp(start)) / stride))
}

function without(op: Op, x: Tensor, axes: readonly number[]): Tensor {
  const shape = x.shape?.filter((_, axis) => !axes.includes(axis))
  return op.graph.add('Squeeze', [x, op.graph.ints(axes)], { type: x.type, shape })
}

/** StridedSlice with its masks. */
export const stridedSliceRules: RuleTable = { StridedSlice: stridedSlice }
