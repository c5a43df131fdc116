// What the rules for ops are written with: ops, tensors, constants and the ONNX graph they add nodes to.
// TensorFlow's schema is here too.
// Not here: the rule of any single op.
export { type Constant, constantOf, elementCount, fixedDims, numberConstant, numbersOf, textsOf } from './constant.ts'
export { type ElementType, bytesOf, elementTypeOf, isFloat, onnxTypeOf } from './element-type.ts'
export { type Attributes, OnnxGraph } from './onnx-graph.ts'
export { type Rule, type RuleTable, type Surroundings, Op, opError } from './op.ts'
export { type Dim, type Shape, type Tensor, axisOf, broadcast, broadcastValues, commonShape, knownOf, mostKnown, sizeOf } from './tensor.ts'
export {
  type AttrValue,
  type BundleEntry,
  type FunctionDef,
  type GraphDef,
  type MetaGraphDef,
  type NodeDef,
  type SavedModel,
  type SignatureDef,
  type TensorInfo,
  type TensorShapeProto,
  type TensorSlice,
  bundleEntry,
  bundleHeader,
  checkpointObjects,
  graphDef,
  savedModel,
} from './tf-schema.ts'
