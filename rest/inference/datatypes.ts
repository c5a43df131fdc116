import { halfBits, halfValue, type ValueType } from '../../models/index.ts'

/** A number type in binary data: little-endian, `size` bytes for each value. */
interface NumberType {
  readonly kind: 'float' | 'integer'
  readonly size: number
  read(from: DataView, at: number): number | bigint
  write(to: DataView, at: number, value: number | bigint): void
  /** Range of the type; for floating-point types the range that does not round to an infinity. */
  readonly least: number | bigint
  readonly most: number | bigint
}

export type DatatypeSpec = NumberType | { readonly kind: 'bool'; readonly size: 1 } | { readonly kind: 'bytes'; readonly size: undefined }

type Access = Pick<NumberType, 'read' | 'write'>

const float = (size: number, most: number, access: Access): NumberType => ({ kind: 'float', size, least: -most, most, ...access })
const signed = (size: number, access: Access): NumberType => {
  const half = 2n ** BigInt(size * 8 - 1)
  return { kind: 'integer', size, least: -half, most: half - 1n, ...access }
}
const unsigned = (size: number, access: Access): NumberType => ({
  kind: 'integer',
  size,
  least: 0n,
  most: 2n ** BigInt(size * 8) - 1n,
  ...access,
})

/** DataView access to types that a double holds exactly, and to 64-bit integers. */
const numbers = (type: 'Int8' | 'Int16' | 'Int32' | 'Uint8' | 'Uint16' | 'Uint32' | 'Float32' | 'Float64'): Access => ({
  read: (from, at) => from[`get${type}`](at, true),
  write: (to, at, value) => to[`set${type}`](at, Number(value), true),
})
const longs = (type: 'BigInt64' | 'BigUint64'): Access => ({
  read: (from, at) => from[`get${type}`](at, true),
  write: (to, at, value) => to[`set${type}`](at, BigInt(value), true),
})
const halves: Access = {
  read: (from, at) => halfValue(from.getUint16(at, true)),
  write: (to, at, value) => to.setUint16(at, halfBits(Number(value)), true),
}

const protocolTypes = {
  BOOL: { kind: 'bool', size: 1 },
  INT8: signed(1, numbers('Int8')),
  INT16: signed(2, numbers('Int16')),
  INT32: signed(4, numbers('Int32')),
  INT64: signed(8, longs('BigInt64')),
  UINT8: unsigned(1, numbers('Uint8')),
  UINT16: unsigned(2, numbers('Uint16')),
  UINT32: unsigned(4, numbers('Uint32')),
  UINT64: unsigned(8, longs('BigUint64')),
  FP16: float(2, 65519.99999999999, halves),
  FP32: float(4, 3.4028235677973362e38, numbers('Float32')),
  FP64: float(8, Number.MAX_VALUE, numbers('Float64')),
  BYTES: { kind: 'bytes', size: undefined },
} as const satisfies Readonly<Record<string, DatatypeSpec>>

/** A datatype name of the protocol. */
export type Datatype = keyof typeof protocolTypes

/** The datatypes of the protocol by name. */
export const datatypes: ReadonlyMap<string, DatatypeSpec> = new Map<string, DatatypeSpec>(Object.entries(protocolTypes))

/** The protocol's datatype for each type of a model. */
export const datatypeOf: Readonly<Record<ValueType, Datatype>> = {
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'BYTES',
}

/** The protocol's representation of a model's type. */
export function datatypeSpec(type: ValueType): DatatypeSpec {
  return protocolTypes[datatypeOf[type]]
}
