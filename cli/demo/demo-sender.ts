import { SluiceError } from '../../base/index.ts'
import { type Kafka, partitionForKey, TopicWriter } from '../../topology/runtime/index.ts'
import { modelRecord } from '../commands/index.ts'
import type { SentRecord } from './judge-results.ts'
import { exampleFile, type WineRows } from './wine-rows.ts'

/** Data types whose names Kafka's partitioner maps to partitions 0 to 3, in this order. */
export const dataTypes = ['red-wine', 'wine', 'white-wine', 'rose'] as const
export const partitions = dataTypes.length

/** The input topics of the demo. */
export interface DemoTopics {
  readonly data: string
  readonly models: string
}

/** Publishes models and sends rows, and keeps the offsets that the broker assigned. */
export class DemoSender {
  readonly #wines: WineRows
  readonly #data: TopicWriter
  readonly #models: TopicWriter
  readonly #sent: SentRecord[] = []
  readonly #hashes = new Map<string, string>()

  private constructor(wines: WineRows, data: TopicWriter, models: TopicWriter) {
    this.#wines = wines
    this.#data = data
    this.#models = models
  }

  static async open(kafka: Kafka, topics: DemoTopics, wines: WineRows): Promise<DemoSender> {
    return new DemoSender(wines, await TopicWriter.open(kafka, topics.data), await TopicWriter.open(kafka, topics.models))
  }

  /** All data records sent so far. */
  get sent(): readonly SentRecord[] {
    return this.#sent
  }

  /** SHA-256 in hex of each model published so far, by model name. */
  get hashes(): ReadonlyMap<string, string> {
    return this.#hashes
  }

  /** Publishes the model for each data type; resolves when the broker has acknowledged. Returns the size of the model in bytes. */
  async publish(model: string, types: readonly string[]): Promise<number> {
    let bytes = 0
    for (const dataType of types) {
      const { key, value, summary } = await modelRecord(exampleFile(`${model}.onnx`), { dataType })
      bytes = Number(summary['bytes'])
      this.#hashes.set(model, String(summary['sha256']))
      await this.#models.write({ key, value })
    }
    await this.#models.flush()
    return bytes
  }

  /** Sends the next `count` rows for each data type; resolves when the broker has acknowledged. Returns the sent records. Throws SEND_FAILED. */
  async send(count: number, types: readonly string[]): Promise<readonly SentRecord[]> {
    const rows = new Map<number, { readonly dataType: string; readonly row: number }[]>()
    for (const dataType of types) {
      const key = Buffer.from(dataType, 'utf8')
      const before = this.#sent.filter(record => record.dataType === dataType).length
      const own = Array.from({ length: count }, (_, at) => ({ dataType, row: (before + at) % this.#wines.length }))
      rows.set(partitionForKey(key, this.#data.partitions), own)
      for (const { row } of own) await this.#data.write({ key, value: this.#wines.record(row, dataType) })
    }
    const written: SentRecord[] = []
    for (const { partition, offset, count: length } of await this.#data.flush()) {
      const own = rows.get(partition)?.splice(0, length) ?? []
      own.forEach((record, at) => written.push({ ...record, partition, offset: offset + at }))
    }
    if (written.length !== count * types.length)
      throw new SluiceError('SEND_FAILED', `${written.length} of ${count * types.length} records were acknowledged`)
    this.#sent.push(...written)
    return written
  }

  async close(): Promise<void> {
    await Promise.all([this.#data.close(), this.#models.close()])
  }
}
