/** What the values of a model's inputs and outputs are, as the model itself has them. */
export type ValueType =
  'float16' | 'float32' | 'float64' | 'int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'bool' | 'string'

/** Whether values of the type are fractions; others are whole numbers, booleans or text. */
export function isFraction(type: ValueType | undefined): boolean {
  return type === 'float16' || type === 'float32' || type === 'float64'
}
