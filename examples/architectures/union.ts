import {
  bytesSerde,
  keyValueStore,
  type KeyValueStore,
  type Processor,
  type ProcessorContext,
  type StreamRecord,
  stringSerde,
  Topology,
} from '../../index.ts'
import { topics } from './recording.ts'
import { Scorer } from './scorer.ts'

/** One type for the records of both streams. */
type Either = { readonly model: Uint8Array | null } | { readonly data: Uint8Array }

type Bytes = Uint8Array | null

/** Makes a record of one stream one of the union. */
class Tag implements Processor<string, Bytes, string, Either> {
  readonly #wrap: (value: Bytes) => Either
  #context!: ProcessorContext<string, Either>

  constructor(wrap: (value: Bytes) => Either) {
    this.#wrap = wrap
  }

  init(context: ProcessorContext<string, Either>): void {
    this.#context = context
  }

  process(record: StreamRecord<string, Bytes>): void | Promise<void> {
    return this.#context.forward({ ...record, value: this.#wrap(record.value) })
  }
}

/** One processor for the union, with the state of each key: its model. */
class Joined implements Processor<string, Either, string, Uint8Array> {
  readonly #scorer = new Scorer()
  #context!: ProcessorContext<string, Uint8Array>
  #models!: KeyValueStore<string, Uint8Array>

  init(context: ProcessorContext<string, Uint8Array>): void {
    this.#context = context
    this.#models = context.getStateStore('union-models')
  }

  async process(record: StreamRecord<string, Either>): Promise<void> {
    const { key, value } = record
    if ('data' in value) await this.#context.forward(await this.#scorer.score({ ...record, value: value.data }, this.#models.get(key)))
    else if (value.model === null) this.#models.delete(key)
    else this.#models.put(key, value.model)
  }

  async close(): Promise<void> {
    await this.#scorer.close()
  }
}

/** models ─▶ tag ─┐
 *                 ├─▶ joined (union-models) ─▶ results
 *  data ─▶ tag ───┘                                     */
export function union(prefix = ''): Topology {
  const serdes = { key: stringSerde, value: bytesSerde }
  return new Topology()
    .addSource('models', `${prefix}${topics.models}`, serdes)
    .addSource('data', `${prefix}${topics.data}`, serdes)
    .addProcessor('tag-models', () => new Tag(model => ({ model })), 'models')
    .addProcessor('tag-data', () => new Tag(data => ({ data: data! })), 'data')
    .addProcessor('joined', () => new Joined(), 'tag-models', 'tag-data')
    .addStateStore(keyValueStore({ name: 'union-models', ...serdes }), 'joined')
    .addSink('results', `${prefix}${topics.results}`, serdes, 'joined')
}
