import { SluiceError, topicPartition } from '../base/index.ts'
import { createHash } from 'node:crypto'
import { sluice } from '../proto/messages.js'
import { asBuffer } from '../records/index.ts'
import { CHUNK_BYTES, type MovedRecord, movedRecord } from '../stores/index.ts'
import { type MetricDefinition, movedFrom, movedHeaders, type ProcessorContext, type RawRecord } from '../topology/index.ts'
import type { ModelMessage } from './model-descriptor.ts'
import { modelPieces } from './publishing/index.ts'

/** The sink of moved records. */
export const movedSink = 'moved-models'

/** The key of a moved record, and the data type that determines its partition; the keys of pieces are not the data type. */
export interface MovedKey {
  readonly key: Uint8Array
  readonly dataType: string
}

/** A producer may have compressed a record that is too large for the topic uncompressed: a larger model is moved in pieces. */
const mostInOneRecord = CHUNK_BYTES + CHUNK_BYTES / 2

export const movedRecords: MetricDefinition = {
  name: 'sluice_model_records_moved_total',
  kind: 'counter',
  help: 'Records of the models topic that were written again, with the right key, on the partition of their data type.',
  labels: ['reason'],
}

/** Why a record is moved, by the value of the metric's label. */
const reasons = {
  no_key: 'it has no key',
  other_key: 'its key is not the data type',
  other_partition: "it is not on its data type's partition",
} as const

const remedy =
  'send models with the data type as the key, and let the producer choose the partition by the murmur2 hash of the key, as Kafka does (librdkafka: partitioner=murmur2_random)'

/**
 * The models of a data type have one order: that of the partition to which Kafka's default partitioner assigns the data type. A model
 * record with no key, with another key, or from a producer that partitions differently is on another partition or has the wrong key. It is
 * written again with the right key on the right partition, in the transaction that commits its offset, and applied only there.
 */
export class ModelMover {
  readonly #context: ProcessorContext<MovedKey, Uint8Array | null>
  readonly #topic: string
  readonly #told = new Set<string>()

  constructor(context: ProcessorContext<MovedKey, Uint8Array | null>, modelsTopic: string) {
    this.#context = context
    this.#topic = modelsTopic
    context.metrics.declare([movedRecords])
  }

  /** Moves the record if necessary; true: it was moved. Throws SluiceError RECORD_UNDECODABLE when a moved record would have to be moved again. */
  move(record: RawRecord, message: ModelMessage): boolean {
    const reason = this.#reason(record, message)
    if (reason === undefined) return false
    const { dataType } = message
    const from = movedFrom(record)
    if (from !== undefined)
      throw new SluiceError(
        'RECORD_UNDECODABLE',
        `the model record for data type "${dataType}" was already moved here from ${topicPartition(this.#topic, from.partition)}@${from.offset}, but ${reasons[reason]}: it is not moved again; ${remedy}`,
      )
    this.#tell(record, dataType, reason)
    for (const { key, value } of recordsOf(record, message)) this.#forward(record, { key, dataType }, value)
    return true
  }

  #reason({ key, partition }: RawRecord, message: ModelMessage): keyof typeof reasons | undefined {
    if (key === null) return 'no_key'
    if (!message.key.equals(key)) return 'other_key'
    return this.#context.partitionOf(this.#topic, Buffer.from(message.dataType)) === partition ? undefined : 'other_partition'
  }

  #forward(record: RawRecord, key: MovedKey, value: Uint8Array | null): void {
    // The child is a sink, whose `forward` completes at once.
    void this.#context.forward({ ...record, key, value, headers: movedHeaders(record), source: undefined }, movedSink)
  }

  /** Counts every moved record; logs one warning for each data type and reason. */
  #tell({ partition, offset }: RawRecord, dataType: string, reason: keyof typeof reasons): void {
    this.#context.metrics.figure(movedRecords, [reason]).add(1)
    const name = `${reason} ${dataType}`
    if (this.#told.has(name) || this.#told.size >= mostTold) return
    this.#told.add(name)
    const fields = { dataType, topic: this.#topic, partition, offset, reason: reasons[reason], remedy }
    this.#context.log('warn', 'a model record was moved to the partition of its data type', fields)
  }
}

/** Most warnings of a task: models can name any number of data types, which must not fill the memory. */
const mostTold = 1000

/** The record before it was moved; undefined: it was not moved. */
export function recordBefore(record: RawRecord): MovedRecord | undefined {
  const from = movedFrom(record)
  return from && movedRecord(from, record.value)
}

/**
 * The records that replace a moved record. Throws SluiceError MODEL_HASH_MISMATCH when a model that is cut into pieces does not have its
 * stated hash: the pieces state the hash of the actual bytes and would hide that.
 */
function recordsOf({ value }: RawRecord, { key, descriptor }: ModelMessage): readonly { key: Uint8Array; value: Uint8Array | null }[] {
  const { data, piece, sha256 } = descriptor ?? { data: undefined, piece: undefined, sha256: undefined }
  if (value === null || piece || !data || data.length <= mostInOneRecord) return [{ key, value }]
  const found = createHash('sha256').update(data).digest('hex')
  const said = asBuffer(sha256 ?? new Uint8Array()).toString('hex')
  if (said !== '' && said !== found)
    throw new SluiceError('MODEL_HASH_MISMATCH', `the SHA-256 of the model's bytes is ${found}, but its record states ${said}`)
  return modelPieces(sluice.ModelDescriptor.encode(descriptor as sluice.ModelDescriptor).finish())
}
