// ONNX models: loading, sessions, columns to tensors and tensors to columns.
// The only room that imports onnxruntime-node; this door loads it.
// Not here: other formats. TensorFlow models come compiled.
export type { CompiledOnnx } from './compiled-onnx.ts'
export { constructOnnx, leastRunOf } from './load-onnx.ts'
export { formatLoader as onnxLoader } from './onnx-loader.ts'
