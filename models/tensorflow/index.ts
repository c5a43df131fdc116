// TensorFlow graphs and SavedModels, compiled to ONNX.
// This door has the loaders only; a loader loads the compiler with its first model.
// Not here: onnxruntime-node; models/onnx runs the result.
export { formatLoader as frozenGraphLoader } from './frozen-graph-loader.ts'
export { formatLoader as savedModelLoader } from './saved-model-loader.ts'
