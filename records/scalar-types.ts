import { type WireReader, wire } from './wire-reader.ts'

/** The scalar types of protobuf, except `bytes`. */
export type ScalarType =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'bool'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'string'

/** The wire type of each scalar type. Enums are read as int32, the number of their value. */
export const wireTypes = {
  double: wire.fixed64,
  float: wire.fixed32,
  int32: wire.varint,
  int64: wire.varint,
  uint32: wire.varint,
  uint64: wire.varint,
  sint32: wire.varint,
  sint64: wire.varint,
  bool: wire.varint,
  fixed32: wire.fixed32,
  fixed64: wire.fixed64,
  sfixed32: wire.fixed32,
  sfixed64: wire.fixed64,
  string: wire.bytes,
} as const satisfies Readonly<Record<ScalarType, number>>

export const scalarTypes: ReadonlySet<string> = new Set(Object.keys(wireTypes))

/** Reads the next number. Not for strings. */
export function numberOf(type: ScalarType, reader: WireReader): number {
  switch (wireTypes[type]) {
    case wire.varint:
      reader.varint()
      break
    case wire.fixed64:
      if (type === 'double') return reader.double()
      reader.fixed64()
      break
    case wire.fixed32:
      if (type === 'float') return reader.float()
      reader.fixed32()
  }
  const { low, high } = reader
  switch (type) {
    case 'bool':
      return low !== 0 || high !== 0 ? 1 : 0
    case 'uint32':
    case 'fixed32':
      return low
    case 'uint64':
    case 'fixed64':
      return high * 4294967296 + low
    case 'int64':
    case 'sfixed64':
      return (high | 0) * 4294967296 + low
    case 'sint32':
      return (low >>> 1) ^ -(low & 1)
    case 'sint64':
      return unzigzag(low, high)
    default:
      return low | 0
  }
}

/** The exact 64-bit number that was just read; undefined for other types. */
export function wholeOf(type: ScalarType, { low, high }: WireReader): bigint | undefined {
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
  switch (type) {
    case 'uint64':
    case 'fixed64':
      return bits
    case 'int64':
    case 'sfixed64':
      return BigInt.asIntN(64, bits)
    case 'sint64':
      return (bits & 1n) === 0n ? bits >> 1n : -(bits >> 1n) - 1n
    default:
      return undefined
  }
}

function unzigzag(low: number, high: number): number {
  const magnitude = (high >>> 1) * 4294967296 + (((low >>> 1) | (high << 31)) >>> 0)
  return (low & 1) === 0 ? magnitude : -magnitude - 1
}
