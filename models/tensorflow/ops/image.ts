import type { Op, Rule, RuleTable, Dim, Tensor } from '../graph/index.ts'
import { channelsBack, channelsFirst } from './channels.ts'

function resize(mode: 'linear' | 'nearest'): Rule {
  return op => {
    const x = channelsFirst(op, op.input(0))
    const sizes = op.numbers(1)
    const corners = op.flag('align_corners')
    const centers = op.flag('half_pixel_centers')
    const shape = [x.shape?.[0], x.shape?.[1], ...sizes]
    const channels = typeof shape[1] === 'number' ? shape[1] : op.fail('needs the number of channels, which is not known')
    const type = mode === 'linear' ? 'float32' : x.type
    const records = op.graph.add(
      'Slice',
      [op.graph.add('Shape', [x], { type: 'int64', shape: [4] }), op.graph.ints([0]), op.graph.ints([1])],
      {
        type: 'int64',
        shape: [1],
      },
    )
    const target = op.graph.add('Concat', [records, op.graph.ints([channels, ...sizes])], { type: 'int64', shape: [4] }, { axis: 0n })
    return channelsBack(
      op,
      op.graph.add(
        'Resize',
        [op.graph.cast(x, type), undefined, undefined, target],
        { type, shape },
        {
          mode,
          coordinate_transformation_mode: corners ? 'align_corners' : centers ? 'half_pixel' : 'asymmetric',
          ...(mode === 'nearest' ? { nearest_mode: corners || centers ? 'round_prefer_ceil' : 'floor' } : {}),
        },
      ),
    )
  }
}

function rearrange(operator: string): Rule {
  return op => {
    const x = channelsFirst(op, op.input(0))
    const block = op.int('block_size', 2)
    const [records, channels, height, width] = x.shape ?? []
    const scale = (dim: Dim, by: number): Dim => (typeof dim === 'number' ? dim * by : undefined)
    const [grow, shrink] = operator === 'SpaceToDepth' ? [1 / block, block * block] : [block, 1 / (block * block)]
    const shape = [records, scale(channels, shrink), scale(height, grow), scale(width, grow)]
    const mode = operator === 'DepthToSpace' ? { mode: 'DCR' } : {}
    return channelsBack(op, op.graph.add(operator, [x], { type: x.type, shape }, { blocksize: BigInt(block), ...mode }))
  }
}

/** Moves blocks of neighbouring values to records of their own. TensorFlow 1 computes dilated convolutions in this way. */
const spaceToBatch: Rule = op => {
  const { graph } = op
  const x = op.input(0)
  const block = op.numbers(1)
  const pads = op.numbers(2)
  const rank = op.rank(0)
  const before = Array.from({ length: rank }, (_, at) => (at === 0 || at > block.length ? 0 : (pads[2 * (at - 1)] as number)))
  const after = before.map((_, at) => (at === 0 || at > block.length ? 0 : (pads[2 * (at - 1) + 1] as number)))
  const sizes = block.map((_, at) => op.dim(0, at + 1) + (before[at + 1] as number) + (after[at + 1] as number))
  const rest = Array.from({ length: rank - 1 - block.length }, (_, at) => op.dim(0, at + 1 + block.length))
  const padded = graph.add('Pad', [x, graph.ints([...before, ...after])], { type: x.type, shape: [x.shape?.[0], ...sizes, ...rest] })
  const small = sizes.map((size, at) => size / (block[at] as number))
  const split = [undefined, ...small.flatMap((size, at) => [size, block[at] as number]), ...rest]
  const places = [...block.keys()].map(at => 2 * at + 2)
  const perm = [...places, 0, ...places.map(at => at - 1), ...rest.map((_, at) => 2 * block.length + 1 + at)]
  return regrouped(op, padded, { split, perm, to: [undefined, ...small, ...rest] })
}

const batchToSpace: Rule = op => {
  const { graph } = op
  const x = op.input(0)
  const block = op.numbers(1)
  const crops = op.numbers(2)
  const count = block.length
  const small = block.map((_, at) => op.dim(0, at + 1))
  const rest = Array.from({ length: op.rank(0) - 1 - count }, (_, at) => op.dim(0, at + 1 + count))
  const perm = [count, ...block.flatMap((_, at) => [count + 1 + at, at]), ...rest.map((_, at) => 2 * count + 1 + at)]
  const large = small.map((size, at) => size * (block[at] as number))
  const whole = regrouped(op, x, { split: [...block, undefined, ...small, ...rest], perm, to: [undefined, ...large, ...rest] })
  const starts = block.map((_, at) => crops[2 * at] as number)
  const ends = large.map((size, at) => size - (crops[2 * at + 1] as number))
  const shape = [undefined, ...ends.map((end, at) => end - (starts[at] as number)), ...rest]
  const axes = block.map((_, at) => at + 1)
  return graph.add('Slice', [whole, graph.ints(starts), graph.ints(ends), graph.ints(axes)], { type: x.type, shape })
}

/** Splits dimensions (reshape to `split`), reorders them (`perm`) and joins them again (reshape to `to`). */
function regrouped(op: Op, x: Tensor, { split, perm, to }: { split: readonly Dim[]; perm: readonly number[]; to: readonly Dim[] }): Tensor {
  const { graph } = op
  const sizes = (dims: readonly Dim[]): Tensor => graph.ints(dims.map(dim => (typeof dim === 'number' ? dim : -1)))
  const parts = graph.add('Reshape', [x, sizes(split)], { type: x.type, shape: split })
  const turned = graph.add('Transpose', [parts], { type: x.type, shape: perm.map(at => split[at]) }, { perm: perm.map(BigInt) })
  return graph.add('Reshape', [turned, sizes(to)], { type: x.type, shape: to })
}

/** Ops that change the sizes of images. */
export const imageRules: RuleTable = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  SpaceToDepth: rearrange('SpaceToDepth'),
  DepthToSpace: rearrange('DepthToSpace'),
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
}
