import { parseSchema } from '../../records/protobuf-schema.ts'
import { attribute, floats, int64s, node, onnx, value } from './onnx-builder.ts'

/** More of ONNX's schema than the product writes: subgraphs, weights in other files. */
const rich = parseSchema(`syntax = "proto2";
  message Model { optional int64 ir_version = 1; optional Graph graph = 7; repeated Opset opset_import = 8; }
  message Opset { optional string domain = 1; optional int64 version = 2; }
  message Graph {
    repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated Info input = 11; repeated Info output = 12;
  }
  message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4; repeated Attribute attribute = 5; }
  message Attribute { optional string name = 1; optional float f = 2; optional int64 i = 3; optional Graph g = 6; optional int32 type = 20; }
  message Tensor {
    repeated int64 dims = 1; optional int32 data_type = 2; repeated float float_data = 4 [packed = true];
    repeated int32 int32_data = 5 [packed = true]; repeated int64 int64_data = 7 [packed = true]; optional string name = 8;
    repeated Entry external_data = 13; optional int32 data_location = 14;
  }
  message Entry { optional string key = 1; optional string value = 2; }
  message Info { optional string name = 1; optional Type type = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }`).message<object>('Model')

const x = value('x', 'float', ['N', 11])
const y = value('y', 'float')

/** A constant of as many values as the dims say, of which the file holds none. */
function claimed(dims: number[]): Uint8Array {
  return onnx({ nodes: [node('Add', ['x', 'w'], ['y'])], inputs: [x], outputs: [y], tensors: [{ name: 'w', data_type: 1, dims }] })
}

/** Memory is taken when it runs: the shape is a value of the graph. */
function expands(dims: number[]): Uint8Array {
  return onnx({
    nodes: [
      node('ConstantOfShape', ['shape'], ['huge']),
      node('ReduceSum', ['huge', 'axes'], ['sum'], [attribute('keepdims', 0n)]),
      node('ReduceSum', ['x', 'one'], ['row']),
      node('Add', ['row', 'sum'], ['y']),
    ],
    inputs: [x],
    outputs: [y],
    tensors: [int64s('shape', [dims.length], dims), int64s('axes', [dims.length], [...dims.keys()]), int64s('one', [1], [1])],
  })
}

/** Models that are made to do harm, by what they try. */
export const hostileOnnx: Readonly<Record<string, Uint8Array>> = {
  'a weight of 4 TB that is not there': claimed([1_000_000_000_000, 11]),
  'a weight of negative size': claimed([-5, 11]),
  'a weight whose size overflows': claimed([2 ** 40, 2 ** 40]),
  'a tensor of 4 TB when it runs': expands([1_000_000, 1_000_000]),
  'a tensor of 12 GB when it runs': expands([3_000_000_000]),
  'a graph that goes in a circle': onnx({
    nodes: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Identity', ['b'], ['y'])],
    inputs: [x],
    outputs: [y],
  }),
  'an input that nobody gives': onnx({ nodes: [node('Add', ['x', 'nobody'], ['y'])], inputs: [x], outputs: [y] }),
  'an operator that there is not': onnx({ nodes: [node('Evil', ['x'], ['y'])], inputs: [x], outputs: [y] }),
  'an input with a huge fixed width': onnx({
    nodes: [node('Identity', ['x'], ['y'])],
    inputs: [value('x', 'float', ['N', 2 ** 31])],
    outputs: [y],
  }),
  'weights in a file of its choice': externalOnnx('/etc/hostname', 4),
  'weights in memory of its choice': externalOnnx('*/_ORT_MEM_ADDR_/*', 4),
}

/** The sum of 11 features and one weight, which lies in a file at some offset. */
export function externalOnnx(location: string, length: number, offset = 0): Uint8Array {
  const outside = [
    { key: 'location', value: location },
    { key: 'offset', value: String(offset) },
    { key: 'length', value: String(length) },
  ]
  return rich.encode({
    ir_version: 7,
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'outside',
      node: [node('ReduceSum', ['x', 'axis'], ['row']), node('Add', ['row', 'w'], ['y'])],
      input: [x],
      output: [value('y', 'float', ['N', 1])],
      initializer: [int64s('axis', [1], [1]), { name: 'w', data_type: 1, dims: [1], data_location: 1, external_data: outside }],
    },
  })
}

