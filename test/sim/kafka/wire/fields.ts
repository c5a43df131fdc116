import { putVarint, unsignedVarintSize } from '../../../../base/index.ts'

const high = 0x1_0000_0000

/** Reads the fields of a request, one after the other. Whole numbers of 64 bits are numbers: those of a simulation are small. */
export class FieldReader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  int8(): number {
    return this.bytes.readInt8(this.at++)
  }

  int16(): number {
    this.at += 2
    return this.bytes.readInt16BE(this.at - 2)
  }

  int32(): number {
    this.at += 4
    return this.bytes.readInt32BE(this.at - 4)
  }

  int64(): number {
    this.at += 8
    return this.bytes.readInt32BE(this.at - 8) * high + this.bytes.readUInt32BE(this.at - 4)
  }

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  text(length: number): string {
    this.at += length
    return this.bytes.toString('utf8', this.at - length, this.at)
  }

  slice(length: number): Buffer {
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** Tagged fields, which nobody here needs. */
  skipTags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint()
      const length = this.varint()
      this.at += length
    }
  }
}

/** Writes fields into one buffer that grows; it is used again for the next answer. */
export class FieldWriter {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024)
  at = 0

  /** A copy of what was written. */
  taken(): Buffer {
    const copy = Buffer.allocUnsafe(this.at)
    this.#bytes.copy(copy, 0, 0, this.at)
    this.at = 0
    return copy
  }

  #room(length: number): void {
    if (this.at + length <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.at + length))
    this.#bytes.copy(grown, 0, 0, this.at)
    this.#bytes = grown
  }

  int8(value: number): void {
    this.#room(1)
    this.at = this.#bytes.writeInt8(value, this.at)
  }

  int16(value: number): void {
    this.#room(2)
    this.at = this.#bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.#room(4)
    this.at = this.#bytes.writeInt32BE(value, this.at)
  }

  int64(value: number): void {
    this.#room(8)
    const upper = Math.floor(value / high)
    this.#bytes.writeInt32BE(upper, this.at)
    this.at = this.#bytes.writeUInt32BE(value - upper * high, this.at + 4)
  }

  varint(value: number): void {
    this.#room(unsignedVarintSize(value))
    this.at = putVarint(this.#bytes, this.at, value)
  }

  slice(value: Uint8Array): void {
    this.#room(value.length)
    this.#bytes.set(value, this.at)
    this.at += value.length
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.#room(length)
    this.at += this.#bytes.write(value, this.at, length, 'utf8')
  }
}
