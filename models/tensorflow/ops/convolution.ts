import { type Attributes, type Op, type Rule, type RuleTable, type Dim, type Tensor, isFloat } from '../graph/index.ts'
import { channelsBack, channelsFirst, isChannelsFirst } from './channels.ts'

const biasAdd: Rule = op => addBias(op, op.input(0), op.input(1))

export function addBias(op: Op, x: Tensor, bias: Tensor): Tensor {
  if (!isChannelsFirst(op) || (x.shape?.length ?? 0) < 3) {
    return op.graph.add('Add', [x, bias], { type: x.type, shape: x.shape ?? undefined })
  }
  const axes = Array.from({ length: (x.shape?.length ?? 0) - 2 }, (_, at) => at + 1)
  const column = op.graph.add('Unsqueeze', [bias, op.graph.ints(axes)], { type: x.type, shape: [bias.shape?.[0], ...axes.map(() => 1)] })
  return op.graph.add('Add', [x, column], { type: x.type, shape: x.shape })
}

interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
}

/** The values for the spatial dimensions, from values for all dimensions. */
function spatial(op: Op, values: readonly number[]): number[] {
  return isChannelsFirst(op) ? values.slice(2) : values.slice(1, -1)
}

/** ONNX's attributes for TensorFlow's padding, and the spatial sizes of the result. `x` has its channels in the second dimension. */
function padded(op: Op, x: Tensor, { kernel, strides, dilations }: Window): { attributes: Attributes; sizes: Dim[] } {
  const padding = op.text('padding', 'VALID')
  const explicit = padding === 'EXPLICIT' ? explicitPads(op) : undefined
  const spans = kernel.map((size, at) => (size - 1) * (dilations[at] as number) + 1)
  const sizes = spans.map((span, at): Dim => {
    const size = x.shape?.[at + 2]
    if (typeof size !== 'number') return undefined
    const stride = strides[at] as number
    if (padding === 'SAME') return Math.ceil(size / stride)
    const more = explicit === undefined ? 0 : (explicit[at] as number) + (explicit[at + kernel.length] as number)
    return Math.floor((size + more - span) / stride) + 1
  })
  if (explicit !== undefined) return { attributes: { pads: explicit.map(BigInt) }, sizes }
  if (padding !== 'SAME') return { attributes: {}, sizes }
  if (dilations.every(dilation => dilation === 1)) return { attributes: { auto_pad: 'SAME_UPPER' }, sizes }
  const totals = spans.map((span, at) => {
    const [size, stride] = [x.shape?.[at + 2], strides[at] as number]
    if (stride === 1) return span - 1
    if (typeof size !== 'number') return op.fail('has dilations and strides over a size that is not known')
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + span - size)
  })
  const pads = [...totals.map(total => Math.floor(total / 2)), ...totals.map(total => Math.ceil(total / 2))]
  return { attributes: { pads: pads.map(BigInt) }, sizes }
}

function explicitPads(op: Op): number[] {
  const pairs = spatial2(op, op.ints('explicit_paddings', []))
  return [...pairs.map(pair => pair[0]), ...pairs.map(pair => pair[1])]
}

function spatial2(op: Op, flat: readonly number[]): [number, number][] {
  const pairs = Array.from({ length: flat.length / 2 }, (_, at): [number, number] => [flat[2 * at] ?? 0, flat[2 * at + 1] ?? 0])
  return isChannelsFirst(op) ? pairs.slice(2) : pairs.slice(1, -1)
}

/** A convolution. It has groups if the filter has fewer channels than the input. */
export const convolution: Rule = op => {
  const rank = op.rank(0)
  const x = channelsFirst(op, op.input(0))
  const filter = op.input(1)
  const kernel = Array.from({ length: rank - 2 }, (_, at) => op.dim(1, at))
  const weights = filterInFront(op, filter, kernel.length)
  const channels = x.shape?.[1]
  const group = typeof channels === 'number' ? channels / op.dim(1, rank - 2) : 1
  return convolve(op, { x, weights, kernel, group, out: filter.shape?.[rank - 1] })
}

/** Transposes a filter [spatial…, in, out] to [out, in, spatial…]. */
function filterInFront(op: Op, filter: Tensor, spatialRank: number): Tensor {
  const perm = [spatialRank + 1, spatialRank, ...Array.from({ length: spatialRank }, (_, at) => at)]
  const shape = perm.map(at => filter.shape?.[at])
  return op.graph.add('Transpose', [filter], { type: filter.type, shape }, { perm: perm.map(BigInt) })
}

/** A convolution in which each channel has its own filters: [height, width, in, times] becomes [in × times, 1, height, width]. */
export const depthwise: Rule = op => {
  const filter = op.input(1)
  const x = channelsFirst(op, op.input(0))
  const [height, width, channels, times] = [0, 1, 2, 3].map(at => op.dim(1, at)) as [number, number, number, number]
  const turned = op.graph.add(
    'Transpose',
    [filter],
    { type: filter.type, shape: [channels, times, height, width] },
    { perm: [2n, 3n, 0n, 1n] },
  )
  const dims = [channels * times, 1, height, width]
  const weights = op.graph.add('Reshape', [turned, op.graph.ints(dims)], { type: filter.type, shape: dims })
  return convolve(op, { x, weights, kernel: [height, width], group: channels, out: channels * times })
}

