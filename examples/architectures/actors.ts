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

type Message = StreamRecord<string, Uint8Array | null>

/** The handler of one data type: it alone has the type's model, and takes one message after the other. */
class Actor {
  readonly #scorer: Scorer
  #model: Uint8Array | undefined

  constructor(model: Uint8Array | undefined, scorer: Scorer) {
    this.#model = model
    this.#scorer = scorer
  }

  become(model: Uint8Array | null): void {
    this.#model = model ?? undefined
  }

  answer(data: StreamRecord<string, Uint8Array>): Promise<StreamRecord<string, Uint8Array>> {
    return this.#scorer.score(data, this.#model)
  }
}

/** Sends each message to the actor of its key. An actor is made with its first message, from what the store has of it. */
class Supervisor implements Processor<string, Uint8Array | null, string, Uint8Array> {
  readonly #models: string
  readonly #scorer = new Scorer()
  readonly #actors = new Map<string, Actor>()
  #context!: ProcessorContext<string, Uint8Array>
  #store!: KeyValueStore<string, Uint8Array>

  constructor(modelsTopic: string) {
    this.#models = modelsTopic
  }

  init(context: ProcessorContext<string, Uint8Array>): void {
    this.#context = context
    this.#store = context.getStateStore('actors')
  }

  async process(message: Message): Promise<void> {
    const { key, value } = message
    if (this.#context.recordMetadata?.topic !== this.#models)
      return this.#context.forward(await this.#of(key).answer({ ...message, value: value! }))
    if (value === null) this.#store.delete(key)
    else this.#store.put(key, value)
    this.#of(key).become(value)
  }

  async close(): Promise<void> {
    await this.#scorer.close()
  }

  #of(key: string): Actor {
    const actor = this.#actors.get(key) ?? new Actor(this.#store.get(key), this.#scorer)
    this.#actors.set(key, actor)
    return actor
  }
}

/** models, data ─▶ supervisor (actors) ─▶ results */
export function actors(prefix = ''): Topology {
  const serdes = { key: stringSerde, value: bytesSerde }
  const models = `${prefix}${topics.models}`
  return new Topology()
    .addSource('models', models, serdes)
    .addSource('data', `${prefix}${topics.data}`, serdes)
    .addProcessor('supervisor', () => new Supervisor(models), 'models', 'data')
    .addStateStore(keyValueStore({ name: 'actors', ...serdes }), 'supervisor')
    .addSink('results', `${prefix}${topics.results}`, serdes, 'supervisor')
}
