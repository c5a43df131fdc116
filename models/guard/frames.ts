import type { Duplex } from 'node:stream'
import { DefaultDeserializer, DefaultSerializer } from 'node:v8'

/** Writes a message, or reads it, in the form that the two processes have agreed on. */
export interface FrameForm<Out, In> {
  write(serializer: DefaultSerializer, message: Out): void
  read(deserializer: DefaultDeserializer): In
}

export interface FramesParts<Out, In> {
  readonly stream: Duplex
  readonly form: FrameForm<Out, In>
  /** The longest message that is taken, bytes. */
  readonly mostBytes: number
  onMessage(message: In): void
  /** What came is no message, or a longer one. Nothing is read any more. */
  onBroken(why: string): void
}

const headBytes = 4

/**
 * Messages over a stream of bytes, each as its length (four bytes, the least first) and its content. A channel of `fork` does the same, with an object for each
 * message and a turn of the event loop more each way, and takes messages of any length.
 */
export class Frames<Out, In> {
  readonly #parts: FramesParts<Out, In>
  #chunks: Buffer[] = []
  #size = 0
  /** The bytes of the message that is being received, with its head; 0: not known. */
  #wanted = 0
  #broken = false

  constructor(parts: FramesParts<Out, In>) {
    this.#parts = parts
    parts.stream.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  send(message: Out): void {
    const { stream, form } = this.#parts
    const serializer = new DefaultSerializer()
    // In the place of the length.
    serializer.writeRawBytes(Buffer.alloc(headBytes))
    serializer.writeHeader()
    form.write(serializer, message)
    const bytes = serializer.releaseBuffer()
    bytes.writeUInt32LE(bytes.length - headBytes)
    stream.write(bytes)
  }

  #take(chunk: Buffer): void {
    if (this.#broken) return
    this.#chunks.push(chunk)
    this.#size += chunk.length
    while (!this.#broken && this.#isComplete()) this.#next()
  }

  #isComplete(): boolean {
    if (this.#wanted === 0 && this.#size >= headBytes) {
      this.#wanted = headBytes + this.#joined().readUInt32LE()
      if (this.#wanted > this.#parts.mostBytes) this.#break(`a message of ${this.#wanted} bytes`)
    }
    return this.#wanted > 0 && this.#size >= this.#wanted
  }

  #next(): void {
    const all = this.#joined()
    const content = all.subarray(headBytes, this.#wanted)
    this.#chunks = all.length > this.#wanted ? [all.subarray(this.#wanted)] : []
    this.#size -= this.#wanted
    this.#wanted = 0
    let message: In
    try {
      const deserializer = new DefaultDeserializer(content)
      deserializer.readHeader()
      message = this.#parts.form.read(deserializer)
    } catch {
      return this.#break('bytes that are no message')
    }
    this.#parts.onMessage(message)
  }

  /** Joined once for the head and once for the whole. */
  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks, this.#size)]
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  #break(why: string): void {
    this.#broken = true
    this.#chunks = []
    this.#parts.onBroken(why)
  }
}
