/** A TensorFlow model as ONNX: plain data that a worker thread can send. */
export interface CompiledTensorflow {
  readonly onnx: Uint8Array
  /** The outputs' names, the one that holds the score first. */
  readonly outputs: readonly string[]
}
