/** Reads zigzag varints, and bytes with a varint length before them. */
export class ByteReader {
  readonly buffer: Buffer
  at: number

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer
    this.at = at
  }

  varint(): number {
    const { buffer } = this
    let raw = 0
    let shift = 0
    let byte: number
    do {
      byte = buffer[this.at++] as number
      raw |= (byte & 0x7f) << shift
      shift += 7
    } while (byte >= 0x80)
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Exact within ±2⁵². */
  varlong(): number {
    let raw = 0
    let scale = 1
    let byte: number
    do {
      byte = this.buffer[this.at++] as number
      raw += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }

  varbytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const start = this.at
    this.at += length
    return this.buffer.subarray(start, this.at)
  }
}
