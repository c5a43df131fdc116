import { compactString, unsignedVarint } from './flexible-fields.ts'

const noBytes = Buffer.alloc(0)

/** Writes the fields of a flexible request (KIP-482) in order. */
export class FlexibleWriter {
  readonly #parts: Uint8Array[] = []

  int8(value: number): this {
    return this.bytes(Buffer.of(value & 0xff))
  }

  int16(value: number): this {
    const part = Buffer.alloc(2)
    part.writeInt16BE(value)
    return this.bytes(part)
  }

  int32(value: number): this {
    const part = Buffer.alloc(4)
    part.writeInt32BE(value)
    return this.bytes(part)
  }

  int64(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigInt64BE(value)
    return this.bytes(part)
  }

  text(value: string | null): this {
    return this.bytes(value === null ? Buffer.of(0) : compactString(value))
  }

  /** Writes bytes with their length before them. */
  compactBytes(value: Uint8Array): this {
    return this.bytes(unsignedVarint(value.length + 1)).bytes(value)
  }

  array<T>(items: readonly T[], write: (item: T) => unknown): this {
    this.bytes(unsignedVarint(items.length + 1))
    for (const item of items) write(item)
    return this
  }

  /** Ends a structure: an empty list of tagged fields. */
  tags(): this {
    return this.int8(0)
  }

  /** Writes bytes without a length. */
  bytes(value: Uint8Array): this {
    this.#parts.push(value)
    return this
  }

  /** `head`, followed by all written bytes. */
  toBuffer(head: Uint8Array = noBytes): Buffer {
    return Buffer.concat([head, ...this.#parts])
  }
}
