import { type Flow, type FlowNode, type FlowRule, mix, somehow } from './flow-node.ts'

/** The flow of the first input. */
export const first = ({ inputs }: FlowNode): Flow => inputs[0] ?? somehow

/** A dimension counted from the end, counted from the start; undefined: not known. */
export function fromStart(axis: number, rank: number | undefined): number | undefined {
  if (axis >= 0) return axis
  return rank === undefined ? undefined : axis + rank
}

/** Throws RecordsMix when an operator works along these dimensions and one of them counts the records. */
export function refuseAlong(node: FlowNode, { axis, rank }: Flow, axes: readonly number[], how = 'works along the records'): void {
  if (axis !== undefined && axes.some(each => fromStart(each, rank) === axis)) throw mix(node, how)
}

/** The flow after these dimensions were removed. */
export function without({ axis, rank }: Flow, axes: readonly number[]): Flow {
  const gone = axes.map(each => fromStart(each, rank))
  if (axis === undefined || gone.includes(undefined)) return somehow
  return { axis: axis - gone.filter(each => (each as number) < axis).length, rank: rank === undefined ? undefined : rank - gone.length }
}

const squeeze: FlowRule = node => {
  const axes = node.attributes.ints('axes') ?? (node.node.input?.[1] ? node.constant(1) : undefined)
  return axes === undefined ? [] : [without(first(node), axes)]
}

const unsqueeze: FlowRule = node => {
  const { axis, rank } = first(node)
  const axes = node.attributes.ints('axes') ?? node.constant(1)
  if (axes === undefined || axis === undefined || rank === undefined) return []
  const added = new Set(axes.map(each => fromStart(each, rank + axes.length)))
  const places = Array.from({ length: rank + axes.length }, (_, at) => at).filter(at => !added.has(at))
  return [{ axis: places[axis], rank: rank + axes.length }]
}

const transpose: FlowRule = node => {
  const { axis, rank } = first(node)
  const perm = node.attributes.ints('perm')
  if (axis === undefined) return []
  if (perm !== undefined && perm.length > 0) return [{ axis: perm.indexOf(axis), rank: perm.length }]
  return rank === undefined ? [] : [{ axis: rank - 1 - axis, rank }]
}

/** The first dimension stays the first. */
const reshape: FlowRule = node => {
  const shape = node.constant(1) ?? node.attributes.ints('shape')
  const { axis } = first(node)
  if (axis !== 0) return []
  if (shape === undefined) return [{ axis: 0, rank: undefined }]
  const [start = 1] = shape
  return start <= 0 ? [{ axis: 0, rank: shape.length }] : []
}

const flatten: FlowRule = node => (first(node).axis === 0 && node.attributes.int('axis', 1) > 0 ? [{ axis: 0, rank: 2 }] : [])

const gather: FlowRule = node => {
  const [data, indices] = node.inputs
  const axis = node.attributes.int('axis', 0)
  if (data !== undefined && indices === undefined) {
    refuseAlong(node, data, [axis], 'takes some of the records')
    const [at, rank] = [fromStart(axis, data.rank), node.rankOf(1)]
    if (data.axis === undefined || data.rank === undefined || at === undefined || rank === undefined) return []
    return [{ axis: at < data.axis ? data.axis + rank - 1 : data.axis, rank: data.rank + rank - 1 }]
  }
  const table = node.rankOf(0)
  if (data !== undefined || indices?.axis === undefined || indices.rank === undefined || table === undefined) return []
  const at = fromStart(axis, table)
  return at === undefined ? [] : [{ axis: at + indices.axis, rank: table - 1 + indices.rank }]
}

const endless = 2 ** 31 - 1

const slice: FlowRule = node => {
  const flow = first(node)
  const starts = node.attributes.ints('starts') ?? node.constant(1)
  const ends = node.attributes.ints('ends') ?? node.constant(2)
  if (starts === undefined || ends === undefined) return [flow]
  const axes = node.attributes.ints('axes') ?? node.constant(3) ?? starts.map((_, at) => at)
  const steps = node.constant(4) ?? []
  const partial = axes.filter((_, at) => starts[at] !== 0 || (ends[at] as number) < endless || (steps[at] ?? 1) !== 1)
  refuseAlong(node, flow, partial, 'takes some of the records')
  return [flow]
}

/** Operators that change a tensor's shape but no value. */
export const shapeRules: readonly (readonly [op: string, rule: FlowRule])[] = [
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Gather', gather],
  ['Slice', slice],
]
