import { type Attributes, type NodeOutline, elementType } from '../proto/index.ts'
import { deepTrees } from './tree-depth.ts'

/** What the values of a tensor depend on: nothing; sizes of tensors, of which they are a selection; the records. */
export type Origin = 'constant' | 'sizes' | 'records'

/** What is known of a tensor. `type`: ONNX's number of its element type; undefined: not known. */
export interface Known {
  readonly origin: Origin
  readonly type: number | undefined
}

/** How an operator is bounded: the operators that are not in the table are not. */
export interface OperatorBound {
  /** Inputs that must be constants, by position: they decide the output's shape or the work, and nothing of a record may. */
  readonly constant?: readonly number[]
  /** Inputs that may also be sizes of tensors. */
  readonly sizes?: readonly number[]
  /** Whether it only orders values that are there, or takes fixed ones of them: of sizes it makes sizes. */
  readonly selects?: (inputs: readonly Known[], attributes: () => Attributes) => boolean
  /** The element types of its outputs, in their order; those beyond are not known. */
  readonly types: (node: NodeOutline, inputs: readonly Known[], attributes: () => Attributes) => readonly (number | undefined)[]
  /** Why this node is not bounded. */
  readonly refuse?: (node: NodeOutline, inputs: readonly Known[], attributes: () => Attributes) => string | undefined
}

const { float, int32, int64, uint8, string, bool, float16, double } = elementType
const fractions: ReadonlySet<number | undefined> = new Set([float, float16, double, 16])

/** Types that hold any size: another one would make small sizes of large ones. */
const wide: ReadonlySet<number> = new Set([int32, int64, double])
const anyway = (): boolean => true

type Types = OperatorBound['types']
const typeOf =
  (at: number): Types =>
  (_, inputs) => [inputs[at]?.type]
const always =
  (...types: (number | undefined)[]): Types =>
  () =>
    types
const first = typeOf(0)

/** Division of whole numbers stops the process: by zero, and of the least number by -1. */
const ofFractions: OperatorBound['refuse'] = (_, inputs) =>
  fractions.has(inputs[0]?.type) ? undefined : 'divides whole numbers, or numbers of a type that is not known'

function constantType(_: NodeOutline, __: readonly Known[], attributes: () => Attributes): readonly (number | undefined)[] {
  const given = attributes()
  const tensor = given.tensor('value')
  if (tensor !== undefined) return [tensor.data_type]
  const named = ['value_int', 'value_ints', 'value_float', 'value_floats', 'value_string', 'value_strings']
  const found = named.findIndex(name => given.has(name))
  return [found < 0 ? undefined : [int64, float, string][Math.floor(found / 2)]]
}

