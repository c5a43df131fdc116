import type { ModelInput } from '../../models/index.ts'

/** Numbers of a datatype in binary: little-endian, `size` bytes each. */
interface NumberType {
  readonly kind: 'float' | 'integer'
  readonly size: number
  read(from: DataView, at: number): number | bigint
  /** Of whole numbers: what the type holds. */
  readonly least: bigint
  readonly most: bigint
}

export type DatatypeSpec = NumberType | { readonly kind: 'bool'; readonly size: 1 } | { readonly kind: 'bytes'; readonly size: undefined }

const float = (size: number, read: NumberType['read']): NumberType => ({ kind: 'float', size, read, least: 0n, most: 0n })
const signed = (size: number, read: NumberType['read']): NumberType => {
  const half = 2n ** BigInt(size * 8 - 1)
  return { kind: 'integer', size, read, least: -half, most: half - 1n }
}
const unsigned = (size: number, read: NumberType['read']): NumberType => ({
  kind: 'integer',
  size,
  read,
  least: 0n,
  most: 2n ** BigInt(size * 8) - 1n,
})

/** The protocol's datatypes. */
export const datatypes: ReadonlyMap<string, DatatypeSpec> = new Map<string, DatatypeSpec>([
  ['BOOL', { kind: 'bool', size: 1 }],
  ['INT8', signed(1, (from, at) => from.getInt8(at))],
  ['INT16', signed(2, (from, at) => from.getInt16(at, true))],
  ['INT32', signed(4, (from, at) => from.getInt32(at, true))],
  ['INT64', signed(8, (from, at) => from.getBigInt64(at, true))],
  ['UINT8', unsigned(1, (from, at) => from.getUint8(at))],
  ['UINT16', unsigned(2, (from, at) => from.getUint16(at, true))],
  ['UINT32', unsigned(4, (from, at) => from.getUint32(at, true))],
  ['UINT64', unsigned(8, (from, at) => from.getBigUint64(at, true))],
  ['FP16', float(2, (from, at) => halfToNumber(from.getUint16(at, true)))],
  ['FP32', float(4, (from, at) => from.getFloat32(at, true))],
  ['FP64', float(8, (from, at) => from.getFloat64(at, true))],
  ['BYTES', { kind: 'bytes', size: undefined }],
])

/** What the protocol calls a model's types. */
export const datatypeOf: Readonly<Record<ModelInput['type'], string>> = {
  float32: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  int64: 'INT64',
  bool: 'BOOL',
  string: 'BYTES',
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
