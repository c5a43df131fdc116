import { controlRules } from './record-flow-control.ts'
import { first, fromStart, refuseAlong, shapeRules, without } from './record-flow-shapes.ts'
import { type FlowNode, type FlowRule, type MaybeFlow, mix, somehow } from './flow-node.ts'

/** Determines what an operator does to the dimension of the records. Throws RecordsMix. */
export function flowThrough(node: FlowNode): readonly MaybeFlow[] {
  if (node.op.startsWith('DynamicQuantize')) throw mix(node, 'scales by the values of all records')
  const rule = rules.get(node.op)
  return rule === undefined ? [] : rule(node)
}

/** Each value by itself, with what stands in the same place in the others. */
const elementwise: FlowRule = node => {
  const flows = node.inputs.filter(flow => flow !== undefined)
  const ranks = node.inputs.map((flow, at) =>
    flow === undefined ? (node.rankOf(at) ?? (node.node.input?.[at] ? undefined : 0)) : flow.rank,
  )
  if (flows.some(({ axis, rank }) => axis === undefined || rank === undefined)) return []
  const places = new Set(flows.map(({ axis, rank }) => (rank as number) - (axis as number)))
  if (places.size > 1) throw mix(node, 'compares records with each other')
  const [place = 0] = places
  const known = ranks.filter(rank => rank !== undefined)
  const rank = Math.max(...known)
  // A constant of unknown rank is assumed to add no dimension.
  return [{ axis: rank - place, rank }]
}

const same: FlowRule = node => (node.node.output ?? []).map((_, at) => (at === 0 ? first(node) : somehow))

const along =
  (axis: (node: FlowNode) => number): FlowRule =>
  node => {
    refuseAlong(node, first(node), [axis(node)])
    return (node.node.output ?? []).map(() => first(node))
  }

/** An operator that works along all dimensions from a given one to the last. */
const fromAxis =
  (other: number): FlowRule =>
  node => {
    const { axis, rank } = first(node)
    const start = fromStart(node.attributes.int('axis', other), rank)
    if (axis !== undefined && start !== undefined && axis >= start) throw mix(node, 'works along the records')
    return [first(node)]
  }

const softmax: FlowRule = node => (node.opset >= 13 ? along(() => node.attributes.int('axis', -1))(node) : fromAxis(1)(node))

const reduce: FlowRule = node => {
  const flow = first(node)
  const axes = node.attributes.ints('axes') ?? (node.node.input?.[1] ? node.constant(1) : [])
  if (axes === undefined) return []
  if (axes.length === 0) {
    if (node.attributes.int('noop_with_empty_axes', 0) === 1) return [flow]
    throw mix(node, 'merges all records')
  }
  refuseAlong(node, flow, axes, 'puts the records together')
  return [node.attributes.int('keepdims', 1) === 1 ? flow : without(flow, axes)]
}

const argument: FlowRule = node => {
  const flow = first(node)
  const axis = node.attributes.int('axis', 0)
  refuseAlong(node, flow, [axis], 'chooses among the records')
  return [node.attributes.int('keepdims', 1) === 1 ? flow : without(flow, [axis])]
}

const matmul: FlowRule = node => {
  const [a, b] = node.inputs
  if (a !== undefined && b !== undefined) {
    if (a.rank === undefined || b.rank === undefined || a.axis === undefined || b.axis === undefined) return []
    if (a.axis === a.rank - 1 || b.axis === Math.max(0, b.rank - 2)) throw mix(node, 'sums over the records')
    if (a.axis === a.rank - 2 || b.axis === b.rank - 1) throw mix(node, 'multiplies records by each other')
    return a.rank === b.rank && a.axis === b.axis ? [a] : []
  }
  if (a !== undefined) {
    refuseAlong(node, a, [-1], 'sums over the records')
    const other = node.rankOf(1)
    return other === undefined || other === 2 ? [a] : []
  }
  if (b?.rank === undefined || b.axis === undefined) return []
  if (b.axis === Math.max(0, b.rank - 2)) throw mix(node, 'sums over the records')
  return (node.rankOf(0) ?? b.rank) <= b.rank ? [b] : []
}

const gemm: FlowRule = node => {
  const [a, b] = node.inputs
  const summed = node.attributes.int('transA', 0) === 1 ? 0 : 1
  if (a?.axis === summed) throw mix(node, 'sums over the records')
  if (b?.axis === (node.attributes.int('transB', 0) === 1 ? 1 : 0)) throw mix(node, 'sums over the records')
  if (a !== undefined && b !== undefined) throw mix(node, 'multiplies records by each other')
  if (a !== undefined) return [a.axis === undefined ? somehow : { axis: 0, rank: 2 }]
  return b?.axis === undefined ? [] : [{ axis: 1, rank: 2 }]
}

/** The first dimension of inputs and outputs counts the records. */
const firstAxis: FlowRule = node => (first(node).axis === 0 ? [first(node)] : [])

