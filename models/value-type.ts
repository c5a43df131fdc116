/** The element types of a model's inputs and outputs. */
export type ValueType =
  'float16' | 'float32' | 'float64' | 'int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'bool' | 'string'

/** Whether the type is a floating-point type; the others are integers, booleans and text. */
export function isFraction(type: ValueType | undefined): boolean {
  return type === 'float16' || type === 'float32' || type === 'float64'
}
