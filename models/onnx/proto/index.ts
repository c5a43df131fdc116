// How ONNX models are written: the schema, outlines of graphs, and repairs of a model's bytes.
// Works on bytes only.
// Not here: onnxruntime-node and sessions.
export {
  type FunctionOutline,
  type GraphModel,
  type GraphOutline,
  type NodeOutline,
  type TensorOutline,
  type ValueOutline,
  Attributes,
  graphModel,
  wholeValues,
} from './graph-outline.ts'
export { type MendedModel, isOnnx, mendOutputs, shapelessInputs, withPlainLocale } from './model-proto.ts'
export {
  type AttributeProto,
  type Int64,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
  attributeType,
  elementType,
  modelProto,
} from './onnx-schema.ts'
export { hasOddTypes, withPlainTypes } from './plain-types.ts'
