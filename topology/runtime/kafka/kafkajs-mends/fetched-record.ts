import { ByteReader } from '../../../../base/index.ts'
import { noHeaders, readHeaders, type Headers } from '../../../record-headers.ts'

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

  get headerCount(): number {
    const first = this.headerBytes?.[0] ?? 0
    return first < 0x80 ? first >>> 1 : new ByteReader(this.headerBytes as Buffer).varint()
  }

  get headers(): Headers {
    return this.headerBytes === undefined ? noHeaders : readHeaders(this.headerBytes)
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
