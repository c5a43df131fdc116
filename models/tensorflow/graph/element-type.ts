/** An element type of tensors; `resource` is a variable or table, `list` a list of tensors that the compiler holds. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'int32'
  | 'uint8'
  | 'int16'
  | 'int8'
  | 'string'
  | 'int64'
  | 'bool'
  | 'uint16'
  | 'float16'
  | 'uint32'
  | 'uint64'
  | 'bfloat16'
  | 'resource'
  | 'list'

interface TypeRow {
  readonly type: ElementType
  readonly tensorflow: number
  readonly onnx: number
  /** Bytes an element; 0 for text. */
  readonly bytes: number
}

const rows: readonly TypeRow[] = [
  { type: 'float32', tensorflow: 1, onnx: 1, bytes: 4 },
  { type: 'float64', tensorflow: 2, onnx: 11, bytes: 8 },
  { type: 'int32', tensorflow: 3, onnx: 6, bytes: 4 },
  { type: 'uint8', tensorflow: 4, onnx: 2, bytes: 1 },
  { type: 'int16', tensorflow: 5, onnx: 5, bytes: 2 },
  { type: 'int8', tensorflow: 6, onnx: 3, bytes: 1 },
  { type: 'string', tensorflow: 7, onnx: 8, bytes: 0 },
  { type: 'int64', tensorflow: 9, onnx: 7, bytes: 8 },
  { type: 'bool', tensorflow: 10, onnx: 9, bytes: 1 },
  { type: 'bfloat16', tensorflow: 14, onnx: 16, bytes: 2 },
  { type: 'uint16', tensorflow: 17, onnx: 4, bytes: 2 },
  { type: 'float16', tensorflow: 19, onnx: 10, bytes: 2 },
  { type: 'resource', tensorflow: 20, onnx: 0, bytes: 0 },
  { type: 'list', tensorflow: 21, onnx: 0, bytes: 0 },
  { type: 'uint32', tensorflow: 22, onnx: 12, bytes: 4 },
  { type: 'uint64', tensorflow: 23, onnx: 13, bytes: 8 },
]

const byTensorflow = new Map(rows.map(row => [row.tensorflow, row.type]))
const byType = new Map(rows.map(row => [row.type, row]))

/** TensorFlow's number of a type; a reference to a variable counts as its value. undefined: complex, quantized or unknown. */
export function elementTypeOf(number: number | undefined): ElementType | undefined {
  return byTensorflow.get((number ?? 0) % 100)
}

export function onnxTypeOf(type: ElementType): number {
  return byType.get(type)?.onnx ?? 0
}

export function bytesOf(type: ElementType): number {
  return byType.get(type)?.bytes ?? 0
}

export function isFloat(type: ElementType): boolean {
  return type === 'float32' || type === 'float64' || type === 'float16' || type === 'bfloat16'
}
