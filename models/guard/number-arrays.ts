/** The arrays of numbers that are sent to another process as their bytes, by their names. */
export const numberArrays = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  BigInt64Array,
  BigUint64Array,
} as const

export type NumberArrayName = keyof typeof numberArrays
export type NumberArray<Name extends NumberArrayName = NumberArrayName> = InstanceType<(typeof numberArrays)[Name]>

/** undefined: it is none of them. */
export function numberArrayName(values: unknown): NumberArrayName | undefined {
  const name = ArrayBuffer.isView(values) ? values.constructor.name : ''
  return Object.hasOwn(numberArrays, name) ? (name as NumberArrayName) : undefined
}
