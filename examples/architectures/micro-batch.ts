import {
  bytesSerde,
  jsonSerde,
  keyValueStore,
  type KeyValueStore,
  type Processor,
  type ProcessorContext,
  type RawRecord,
  stringSerde,
  Topology,
} from '../../index.ts'
import { topics } from './recording.ts'
import { Scorer } from './scorer.ts'

/** Time between two batches. */
export const batchMs = 1000

/** A data record that waits for its batch; its value in base64. */
interface Waiting {
  readonly key: string
  readonly value: string
  readonly timestamp: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Keeps the newest model of each key. */
class Models implements Processor<Uint8Array | null, Uint8Array | null> {
  #models!: KeyValueStore<string, Uint8Array>

  init(context: ProcessorContext): void {
    this.#models = context.getStateStore('batch-models')
  }

  process({ key, value }: RawRecord): void {
    const type = stringSerde.deserialize(key!)
    if (value === null) this.#models.delete(type)
    else this.#models.put(type, value)
  }
}

/** Keeps records until the timer, and then scores all of them with the models of that moment. Waiting records are in a changelog: a crash loses none. */
class Batches implements Processor<Uint8Array | null, Uint8Array | null, string, Uint8Array> {
  readonly #scorer = new Scorer()
  #context!: ProcessorContext<string, Uint8Array>
  #models!: KeyValueStore<string, Uint8Array>
  #waiting!: KeyValueStore<string, Waiting>

  init(context: ProcessorContext<string, Uint8Array>): void {
    this.#context = context
    this.#models = context.getStateStore('batch-models')
    this.#waiting = context.getStateStore('batch-waiting')
    context.schedule(batchMs, 'wall-clock', () => this.#scoreAll())
  }

  process({ key, value, timestamp, topic, partition, offset }: RawRecord): void {
    const text = Buffer.from(value!).toString('base64')
    this.#waiting.put(String(offset).padStart(16, '0'), {
      key: stringSerde.deserialize(key!),
      value: text,
      timestamp,
      topic,
      partition,
      offset,
    })
  }

  /** A record that cannot be scored becomes a dead letter of its own, and the others of its batch have their results. */
  async #scoreAll(): Promise<void> {
    const batch: (readonly [string, Waiting])[] = []
    for await (const row of this.#waiting.range()) batch.push(row)
    const records = batch.map(([, record]) => ({
      ...record,
      value: Buffer.from(record.value, 'base64'),
      headers: undefined,
      source: undefined,
    }))
    await this.#context.attempt(records, async some => {
      for (const record of some) await this.#context.forward(await this.#scorer.score(record, this.#models.get(record.key)))
    })
    for (const [place] of batch) this.#waiting.delete(place)
  }

  async close(): Promise<void> {
    await this.#scorer.close()
  }
}

/** models ─▶ models (batch-models) ◀─ batches (batch-waiting) ◀─ data; every second: batches ─▶ results */
export function microBatch(prefix = ''): Topology {
  const bytes = { key: bytesSerde, value: bytesSerde }
  const texts = { key: stringSerde, value: bytesSerde }
  return new Topology()
    .addSource('models', `${prefix}${topics.models}`, bytes)
    .addSource('data', `${prefix}${topics.data}`, bytes)
    .addProcessor('models-processor', () => new Models(), 'models')
    .addProcessor('batches', () => new Batches(), 'data')
    .addStateStore(keyValueStore({ name: 'batch-models', ...texts }), 'models-processor', 'batches')
    .addStateStore(keyValueStore({ name: 'batch-waiting', key: stringSerde, value: jsonSerde<Waiting>() }), 'batches')
    .addSink('results', `${prefix}${topics.results}`, texts, 'batches')
}