const table: readonly (readonly [ops: string, bound: OperatorBound])[] = [
  // One value of each input for each value of the output.
  [
    'Abs Acos Acosh Add Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish LeakyRelu Log Max Mean Min Mish Mul Neg PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Tan Tanh ThresholdedRelu',
    { types: first },
  ],
  ['And Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not Or Xor', { types: always(bool) }],
  ['Where', { types: typeOf(1) }],
  ['Div', { types: first, refuse: ofFractions }],
  [
    'Mod',
    {
      types: first,
      refuse: (node, inputs, attributes) =>
        attributes().int('fmod', 0) === 1 ? ofFractions(node, inputs, attributes) : 'divides whole numbers',
    },
  ],
  ['Cast', { types: (_, __, attributes) => [attributes().int('to', 0)], selects: (_, attributes) => wide.has(attributes().int('to', 0)) }],
  ['CastLike', { types: typeOf(1) }],
  ['Dropout', { types: (_, inputs) => [inputs[0]?.type, bool] }],
  // Sums over values, and what normalizes them.
  [
    'AveragePool BatchNormalization Conv ConvTranspose Einsum Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool GroupNormalization Hardmax InstanceNormalization LRN LayerNormalization LogSoftmax LpNormalization LpPool MatMul MaxPool MeanVarianceNormalization RMSNormalization SimplifiedLayerNormalization Softmax',
    { types: first },
  ],
  ['ArgMax ArgMin', { types: always(int64) }],
  [
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare',
    { types: first, constant: [1] },
  ],
  ['CumSum CumProd', { types: first, constant: [1] }],
  ['TopK', { types: (_, inputs) => [inputs[0]?.type, int64], constant: [1] }],
  ['GRU LSTM RNN', { types: (_, inputs) => [inputs[0]?.type, inputs[0]?.type, inputs[0]?.type], constant: [4] }],
  // The same values in another place or shape.
  ['Concat Flatten Identity SequenceConstruct Transpose', { types: first, selects: anyway }],
  // By an index that is a size it would look anything up.
  ['Gather', { types: first, selects: inputs => inputs[1]?.origin === 'constant' }],
  ['Squeeze Unsqueeze', { types: first, constant: [1], selects: anyway }],
  ['Slice', { types: first, constant: [1, 2, 3, 4], selects: anyway }],
  ['Reshape', { types: first, sizes: [1], selects: anyway }],
  ['Shape Size', { types: always(int64) }],
  ['DepthToSpace GatherElements GatherND SpaceToDepth', { types: first }],
  ['ScatterElements ScatterND', { types: first, constant: [1] }],
  ['Split', { types: (node, inputs) => (node.output ?? []).map(() => inputs[0]?.type), constant: [1] }],
  ['Pad', { types: first, constant: [1, 3] }],
  ['Compress ReverseSequence Trilu', { types: first, constant: [1] }],
  ['Resize', { types: first, constant: [1, 2, 3] }],
  ['Upsample', { types: first, constant: [1] }],
  ['Expand Tile', { types: first, sizes: [1] }],
  ['Range', { types: first, sizes: [0, 1, 2] }],
  ['ConstantOfShape', { types: (_, __, attributes) => [attributes().tensor('value')?.data_type ?? float], sizes: [0] }],
  ['Constant', { types: constantType }],
  ['OneHot', { types: typeOf(2), constant: [1] }],
  ['EyeLike', { types: always(undefined) }],
  // Quantized numbers.
  ['QuantizeLinear', { types: typeOf(2) }],
  ['DequantizeLinear', { types: typeOf(1) }],
  ['DynamicQuantizeLinear', { types: always(uint8, float, uint8) }],
  ['MatMulInteger ConvInteger', { types: always(int32) }],
  ['QLinearMatMul QLinearConv', { types: typeOf(7) }],
  // Text.
  ['StringNormalizer', { types: always(string) }],
  ['TfIdfVectorizer', { types: always(float) }],
]

const treesOf: OperatorBound['refuse'] = (_, __, attributes) => deepTrees(attributes())

const learnedTable: readonly (readonly [ops: string, bound: OperatorBound])[] = [
  ['ArrayFeatureExtractor', { types: first, constant: [1] }],
  ['Binarizer Imputer', { types: first }],
  ['FeatureVectorizer LinearRegressor Normalizer OneHotEncoder SVMRegressor Scaler', { types: always(float) }],
  ['TreeEnsembleRegressor', { types: always(float), refuse: treesOf }],
  ['TreeEnsembleClassifier', { types: always(undefined, float), refuse: treesOf }],
  ['LinearClassifier SVMClassifier', { types: always(undefined, float) }],
  ['CategoryMapper LabelEncoder', { types: always(undefined) }],
]

function byOperator(rules: readonly (readonly [ops: string, bound: OperatorBound])[]): ReadonlyMap<string, OperatorBound> {
  return new Map(rules.flatMap(([ops, bound]) => ops.split(' ').map((op): [string, OperatorBound] => [op, bound])))
}

const byDomain: ReadonlyMap<string, ReadonlyMap<string, OperatorBound>> = new Map([
  ['', byOperator(table)],
  ['ai.onnx', byOperator(table)],
  ['ai.onnx.ml', byOperator(learnedTable)],
])

/** The bound of a node's operator; undefined: it has none. */
export function boundOf({ op_type = '', domain = '' }: NodeOutline): OperatorBound | undefined {
  return byDomain.get(domain)?.get(op_type)
}
