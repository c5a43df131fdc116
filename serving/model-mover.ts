import { topicPartition, SluiceError } from '../base/index.ts'
import { createHash } from 'node:crypto'
import { sluice } from '../proto/messages.js'
import { asBuffer } from '../records/index.ts'
import { CHUNK_BYTES, type RecordPlace } from '../stores/index.ts'
import { type MetricDefinition, type ProcessorContext, type RawRecord, withHeader } from '../topology/index.ts'
import type { ModelMessage } from './model-descriptor.ts'
import { modelPieces } from './publishing/index.ts'

/** Says of a model record that the application moved it, and from where: `topic-partition@offset`. */
export const movedFromHeader = 'sluice.moved.from'

/** A key on its way out, and the data type whose partition it goes to: pieces have keys of their own. */
export interface MovedKey {
  readonly key: Uint8Array
  readonly dataType: string
}

/** Compressed by its producer, a record may be larger than the topic takes from us: beyond this it goes in pieces. */
const mostInOneRecord = CHUNK_BYTES + CHUNK_BYTES / 2

export const movedRecords: MetricDefinition = {
  name: 'sluice_model_records_moved_total',
  kind: 'counter',
  help: 'Records of the models topic that were written again, with the right key, on the partition of their data type.',
  labels: ['reason'],
}

/** Why a record is moved, as the metric and the log say it. */
const reasons = {
  no_key: 'it has no key',
  other_key: 'its key is not the data type',
  other_partition: "it is not on its data type's partition",
} as const

const remedy =
  'send models with the data type as the key, and let the producer choose the partition by the murmur2 hash of the key, as Kafka does (librdkafka: partitioner=murmur2_random)'

/**
 * A data type's models have one order: that of its own partition, the one that Kafka's default partitioner gives the data type. A model
 * record without a key, with another one, or from a producer that partitions differently lies elsewhere. It is written again where it
 * belongs, in the transaction that passes it by, and counts there only.
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

  /** Whether the record lay elsewhere and was moved. Throws SluiceError RECORD_UNDECODABLE for one that was moved before and lies wrong again. */
  move(record: RawRecord, message: ModelMessage): boolean {
    const reason = this.#reason(record, message)
    if (reason === undefined) return false
    const { dataType } = message
    const from = movedFromText(record)
    if (from !== undefined)
      throw new SluiceError(
        'RECORD_UNDECODABLE',
        `the model record for data type "${dataType}" was already moved here from ${from}, but ${reasons[reason]}: it is not moved again; ${remedy}`,
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

  #forward({ timestamp, headers, topic, partition, offset }: RawRecord, key: MovedKey, value: Uint8Array | null): void {
    const marked = withHeader(headers, movedFromHeader, `${topicPartition(topic, partition)}@${offset}`)
    // A sink has nothing to wait for.
    void this.#context.forward({ key, value, timestamp, headers: marked, topic, partition, offset, source: undefined })
  }

  /** Counts each, and warns once of each data type and reason. */
  #tell({ partition, offset }: RawRecord, dataType: string, reason: keyof typeof reasons): void {
    this.#context.metrics.figure(movedRecords, [reason]).add(1)
    const name = `${reason} ${dataType}`
    if (this.#told.has(name) || this.#told.size >= mostTold) return
    this.#told.add(name)
    const fields = { dataType, topic: this.#topic, partition, offset, reason: reasons[reason], remedy }
    this.#context.log('warn', 'a model record was moved to the partition of its data type', fields)
  }
}

/** Data types that a task warns of: what the data says without end must not fill the memory. */
const mostTold = 1000

/** Where the record lay before it was moved; undefined: it was not. */
export function movedFrom(record: RawRecord): RecordPlace | undefined {
  const found = /-(\d{1,10})@(\d{1,16})$/.exec(movedFromText(record) ?? '')
  return found === null ? undefined : { partition: Number(found[1]), offset: Number(found[2]) }
}

function movedFromText({ headers }: RawRecord): string | undefined {
  const value = [headers?.[movedFromHeader]].flat().at(-1)
  return value === undefined || value === null ? undefined : Buffer.from(value).toString('utf8')
}

/** What is written in the record's place. Throws SluiceError MODEL_HASH_MISMATCH where pieces would hide that the bytes are not those meant. */
function recordsOf({ value }: RawRecord, { key, descriptor }: ModelMessage): readonly { key: Uint8Array; value: Uint8Array | null }[] {
  const { data, piece, sha256 } = descriptor ?? { data: undefined, piece: undefined, sha256: undefined }
  if (value === null || piece || !data || data.length <= mostInOneRecord) return [{ key, value }]
  const found = createHash('sha256').update(data).digest('hex')
  const said = asBuffer(sha256 ?? new Uint8Array()).toString('hex')
  if (said !== '' && said !== found)
    throw new SluiceError('MODEL_HASH_MISMATCH', `the SHA-256 of the model's bytes is ${found}, but its record states ${said}`)
  return modelPieces(sluice.ModelDescriptor.encode(descriptor as sluice.ModelDescriptor).finish())
}
