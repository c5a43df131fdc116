import { DefaultSerializer } from 'node:v8'

/** Before each message: the length of its content, and the number of its call. The content begins where numbers of eight bytes may lie. */
export const headBytes = 8
const leastBytes = 4096
/** What is longer is not kept for the next message. */
const mostKept = 2 ** 22
const none = Buffer.alloc(0)

/** Writes one message after the other, into the same memory if it is free. */
export class FrameWriter {
  #bytes = none
  #at = 0

  begin(call: number): void {
    this.#at = 0
    this.whole(0)
    this.whole(call)
  }

  /** A whole number of 32 bits. */
  whole(value: number): void {
    this.#reserve(4)
    this.#at = this.#bytes.writeUInt32LE(value, this.#at)
  }

  /** The bytes of an array, from the next place on where numbers of eight bytes may lie. */
  numbers({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.#align()
    this.#reserve(byteLength)
    this.#bytes.set(new Uint8Array(buffer, byteOffset, byteLength), this.#at)
    this.#at += byteLength
  }

  /** Whatever Node.js can serialize. */
  value(given: unknown): void {
    const serializer = new DefaultSerializer()
    serializer.writeHeader()
    serializer.writeValue(given)
    const bytes = serializer.releaseBuffer()
    this.whole(bytes.length)
    this.numbers(bytes)
  }

  /** The whole message; valid until the next one begins. */
  end(): Buffer {
    this.#align()
    this.#bytes.writeUInt32LE(this.#at - headBytes)
    return this.#bytes.subarray(0, this.#at)
  }

  /** To be called once the message is given away. `taken`: it is read, and its memory is free for the next one. */
  left(taken: boolean): void {
    if (!taken || this.#bytes.length > mostKept) this.#bytes = none
  }

  #align(): void {
    const aligned = Math.ceil(this.#at / 8) * 8
    this.#reserve(aligned - this.#at)
    this.#bytes.fill(0, this.#at, aligned)
    this.#at = aligned
  }

  #reserve(count: number): void {
    const wanted = this.#at + count
    if (wanted <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(leastBytes, 2 * wanted))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }
}
