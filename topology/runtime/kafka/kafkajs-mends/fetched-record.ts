import { ByteReader } from '../../../../base/index.ts'
import { noHeaders, readHeaders, type Headers } from '../../../record-headers.ts'

/** The fields of a record batch's header, by kafkajs' names. */
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

/** The values to which a record's offset and timestamp are relative. */
export interface BatchStart {
  readonly context: BatchContext
  readonly firstOffset: number
  readonly firstTimestamp: number
  /** The timestamp of all records of the batch if the broker set it when it appended them; otherwise undefined. */
  readonly appendTimestamp: number | undefined
}

/**
 * A fetched record: kafkajs' KafkaMessage, with offset and timestamp also as numbers. `offset`, `timestamp` and `headers` are computed when they are
 * read; they are not own properties, so a spread copy does not have them. Key and value are views of the fetched bytes.
 */
export class FetchedRecord {
  readonly batchContext: BatchContext
  readonly offsetNumber: number
  /** Epoch ms. */
  readonly timestampNumber: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** The record's bytes after its value: the number of headers, and the headers; undefined: no headers. */
  readonly headerBytes: Buffer | undefined

  /** Reads one record, which ends at `end`, from after its length. */
  constructor(bytes: ByteReader, end: number, batch: BatchStart) {
    this.batchContext = batch.context
    bytes.at++ // attributes, of which Kafka uses none
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
