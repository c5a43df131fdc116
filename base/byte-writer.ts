import { putVarint, unsignedVarintSize } from './varint.ts'

/** Writes into a Buffer of a size that the caller has computed exactly. Varints are zigzag, as in Kafka's records. */
export class ByteWriter {
  readonly buffer: Buffer
  at = 0

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  int8(value: number): void {
    this.buffer[this.at++] = value
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at)
  }

  int64(value: bigint): void {
    this.at = this.buffer.writeBigInt64BE(value, this.at)
  }

  /** −2³¹ … 2³¹ − 1. */
  varint(value: number): void {
    this.at = putVarint(this.buffer, this.at, ((value << 1) ^ (value >> 31)) >>> 0)
  }

  /** 0 … 2⁵² − 1. */
  varlong(value: number): void {
    this.at = putVarint(this.buffer, this.at, value * 2)
  }

  bytes(value: Uint8Array): void {
    this.buffer.set(value, this.at)
    this.at += value.length
  }

  /** Writes the length and the bytes; for null or undefined only the length −1. */
  varbytes(value: Bytes): void {
    if (value === null || value === undefined) return this.varint(-1)
    if (typeof value === 'string') {
      this.varint(Buffer.byteLength(value))
      this.at += this.buffer.write(value, this.at)
    } else {
      this.varint(value.length)
      this.bytes(value)
    }
  }

  /** Number of written bytes; kafkajs calls this method of its encoders. */
  size(): number {
    return this.at
  }
}

export type Bytes = Uint8Array | string | null | undefined

/** Size of a zigzag varint, bytes. */
export function varintSize(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0
  return rest < 0x80 ? 1 : rest < 0x4000 ? 2 : rest < 0x20_0000 ? 3 : rest < 0x1000_0000 ? 4 : 5
}

/** Size of a zigzag varlong of 0 … 2⁵² − 1, bytes. */
export function varlongSize(value: number): number {
  return value < 0x4000_0000 ? varintSize(value) : unsignedVarintSize(value * 2)
}

/** Size of a value with its length before it, bytes. */
export function varbytesSize(value: Bytes): number {
  if (value === null || value === undefined) return 1
  const size = typeof value === 'string' ? Buffer.byteLength(value) : value.length
  return varintSize(size) + size
}