function convolve(
  op: Op,
  { x, weights, kernel, group, out }: { x: Tensor; weights: Tensor; kernel: readonly number[]; group: number; out: Dim },
): Tensor {
  const ones = Array.from({ length: kernel.length + 2 }, () => 1)
  const strides = spatial(op, op.ints('strides', ones))
  const dilations = spatial(op, op.ints('dilations', ones))
  const { attributes, sizes } = padded(op, x, { kernel, strides, dilations })
  const given = { type: x.type, shape: [x.shape?.[0], out, ...sizes] }
  const listed = { kernel_shape: kernel.map(BigInt), strides: strides.map(BigInt), dilations: dilations.map(BigInt), group: BigInt(group) }
  return channelsBack(op, op.graph.add('Conv', [x, weights], given, { ...listed, ...attributes }))
}

/** The gradient of a convolution, which decoders use as an op of its own. Input 0 is the shape of the result. */
const transposedConvolution: Rule = op => {
  const x = channelsFirst(op, op.input(2))
  const filter = op.input(1)
  const wanted = (op.partial(0) ?? []).map(size => (typeof size === 'number' ? size : -1))
  const sizes = spatial(op, wanted)
  if (sizes.length === 0 || sizes.includes(-1)) op.fail('needs the size that comes out to be constant')
  const kernel = sizes.map((_, at) => op.dim(1, at))
  const ones = Array.from({ length: kernel.length + 2 }, () => 1)
  const strides = spatial(op, op.ints('strides', ones))
  if (spatial(op, op.ints('dilations', ones)).some(dilation => dilation !== 1)) op.fail('has dilations, which are not supported')
  const weights = filterInFront(op, filter, kernel.length)
  const same = op.text('padding', 'VALID') === 'SAME'
  const totals = sizes.map((size, at) =>
    same ? Math.max(0, (Math.ceil(size / (strides[at] as number)) - 1) * (strides[at] as number) + (kernel[at] as number) - size) : 0,
  )
  const before = totals.map(total => Math.floor(total / 2))
  const inputs = sizes.map((size, at) =>
    same ? Math.ceil(size / (strides[at] as number)) : Math.floor((size - (kernel[at] as number)) / (strides[at] as number)) + 1,
  )
  const grown = inputs.map((size, at) => (size - 1) * (strides[at] as number) + (kernel[at] as number))
  const after = grown.map((size, at) => size - (before[at] as number) - (sizes[at] as number))
  const given = { type: x.type, shape: [x.shape?.[0], filter.shape?.[kernel.length], ...sizes] }
  const more = after.map(each => Math.max(0, -each))
  const pads = [...before, ...after.map(each => Math.max(0, each))]
  return channelsBack(
    op,
    op.graph.add('ConvTranspose', [x, weights], given, {
      kernel_shape: kernel.map(BigInt),
      strides: strides.map(BigInt),
      pads: pads.map(BigInt),
      output_padding: more.map(BigInt),
    }),
  )
}

function pool(operator: string): Rule {
  return op => {
    const x = channelsFirst(op, op.input(0))
    const kernel = spatial(op, op.ints('ksize', []))
    const strides = spatial(op, op.ints('strides', []))
    const { attributes, sizes } = padded(op, x, { kernel, strides, dilations: kernel.map(() => 1) })
    const given = { type: x.type, shape: [x.shape?.[0], x.shape?.[1], ...sizes] }
    return channelsBack(
      op,
      op.graph.add(operator, [x], given, { kernel_shape: kernel.map(BigInt), strides: strides.map(BigInt), ...attributes }),
    )
  }
}

const batchNorm: Rule = op => {
  if (op.flag('is_training', true)) return op.fail('normalizes over the batch as in training: export the model for inference')
  const y = batchNormOf(op, op.input(0), op.inputs.slice(1))
  // The other results, which only training uses, are replaced by inputs.
  return [y, op.input(3), op.input(4), op.input(3), op.input(4), op.input(3)]
}

export function batchNormOf(op: Op, input: Tensor, [scale, offset, mean, variance]: readonly (Tensor | undefined)[]): Tensor {
  if (input.shape !== undefined && !isFloat(input.type)) op.fail(`normalizes ${input.type}`)
  const x = channelsFirst(op, input)
  const given = { type: x.type, shape: x.shape }
  return channelsBack(
    op,
    op.graph.add('BatchNormalization', [x, scale, offset, mean, variance], given, { epsilon: op.float('epsilon', 0.0001) }),
  )
}

/** Convolution, pooling and batch normalization. */
export const convolutionRules: RuleTable = {
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  Conv2D: convolution,
  Conv3D: convolution,
  Conv2DBackpropInput: transposedConvolution,
  DepthwiseConv2dNative: depthwise,
  MaxPool: pool('MaxPool'),
  MaxPool3D: pool('MaxPool'),
  AvgPool: pool('AveragePool'),
  AvgPool3D: pool('AveragePool'),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
}
