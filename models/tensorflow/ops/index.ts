// The rules that turn TensorFlow ops into ONNX nodes, one table for each family of ops.
// A rule sees its op and the graph around it.
// Not here: files, signatures and functions.
export { rules } from './rules.ts'
