import {
  type AttributeProto,
  type Int64,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  attributeType,
  elementType,
  modelProto,
} from '../../models/onnx/proto/index.ts'
import { qualities, wineFields } from './wine-data.ts'
import type { LinearModel, NetworkModel, Scaling } from './wine-training.ts'

/** `features` [N, 11] → `quality` [N, 1]. */
export function linearOnnx(model: LinearModel): Uint8Array {
  return encode('wine-linear', {
    nodes: [...scalingNodes(), node('Gemm', ['scaled', 'weights', 'bias'], 'quality')],
    tensors: [...scalingTensors(model), floats('weights', model.weights, [wineFields.length, 1]), floats('bias', [model.bias], [1])],
    outputs: [value('quality', elementType.float, 1)],
  })
}

/** `features` [N, 11] → `quality` int64 [N] and `probabilities` [N, 6]. */
export function networkOnnx(model: NetworkModel): Uint8Array {
  const { hidden } = model
  return encode('wine-mlp', {
    nodes: [
      ...scalingNodes(),
      node('Gemm', ['scaled', 'weights1', 'bias1'], 'sums1'),
      node('Tanh', ['sums1'], 'hidden'),
      node('Gemm', ['hidden', 'weights2', 'bias2'], 'sums2'),
      node('Softmax', ['sums2'], 'probabilities', [integer('axis', 1)]),
      node('ArgMax', ['sums2'], 'index', [integer('axis', 1), integer('keepdims', 0)]),
      node('Add', ['index', 'lowest'], 'quality'),
    ],
    tensors: [
      ...scalingTensors(model),
      floats('weights1', model.weights1, [wineFields.length, hidden]),
      floats('bias1', model.bias1, [hidden]),
      floats('weights2', model.weights2, [hidden, qualities.length]),
      floats('bias2', model.bias2, [qualities.length]),
      { name: 'lowest', data_type: elementType.int64, dims: [1], int64_data: [qualities[0]] },
    ],
    outputs: [value('quality', elementType.int64), value('probabilities', elementType.float, qualities.length)],
  })
}

interface Graph {
  readonly nodes: NodeProto[]
  readonly tensors: TensorProto[]
  readonly outputs: ValueInfoProto[]
}

function encode(name: string, { nodes, tensors, outputs }: Graph): Uint8Array {
  return modelProto.encode({
    ir_version: 7,
    producer_name: 'sluice',
    opset_import: [{ domain: '', version: 13 }],
    graph: { name, node: nodes, initializer: tensors, input: [value('features', elementType.float, wineFields.length)], output: outputs },
  })
}

function scalingNodes(): NodeProto[] {
  return [node('Sub', ['features', 'mean'], 'centred'), node('Div', ['centred', 'deviation'], 'scaled')]
}

function scalingTensors({ mean, deviation }: Scaling): TensorProto[] {
  return [floats('mean', mean, [mean.length]), floats('deviation', deviation, [deviation.length])]
}

function node(operator: string, input: string[], output: string, attribute: AttributeProto[] = []): NodeProto {
  return { op_type: operator, input, output: [output], attribute }
}

function integer(name: string, i: Int64): AttributeProto {
  return { name, type: attributeType.int, i }
}

function floats(name: string, values: readonly number[], dims: number[]): TensorProto {
  return { name, data_type: elementType.float, dims, float_data: [...values] }
}

/** A tensor of [N, width], or of [N]. */
function value(name: string, type: number, width?: number): ValueInfoProto {
  const dim = [{ dim_param: 'N' }, ...(width === undefined ? [] : [{ dim_value: width }])]
  return { name, type: { tensor_type: { elem_type: type, shape: { dim } } } }
}
