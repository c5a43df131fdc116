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
  message Attribute { optional string name = 1; optional float f = 2; optional Graph g = 6; optional int32 type = 20; }
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