const batchNorm: FlowRule = node => {
  const training =
    node.attributes.int('training_mode', 0) === 1 || (node.opset < 14 && node.opset >= 7 && (node.node.output ?? []).length > 1)
  if (training) throw mix(node, 'is in training mode: it uses the mean and variance of the batch')
  return [first(node)]
}

const meanVariance: FlowRule = node => {
  refuseAlong(node, first(node), node.attributes.ints('axes') ?? [0, 2, 3])
  return [first(node)]
}

/** The reason for a recurrent network that would pass state from record to record. */
export const stepsInTime = 'takes the records for steps in time'

const recurrent: FlowRule = node => {
  const [x] = node.inputs
  const records = node.attributes.int('layout', 0) === 1 ? 0 : 1
  if (x?.axis === undefined) return []
  if (x.axis !== records) throw mix(node, stepsInTime)
  return records === 1
    ? [
        { axis: 2, rank: 4 },
        { axis: 1, rank: 3 },
        { axis: 1, rank: 3 },
      ]
    : [
        { axis: 0, rank: 4 },
        { axis: 0, rank: 3 },
        { axis: 0, rank: 3 },
      ]
}

const reverse: FlowRule = node => {
  refuseAlong(node, first(node), [node.attributes.int('time_axis', 0)])
  return [first(node)]
}

/** The selection of values, or their number, depends on all records. */
const selects: FlowRule = node => {
  throw mix(node, 'chooses among all records')
}

const compress: FlowRule = node => {
  if (node.inputs[1] !== undefined || !node.attributes.has('axis')) throw mix(node, 'chooses among all records')
  return along(() => node.attributes.int('axis', 0))(node)
}

const unique: FlowRule = node => (node.attributes.has('axis') ? along(() => node.attributes.int('axis', 0))(node) : selects(node))

const cumulate: FlowRule = node => {
  const axes = node.constant(1)
  if (axes !== undefined) refuseAlong(node, first(node), axes, 'adds up the records before')
  return [first(node)]
}

const classifier: FlowRule = node =>
  first(node).axis === 0
    ? [
        { axis: 0, rank: 1 },
        { axis: 0, rank: 2 },
      ]
    : []

const rowwise: FlowRule = node => (first(node).axis === 0 ? [{ axis: 0, rank: 2 }] : [])

const table: readonly (readonly [ops: string, rule: FlowRule])[] = [
  [
    'Add Sub Mul Div Pow Mod Min Max Sum Mean And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual Where PRelu BitShift BitwiseAnd BitwiseOr BitwiseXor Clip',
    elementwise,
  ],
  [
    'Identity Cast CastLike Abs Neg Ceil Floor Round Sqrt Exp Log Erf Sign Reciprocal Not IsNaN IsInf Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Mish Softplus Softsign Gelu ThresholdedRelu Shrink BitwiseNot Dropout QuantizeLinear DequantizeLinear LabelEncoder CategoryMapper Scaler Imputer Binarizer Normalizer StringNormalizer FastGelu BiasGelu QuickGelu LRN',
    same,
  ],
  ['Shape Size', ({ node }) => (node.output ?? []).map(() => undefined)],
  ['Softmax LogSoftmax Hardmax', softmax],
  ['LayerNormalization RMSNormalization SimplifiedLayerNormalization', fromAxis(-1)],
  ['LpNormalization', along(node => node.attributes.int('axis', -1))],
  ['TopK', along(node => node.attributes.int('axis', -1))],
  ['Split', along(node => node.attributes.int('axis', 0))],
  [
    'Concat',
    node =>
      node.inputs.some(flow => flow?.axis === undefined && flow !== undefined) ? [] : [node.inputs.find(flow => flow !== undefined)],
  ],
  ['ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare', reduce],
  ['ArgMax ArgMin', argument],
  ['CumSum CumProd', cumulate],
  ['MatMul', matmul],
  ['Gemm FusedGemm', gemm],
  [
    'Conv ConvTranspose FusedConv MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool InstanceNormalization GroupNormalization DepthToSpace SpaceToDepth Resize Upsample',
    firstAxis,
  ],
  ['BatchNormalization', batchNorm],
  ['MeanVarianceNormalization', meanVariance],
  ['LSTM GRU RNN', recurrent],
  ['ReverseSequence', reverse],
  ['NonZero NonMaxSuppression', selects],
  ['Compress', compress],
  ['Unique', unique],
  ['TreeEnsembleClassifier LinearClassifier SVMClassifier', classifier],
  ['TreeEnsembleRegressor LinearRegressor SVMRegressor TreeEnsemble FeatureVectorizer ArrayFeatureExtractor TfIdfVectorizer', rowwise],
  ...shapeRules,
  ...controlRules,
]

const rules: ReadonlyMap<string, FlowRule> = new Map(table.flatMap(([ops, rule]) => ops.split(' ').map(op => [op, rule] as const)))
