import { bytesSerde, type Processor, type ProcessorContext, type StreamRecord, stringSerde, Topology } from '../../index.ts'
import { topics } from './recording.ts'
import { Scorer } from './scorer.ts'

/** Keeps the models in a map of its own. There is no store: after a restart the map is filled from the topic of the models. */
class Stage implements Processor<string, Uint8Array | null, string, Uint8Array> {
  readonly #modelsTopic: string
  readonly #scorer = new Scorer()
  readonly #models = new Map<string, Uint8Array>()
  #context!: ProcessorContext<string, Uint8Array>

  constructor(modelsTopic: string) {
    this.#modelsTopic = modelsTopic
  }

  init(context: ProcessorContext<string, Uint8Array>): void {
    this.#context = context
  }

  async process(record: StreamRecord<string, Uint8Array | null>): Promise<void> {
    const { key, value } = record
    if (record.topic !== this.#modelsTopic)
      await this.#context.forward(await this.#scorer.score({ ...record, value: value! }, this.#models.get(key)))
    else if (value === null) this.#models.delete(key)
    else this.#models.set(key, value)
  }

  async close(): Promise<void> {
    await this.#scorer.close()
  }
}

/** models (from the beginning), data ─▶ stage ─▶ results */
export function inMemoryStage(prefix = ''): Topology {
  const serdes = { key: stringSerde, value: bytesSerde }
  const models = `${prefix}${topics.models}`
  return new Topology()
    .addSource('models', models, { ...serdes, bootstrap: true, replay: true })
    .addSource('data', `${prefix}${topics.data}`, serdes)
    .addProcessor('stage', () => new Stage(models), 'models', 'data')
    .addSink('results', `${prefix}${topics.results}`, serdes, 'stage')
}
