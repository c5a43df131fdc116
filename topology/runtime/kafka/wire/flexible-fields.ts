import { putVarint, unsignedVarintSize } from '../../../../base/index.ts'

/** Encodes a number of Kafka's flexible requests (KIP-482), which kafkajs lacks. */
export function unsignedVarint(value: number): Buffer {
  const bytes = Buffer.alloc(unsignedVarintSize(value))
  putVarint(bytes, 0, value)
  return bytes
}

/** Encodes a text with its length before it. */
export function compactString(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([unsignedVarint(bytes.length + 1), bytes])
}

/** Reads the fields of a flexible answer in order. */
export class FlexibleReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  int16(): number {
    this.#at += 2
    return this.#bytes.readInt16BE(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  int64(): bigint {
    this.#at += 8
    return this.#bytes.readBigInt64BE(this.#at - 8)
  }

  /** A text; '' for null. */
  text(): string {
    return this.bytes(Math.max(0, this.varint() - 1)).toString()
  }

  bytes(length: number): Buffer {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  /** An array whose items `item` reads. */
  array<T>(item: () => T): T[] {
    return Array.from({ length: Math.max(0, this.varint() - 1) }, item)
  }

  /** Skips tagged fields, which later versions may have added. */
  tags(): void {
    for (let left = this.varint(); left > 0; left--) {
      this.varint()
      this.skip(this.varint())
    }
  }

  varint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#at++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
}
