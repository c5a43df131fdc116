import type { ModelWithBytes, NamedModel, NamedModels } from '../../serving/index.ts'
import type { KeptModels } from '../../stores/index.ts'
import { type LineageParts, type OpenModels, openModels } from '../explain/index.ts'
import type { AnsweredResult, ResultSource } from './result-source.ts'
import { stretchStarts, type TopicStretch } from './stretch-starts.ts'
import { topicResults } from './topic-results.ts'

export interface TopicSourceParts extends Omit<LineageParts, 'dataType'> {
  readonly stretch: TopicStretch
}

/** Most data types whose models are held at once. */
const mostOpen = 4

/** The results in the topics of an application. No instance has to run. */
export class TopicSource implements ResultSource {
  readonly models: NamedModels = { find: (dataType, named) => this.#find(dataType, named) }
  readonly #parts: TopicSourceParts
  readonly #open = new Map<string, OpenModels>()

  constructor(parts: TopicSourceParts) {
    this.#parts = parts
  }

  results(): AsyncIterable<AnsweredResult> {
    return topicResults(this.#parts.connection, this.#parts.stretch)
  }

  /** How many results there are at most. Throws TOPIC_MISSING. */
  async most(): Promise<number> {
    return (await stretchStarts(this.#parts.connection, this.#parts.stretch)).most
  }

  /** What is kept of the models of a data type; valid until models of other data types are asked for. */
  async storeOf(dataType: string): Promise<KeptModels> {
    return (await this.#opened(dataType)).store
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    for (const open of all) await open.close()
  }

  async #find(dataType: string, named: NamedModel): Promise<ModelWithBytes> {
    return (await this.#opened(dataType)).models.find(dataType, named)
  }

  async #opened(dataType: string): Promise<OpenModels> {
    const open = this.#open.get(dataType) ?? (await openModels({ ...this.#parts, dataType }))
    this.#open.delete(dataType)
    this.#open.set(dataType, open)
    for (const [oldest, other] of this.#open) {
      if (this.#open.size <= mostOpen) break
      this.#open.delete(oldest)
      await other.close()
    }
    return open
  }
}
