import type { Duplex } from 'node:stream'
import { FrameReader } from './frame-reader.ts'
import { FrameWriter, headBytes } from './frame-writer.ts'

/** Writes a message, or reads it, in the form that the two processes have agreed on. */
export interface FrameForm<Out, In> {
  write(writer: FrameWriter, message: Out): void
  read(reader: FrameReader): In
}

export interface FramesParts<Out, In> {
  readonly stream: Duplex
  readonly form: FrameForm<Out, In>
  /** The longest message that is taken, bytes. */
  readonly mostBytes: number
  /** `call`: what the sender gave. */
  onMessage(message: In, call: number): void
  /** What came is no message, or a longer one. Nothing is read any more. */
  onBroken(why: string): void
}

/**
 * Messages over a stream of bytes, each as the length of its content and the number of its call (four bytes each, the least first), and its content. A channel of `fork` does the same,
 * with an object for each message and a turn of the event loop more each way, and takes messages of any length.
 */
export class Frames<Out, In> {
  readonly #parts: FramesParts<Out, In>
  readonly #writer = new FrameWriter()
  #chunks: Buffer[] = []
  #size = 0
  /** The bytes of the message that is being received, with its head; 0: not known. */
  #wanted = 0
  #broken = false

  constructor(parts: FramesParts<Out, In>) {
    this.#parts = parts
    parts.stream.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  /** `call`: a whole number of 32 bits by which an answer is known. */
  send(message: Out, call: number): void {
    const { stream, form } = this.#parts
    this.#writer.begin(call)
    form.write(this.#writer, message)
    stream.write(this.#writer.end())
    // What the system has not taken at once is read from there later.
    this.#writer.left(stream.writableLength === 0)
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
    const call = all.readUInt32LE(4)
    const content = all.subarray(headBytes, this.#wanted)
    this.#chunks = all.length > this.#wanted ? [all.subarray(this.#wanted)] : []
    this.#size -= this.#wanted
    this.#wanted = 0
    let message: In
    try {
      message = this.#parts.form.read(new FrameReader(content))
    } catch {
      return this.#break('bytes that are no message')
    }
    this.#parts.onMessage(message, call)
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
