/** Protobuf's wire types. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const

/** Malformed protobuf: the message says what is wrong, `at` is the index of the byte. */
export class WireError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/**
 * Reads protobuf's wire format. One reader is used for all records: `open` sets the next record. Nothing is allocated for a record, except one
 * DataView when its ArrayBuffer is not that of the record before.
 */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0)
  /** The next byte to read. */
  at = 0
  end = 0
  /** The low and high 32 bits of the varint or fixed64 read last. */
  low = 0
  high = 0
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the record begins in `view`. */
  offset = 0

  open(bytes: Uint8Array): void {
    if (bytes.buffer !== this.view.buffer) this.view = new DataView(bytes.buffer)
    this.bytes = bytes
    this.offset = bytes.byteOffset
    this.at = 0
    this.end = bytes.length
  }

  double(): number {
    return this.view.getFloat64(this.offset + this.#take(8), true)
  }

  float(): number {
    return this.view.getFloat32(this.offset + this.#take(4), true)
  }

  fixed32(): void {
    this.low = this.view.getUint32(this.offset + this.#take(4), true)
    this.high = 0
  }

  fixed64(): void {
    const at = this.offset + this.#take(8)
    this.low = this.view.getUint32(at, true)
    this.high = this.view.getUint32(at + 4, true)
  }

  /** Reads a tag: a field's number and wire type in one number. */
  tag(): number {
    const start = this.at
    if (start < this.end) {
      const first = this.bytes[start] as number
      if (first < 128) {
        this.at = start + 1
        return first
      }
    }
    this.varint()
    if (this.high !== 0 || this.at - start > 5) throw new WireError('a field number that is out of range', start)
    return this.low
  }

  /** Reads a varint into `low` and `high`, both unsigned. */
  varint(): void {
    const { bytes, end } = this
    const start = this.at
    let low = 0
    let high = 0
    for (let i = 0; i < 10; i++) {
      if (start + i >= end) throw new WireError('the record ends within a number', start)
      const byte = bytes[start + i] as number
      const part = byte & 127
      if (i < 4) low |= part << (7 * i)
      else if (i === 4) {
        low |= part << 28
        high = part >>> 4
      } else high |= part << (7 * i - 32)
      if (byte < 128) {
        if (i === 9 && byte > 1) break
        this.low = low >>> 0
        this.high = high >>> 0
        this.at = start + i + 1
        return
      }
    }
    throw new WireError('a number of more than 64 bits', start)
  }

  /** Reads a length and skips that many bytes. Returns the index of their beginning; `at` is their end. */
  span(): number {
    const lengthAt = this.at
    this.varint()
    const start = this.at
    if (this.high !== 0 || this.low > this.end - start) throw new WireError('a length beyond the end of the record', lengthAt)
    this.at = start + this.low
    return start
  }

  /** Skips the value of an unknown field. */
  skip(wireType: number): void {
    if (wireType === wire.varint) this.varint()
    else if (wireType === wire.fixed64) this.#take(8)
    else if (wireType === wire.bytes) this.span()
    else if (wireType === wire.fixed32) this.#take(4)
    else
      throw new WireError(
        wireType > wire.fixed32 ? `wire type ${wireType}, which does not exist` : 'a group, which is not supported',
        this.at,
      )
  }

  #take(count: number): number {
    const at = this.at
    if (at + count > this.end) throw new WireError('the record ends within a number', at)
    this.at = at + count
    return at
  }
}