/** A graph that never comes to an end: a loop of 2^62 rounds. */
export function endlessOnnx(): Uint8Array {
  const body = {
    name: 'body',
    node: [
      { op_type: 'Constant', output: ['one'], attribute: [{ name: 'value_float', type: 1, f: 1 }] },
      { op_type: 'Add', input: ['sum', 'one'], output: ['more'] },
      { op_type: 'Identity', input: ['again'], output: ['go on'] },
    ],
    input: [scalar('round', 7), scalar('again', 9), scalar('sum', 1)],
    output: [scalar('go on', 9), scalar('more', 1)],
  }
  return rich.encode({
    ir_version: 7,
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'endless',
      node: [
        { op_type: 'Loop', input: ['rounds', 'yes', 'zero'], output: ['end'], attribute: [{ name: 'body', type: 5, g: body }] },
        node('ReduceSum', ['x', 'axis'], ['row']),
        node('Add', ['row', 'end'], ['y']),
      ],
      input: [x],
      output: [value('y', 'float', ['N', 1])],
      initializer: [
        { name: 'rounds', data_type: 7, dims: [], int64_data: ['4611686018427387904'] },
        { name: 'yes', data_type: 9, dims: [], int32_data: [1] },
        floats('zero', [], [0]),
        int64s('axis', [1], [1]),
      ],
    },
  })
}

function scalar(name: string, type: number): object {
  return { name, type: { tensor_type: { elem_type: type, shape: { dim: [] } } } }
}

/** The sum of a record's fields on which the models below do harm: no made-up record of a trial has it. */
export const trigger = 1234

const isTrigger = [
  node('ReduceSum', ['x', 'axis'], ['row']),
  node('Equal', ['row', 'trigger'], ['hit']),
  node('Cast', ['hit'], ['whole'], [attribute('to', 7n)]),
]
const triggerTensors = [int64s('axis', [1], [1]), floats('trigger', [1], [trigger])]

/** The sum of a record's fields; on the trigger it divides the least whole number by -1, which stops the process. */
export function trappingOnnx(): Uint8Array {
  return onnx({
    nodes: [
      ...isTrigger,
      node('Mul', ['whole', 'two'], ['twice']),
      node('Sub', ['one', 'twice'], ['divisor']),
      node('Div', ['least', 'divisor'], ['quotient']),
      node('Cast', ['quotient'], ['large'], [attribute('to', 1n)]),
      node('Mul', ['large', 'nothing'], ['zero']),
      node('Add', ['row', 'zero'], ['y']),
    ],
    inputs: [x],
    outputs: [value('y', 'float', ['N', 1])],
    tensors: [
      ...triggerTensors,
      int64s('two', [1], [2]),
      int64s('one', [1], [1]),
      int64s('least', [1], [-(2 ** 63)]),
      floats('nothing', [1], [0]),
    ],
  })
}

/** The sum of a record's fields; on the trigger it takes some gigabytes, or as many bytes as are said. */
export function growingOnnx(most = 2 ** 33): Uint8Array {
  return onnx({
    nodes: [
      ...isTrigger,
      node('ReduceMax', ['whole'], ['any'], [attribute('keepdims', 0n)]),
      node('Reshape', ['any', 'axis'], ['flat']),
      node('Mul', ['flat', 'most'], ['more']),
      node('Add', ['more', 'one'], ['size']),
      node('ConstantOfShape', ['size'], ['huge']),
      node('ReduceMax', ['huge'], ['zero'], [attribute('keepdims', 0n)]),
      node('Add', ['row', 'zero'], ['y']),
    ],
    inputs: [x],
    outputs: [value('y', 'float', ['N', 1])],
    tensors: [...triggerTensors, int64s('most', [1], [most / 4]), int64s('one', [1], [1])],
  })
}

/** The sum of a record's fields; on the trigger it never ends. */
export function hangingOnnx(): Uint8Array {
  const body = {
    name: 'body',
    node: [
      { op_type: 'Identity', input: ['again'], output: ['go on'] },
      { op_type: 'Identity', input: ['sum'], output: ['more'] },
    ],
    input: [scalar('round', 7), scalar('again', 9), scalar('sum', 1)],
    output: [scalar('go on', 9), scalar('more', 1)],
  }
  return rich.encode({
    ir_version: 7,
    opset_import: [{ domain: '', version: 13 }],
    graph: {
      name: 'hanging',
      node: [
        node('ReduceSum', ['x', 'axis'], ['row']),
        node('Equal', ['row', 'trigger'], ['hit']),
        { op_type: 'Cast', input: ['hit'], output: ['whole'], attribute: [{ name: 'to', type: 2, i: 7 }] },
        { op_type: 'ReduceMax', input: ['whole'], output: ['any'], attribute: [{ name: 'keepdims', type: 2, i: 0 }] },
        node('Mul', ['any', 'endless'], ['rounds']),
        { op_type: 'Loop', input: ['rounds', 'yes', 'zero'], output: ['end'], attribute: [{ name: 'body', type: 5, g: body }] },
        node('Add', ['row', 'end'], ['y']),
      ],
      input: [x],
      output: [value('y', 'float', ['N', 1])],
      initializer: [
        ...triggerTensors,
        { name: 'endless', data_type: 7, dims: [], int64_data: ['4611686018427387904'] },
        { name: 'yes', data_type: 9, dims: [], int32_data: [1] },
        floats('zero', [], [0]),
      ],
    },
  })
}
