import { halfBits, halfValue, type ValueType } from '../../models/index.ts'

/** Numbers of a datatype in binary: little-endian, `size` bytes each. */
interface NumberType {
  readonly kind: 'float' | 'integer'
  readonly size: number
  read(from: DataView, at: number): number | bigint
  write(to: DataView, at: number, value: number | bigint): void
  /** What the type holds: of fractions what does not become an infinity. */
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

/** How a DataView reads and writes numbers of at most 53 bits, and those of 64. */
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

/** What the protocol calls a datatype. */
export type Datatype = keyof typeof protocolTypes

/** The protocol's datatypes. */
export const datatypes: ReadonlyMap<string, DatatypeSpec> = new Map<string, DatatypeSpec>(Object.entries(protocolTypes))

/** What the protocol calls a model's types. */
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

/** How the protocol has a model's type. */
export function datatypeSpec(type: ValueType): DatatypeSpec {
  return protocolTypes[datatypeOf[type]]
}
