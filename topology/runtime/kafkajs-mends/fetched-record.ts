/** What a record batch says of all its records, by kafkajs' names. */
export interface BatchContext {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly firstTimestamp: string
  readonly maxTimestamp: string
  readonly timestampType: number
  readonly partitionLeaderEpoch: number
  readonly producerId: string
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly inTransaction: boolean
  readonly isControlBatch: boolean
  readonly magicByte: number
}

/** What a record's own numbers count from. */
export interface BatchStart {
  readonly context: BatchContext
  readonly firstOffset: number
  readonly firstTimestamp: number
  /** Of all records, where the broker set it as it appended them. */
  readonly appendTimestamp: number | undefined
}

export type FetchedHeaders = Record<string, Buffer | (Buffer | null)[] | null>

/**
 * A fetched record: kafkajs' KafkaMessage with numbers beside its strings. `offset`, `timestamp` and `headers` are made when they are asked
 * for; they are no own properties, so a spread copy lacks them. Key and value are views of the fetched bytes.
 */
export class FetchedRecord {
  readonly batchContext: BatchContext
  readonly offsetNumber: number
  /** Epoch ms. */
  readonly timestampNumber: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** The record's bytes after its value; undefined: no header. */
  readonly headerBytes: Buffer | undefined

  /** Reads one record, which ends at `end`; its length has been read. */
  constructor(bytes: ByteReader, end: number, batch: BatchStart) {
    this.batchContext = batch.context
    bytes.at++ // attributes: none are in use
    const delta = bytes.varlong()
    this.timestampNumber = batch.appendTimestamp ?? batch.firstTimestamp + delta
    this.offsetNumber = batch.firstOffset + bytes.varint()
    this.key = bytes.varbytes()
    this.value = bytes.varbytes()
    this.headerBytes = end - bytes.at > 1 ? bytes.buffer.subarray(bytes.at, end) : undefined
    bytes.at = end
  }

  get offset(): string {
    return String(this.offsetNumber)
  }

  get timestamp(): string {
    return String(this.timestampNumber)
  }

  /** A name that comes more than once has an array. */
  get headers(): FetchedHeaders {
    const headers: FetchedHeaders = {}
    if (!this.headerBytes) return headers
    const bytes = new ByteReader(this.headerBytes)
    for (let left = bytes.varint(); left > 0; left--) {
      const name = String(bytes.varbytes())
      const value = bytes.varbytes()
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined
      const all = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
      Object.defineProperty(headers, name, { value: all, enumerable: true, configurable: true, writable: true })
    }
    return headers
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch
  }

  get magicByte(): number {
    return this.batchContext.magicByte
  }

  get attributes(): number {
    return 0
  }
}

/** Reads zigzag varints and what they count. */
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
