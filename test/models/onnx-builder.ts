import {
  type AttributeProto,
  type Int64,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  attributeType,
  elementType,
  modelProto,
} from '../../models/onnx/proto/onnx-schema.ts'

/** Small ONNX models for tests. */
export interface TestGraph {
  readonly nodes: NodeProto[]
  readonly inputs: ValueInfoProto[]
  readonly outputs: ValueInfoProto[]
  readonly tensors?: TensorProto[]
  readonly opset?: number
}

export function onnx({ nodes, inputs, outputs, tensors = [], opset = 13 }: TestGraph): Uint8Array {
  return modelProto.encode({
    ir_version: opset > 13 ? 8 : 7,
    opset_import: [
      { domain: '', version: opset },
      { domain: 'ai.onnx.ml', version: 2 },
    ],
    graph: { name: 'test', node: nodes, input: inputs, output: outputs, initializer: tensors },
  })
}

/** An input or output; a text is a dynamic dimension. Without a shape: only its type is declared. */
export function value(name: string, type: keyof typeof elementType, shape?: readonly (number | string)[]): ValueInfoProto {
  const dim = shape?.map(size => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }))
  return { name, type: { tensor_type: { elem_type: elementType[type], ...(dim === undefined ? {} : { shape: { dim } }) } } }
}

export function node(operator: string, input: string[], output: string[], attribute: AttributeProto[] = []): NodeProto {
  return { op_type: operator, input, output, attribute, ...(mlOperators.has(operator) ? { domain: 'ai.onnx.ml' } : {}) }
}

const mlOperators = new Set(['ZipMap', 'LinearClassifier', 'LabelEncoder', 'Normalizer'])

export function floats(name: string, dims: number[], values: number[]): TensorProto {
  return { name, data_type: elementType.float, dims, float_data: values }
}

export function int64s(name: string, dims: number[], values: Int64[]): TensorProto {
  return { name, data_type: elementType.int64, dims, int64_data: values }
}

/** An attribute: whole numbers are given as bigint. */
export function attribute(name: string, given: number[] | bigint | bigint[] | string | string[]): AttributeProto {
  if (typeof given === 'bigint') return { name, type: attributeType.int, i: Number(given) }
  if (typeof given === 'string') return { name, type: attributeType.string, s: Buffer.from(given) }
  if (given.every(item => typeof item === 'number')) return { name, type: attributeType.floats, floats: given }
  if (given.every(item => typeof item === 'bigint')) return { name, type: attributeType.ints, ints: given.map(Number) }
  return { name, type: attributeType.strings, strings: given.map(item => Buffer.from(item)) }
}

/** A linear classifier of two features, with the labels as given, and its probabilities through a ZipMap where asked for. */
export function classifier(labels: bigint[] | string[], zipMap: boolean): Uint8Array {
  const texts = typeof labels[0] === 'string'
  const names = texts ? 'strings' : 'int64s'
  const classify = node(
    'LinearClassifier',
    ['x'],
    ['label', zipMap ? 'raw' : 'probabilities'],
    [
      attribute('coefficients', [1, 0, 0, 1, -1, -1]),
      attribute('intercepts', [0, 0, 0]),
      attribute('post_transform', 'SOFTMAX'),
      attribute('multi_class', 1n),
      attribute(texts ? 'classlabels_strings' : 'classlabels_ints', labels),
    ],
  )
  const zip = node('ZipMap', ['raw'], ['probabilities'], [attribute(`classlabels_${names}`, labels)])
  return onnx({
    nodes: zipMap ? [classify, zip] : [classify],
    inputs: [value('x', 'float', ['N', 2])],
    // A ZipMap's output is declared as it is by converters: a list of maps, from the label's type (7 or 8) to float.
    outputs: [
      value('label', texts ? 'string' : 'int64', ['N']),
      zipMap ? listOfMaps('probabilities', texts ? 8 : 7) : value('probabilities', 'float', ['N', 3]),
    ],
  })
}

/** ValueInfoProto { name, type { sequence_type { elem_type { map_type { key_type, value_type { tensor_type { elem_type: float } } } } } } }. */
function listOfMaps(name: string, keyType: number): ValueInfoProto {
  const field = (number: number, bytes: number[]): number[] => [number * 8 + 2, bytes.length, ...bytes]
  const valueType = field(1, [0x08, 1])
  const map = field(5, [0x08, keyType, ...field(2, valueType)])
  const sequence = field(4, field(1, map))
  return { name, type: { $unknowns: [Uint8Array.from(sequence)] } as object }
}
