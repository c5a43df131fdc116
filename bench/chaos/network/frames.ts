const lengthBytes = 4

/** Cuts a stream of Kafka's protocol into its frames, each with its length before it. */
export class Frames {
  #chunks: Buffer[] = []
  #size = 0

  /** The frames that are whole with these bytes. */
  add(bytes: Buffer): readonly Buffer[] {
    this.#chunks.push(bytes)
    this.#size += bytes.length
    const whole: Buffer[] = []
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) whole.push(frame)
    return whole
  }

  #take(): Buffer | undefined {
    if (this.#size < lengthBytes) return undefined
    if ((this.#chunks[0] as Buffer).length < lengthBytes) this.#chunks = [Buffer.concat(this.#chunks)]
    const length = lengthBytes + (this.#chunks[0] as Buffer).readInt32BE(0)
    if (this.#size < length) return undefined
    const all = Buffer.concat(this.#chunks)
    this.#chunks = all.length > length ? [all.subarray(length)] : []
    this.#size -= length
    return all.subarray(0, length)
  }
}

/** The api key and the correlation id of a request's frame. */
export function requestHead(frame: Buffer): { readonly apiKey: number; readonly id: number } {
  return { apiKey: frame.readInt16BE(lengthBytes), id: frame.readInt32BE(lengthBytes + 4) }
}

/** The correlation id of an answer's frame. */
export function answerId(frame: Buffer): number {
  return frame.readInt32BE(lengthBytes)
}
