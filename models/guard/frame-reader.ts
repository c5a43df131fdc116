import { DefaultDeserializer } from 'node:v8'
import { type NumberArray, type NumberArrayName, numberArrays } from './number-arrays.ts'

/** Reads the content of one message, whoever has sent it: what would lie beyond its end throws. */
export class FrameReader {
  readonly #bytes: Buffer
  #at = 0

  /** The arrays that are read are views of `content`, or of a copy where numbers of eight bytes may not lie. */
  constructor(content: Buffer) {
    this.#bytes = content.byteOffset % 8 === 0 ? content : Buffer.from(new Uint8Array(content).buffer)
  }

  /** A whole number of 32 bits. */
  whole(): number {
    const value = this.#bytes.readUInt32LE(this.#at)
    this.#at += 4
    return value
  }

  /** An array of so many numbers, at the next place where numbers of eight bytes may lie. */
  numbers<Name extends NumberArrayName>(name: Name, count: number): NumberArray<Name> {
    const array = numberArrays[name]
    const from = Math.ceil(this.#at / 8) * 8
    const end = from + count * array.BYTES_PER_ELEMENT
    if (!(end <= this.#bytes.length)) throw new RangeError('the message ends before')
    this.#at = end
    return new array(this.#bytes.buffer as ArrayBuffer, this.#bytes.byteOffset + from, count) as NumberArray<Name>
  }

  /** What `FrameWriter.value` has written. */
  value(): unknown {
    const { buffer, byteOffset, byteLength } = this.numbers('Uint8Array', this.whole())
    const deserializer = new DefaultDeserializer(Buffer.from(buffer, byteOffset, byteLength))
    deserializer.readHeader()
    return deserializer.readValue() as unknown
  }
}
