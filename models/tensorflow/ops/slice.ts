import { type Op, type Rule, type RuleTable, type Dim, type Shape, type Tensor, axisOf } from '../graph/index.ts'
import { end } from './strided-slice.ts'

const slice: Rule = op => {
  const x = op.input(0)
  const { graph } = op
  const [starts, sizes] = [op.partial(1), op.partial(2)]
  const rank = starts?.length ?? sizes?.length ?? op.rank(0)
  const axes = graph.ints(Array.from({ length: rank }, (_, at) => at))
  const shape = Array.from({ length: rank }, (_, at): Dim => {
    const wanted = sizes?.[at]
    const [from, dim] = [starts?.[at], x.shape?.[at]]
    if (wanted !== -1) return wanted
    return typeof dim === 'number' && typeof from === 'number' ? dim - from : from === 0 ? dim : undefined
  })
  if (starts !== undefined && sizes !== undefined && starts.every(each => typeof each === 'number')) {
    const ends = sizes.map((wanted, at) =>
      typeof wanted === 'number' && wanted >= 0 ? (starts[at] as number) + wanted : wanted === -1 ? end : undefined,
    )
    if (ends.every(each => each !== undefined))
      return graph.add('Slice', [x, graph.ints(starts), graph.ints(ends), axes], { type: x.type, shape })
  }
  const [start, wanted] = [graph.int64(op.input(1)), graph.int64(op.input(2))]
  const given = { type: 'int64', shape: [rank] } as const
  const open = graph.add('Equal', [wanted, graph.ints([-1])], { type: 'bool', shape: [rank] })
  const ends = graph.add('Where', [open, graph.ints([end]), graph.add('Add', [start, wanted], given)], given)
  return graph.add('Slice', [x, start, ends, axes], { type: x.type, shape })
}

function split(op: Op, x: Tensor, { sizes, axisGiven }: { sizes: readonly number[] | number; axisGiven: number }): Tensor[] {
  const rank = x.shape?.length ?? op.fail('splits a tensor whose number of dimensions is not known')
  const axis = axisOf(axisGiven, rank)
  const whole = x.shape?.[axis]
  const count = typeof sizes === 'number' ? sizes : sizes.length
  const listed = typeof sizes === 'number' ? undefined : fillRest(sizes, whole)
  const part = typeof whole === 'number' ? whole / count : undefined
  const givens = Array.from({ length: count }, (_, at) => ({
    type: x.type,
    shape: x.shape?.map((dim, each): Dim => (each === axis ? (listed === undefined ? part : listed[at]) : dim)),
  }))
  if (listed?.some(each => each < 0) === true) op.fail('splits into sizes that are not known')
  const attributes = { axis: BigInt(axis), ...(listed === undefined ? { num_outputs: BigInt(count) } : {}) }
  return op.graph.addMany('Split', listed === undefined ? [x] : [x, op.graph.ints(listed)], givens, attributes)
}

function fillRest(sizes: readonly number[], whole: Dim): number[] {
  const used = sizes.reduce((sum, size) => (size < 0 ? sum : sum + size), 0)
  return sizes.map(size => (size < 0 && typeof whole === 'number' ? whole - used : size))
}

const reverse: Rule = op => {
  const x = op.input(0)
  const axes = op.axes(1, op.rank(0))
  const { graph } = op
  const ints = (value: number): Tensor => graph.ints(axes.map(() => value))
  return graph.add('Slice', [x, ints(-1), ints(-end), graph.ints(axes), ints(-1)], { type: x.type, shape: x.shape })
}

/** Rotates dimensions: values that are shifted out at the end come in at the front. */
const roll: Rule = op => {
  const { graph } = op
  let x = op.input(0)
  const axes = op.axes(2, op.rank(0))
  for (const [at, shift] of op.numbers(1).entries()) {
    const axis = axes[at] ?? op.fail('has a shift without an axis')
    const size = op.dim(0, axis)
    const split = ((-shift % size) + size) % size
    if (split === 0) continue
    const dims = (length: number): Shape => x.shape?.map((dim, each) => (each === axis ? length : dim))
    const parts = graph.addMany(
      'Split',
      [x, graph.ints([split, size - split])],
      [
        { type: x.type, shape: dims(split) },
        { type: x.type, shape: dims(size - split) },
      ],
      { axis: BigInt(axis) },
    )
    x = graph.add('Concat', parts.toReversed(), { type: x.type, shape: x.shape }, { axis: BigInt(axis) })
  }
  return x
}

const tile: Rule = op => {
  const x = op.input(0)
  const times = op.partial(1)
  const shape: Shape = x.shape?.map((dim, at): Dim => {
    const count = times?.[at]
    if (count === 1) return dim
    if (dim === 1) return count
    return typeof dim === 'number' && typeof count === 'number' ? dim * count : undefined
  })
  return op.graph.add('Tile', [x, op.graph.int64(op.input(1))], { type: x.type, shape })
}

function pad(mode: 'constant' | 'mirror'): Rule {
  return op => {
    const x = op.input(0)
    const sizes = op.numbers(1)
    const before = sizes.filter((_, at) => at % 2 === 0)
    const after = sizes.filter((_, at) => at % 2 === 1)
    const shape = x.shape?.map((dim, at): Dim => {
      const more = (before[at] ?? 0) + (after[at] ?? 0)
      return more === 0 ? dim : typeof dim === 'number' ? dim + more : undefined
    })
    const inputs = [x, op.graph.ints([...before, ...after]), ...(mode === 'constant' && op.inputs.length > 2 ? [op.input(2)] : [])]
    const symmetric = op.text('mode', '') === 'SYMMETRIC'
    if (mode === 'mirror' && symmetric) return symmetricPad(op, { before, after, shape })
    return op.graph.add('Pad', inputs, { type: x.type, shape }, { mode: mode === 'constant' ? 'constant' : 'reflect' })
  }
}

/** Pads by mirroring including the edge, for which ONNX has no mode: the values are gathered, one dimension after another. */
function symmetricPad(op: Op, { before, after, shape }: { before: readonly number[]; after: readonly number[]; shape: Shape }): Tensor {
  let x = op.input(0)
  for (const [axis, count] of before.entries()) {
    const tail = after[axis] ?? 0
    if (count === 0 && tail === 0) continue
    const size = op.dim(0, axis)
    const order = [
      ...Array.from({ length: count }, (_, at) => count - 1 - at),
      ...Array.from({ length: size }, (_, at) => at),
      ...Array.from({ length: tail }, (_, at) => size - 1 - at),
    ]
    const dims = x.shape?.map((dim, at) => (at === axis ? shape?.[axis] : dim))
    x = op.graph.add('Gather', [x, op.graph.ints(order)], { type: x.type, shape: dims }, { axis: BigInt(axis) })
  }
  return x
}

/** Ops that take parts of a tensor or repeat them. */
export const sliceRules: RuleTable = {
  Slice: slice,
  Split: op => split(op, op.input(1), { sizes: op.int('num_split', 1), axisGiven: op.number(0) }),
  SplitV: op => split(op, op.input(0), { sizes: op.numbers(1), axisGiven: op.number(2) }),
  ReverseV2: reverse,
  Roll: roll,
  Tile: tile,
  Pad: pad('constant'),
  PadV2: pad('constant'),
  MirrorPad: pad('mirror'),
}
