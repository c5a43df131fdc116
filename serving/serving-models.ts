import { SluiceError } from '../proto/sluice-error.ts'
import type { LoadedModel, Model } from '../models/index.ts'
import type { ModelState, ModelStateStore } from '../stores/index.ts'
import { formatOf } from './model-format.ts'
import { ScoreResultWriter } from './score-result-writer.ts'
import { loadedModelKey, type ServingOptions } from './serving-options.ts'

/** A data type's current version, ready to score with. */
export interface ServingModel {
  /** As the store had it when this was made: another object there means another version. */
  readonly state: ModelState
  readonly version: number
  readonly model: Model
  readonly writer: ScoreResultWriter
}

interface Held extends ServingModel {
  readonly loaded: LoadedModel
}

/** The models that a task scores with, by data type: made from the store's state, remade when that changes. */
export class ServingModels {
  readonly #options: ServingOptions
  readonly #store: ModelStateStore
  readonly #held = new Map<string, Held>()

  constructor(options: ServingOptions, store: ModelStateStore) {
    this.#options = options
    this.#store = store
  }

  /** The current one; undefined when the data type has none. A promise only when it has to be loaded. */
  of(dataType: string): ServingModel | undefined | Promise<ServingModel | undefined> {
    const state = this.#store.state(dataType)
    if (state === undefined || state.current === 0) return undefined
    const held = this.#held.get(dataType)
    return held?.state === state ? held : this.#make(state, held)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ loaded }) => loaded.release()))
    this.#held.clear()
  }

  async #make(state: ModelState, before: Held | undefined): Promise<ServingModel> {
    const { dataType, current } = state
    const version = state.versions.find(each => each.version === current)
    if (version === undefined)
      throw new SluiceError('STORE_CORRUPT', `the current version ${current} of data type "${dataType}" is not among those kept`)
    const { models, factory } = this.#options
    const loaded = await models.acquire(loadedModelKey(version), () => {
      const bytes = this.#store.bytesOf(version.hash)
      if (bytes === undefined)
        throw new SluiceError('STORE_CORRUPT', `the bytes of model "${version.name}" version ${current} are not in the store`)
      return factory.load({ bytes, format: formatOf(version.modeltype), output: version.output === '' ? undefined : version.output })
    })
    const writer = new ScoreResultWriter({ dataType, modelName: version.name, modelVersion: current, modelHash: version.hash })
    const held: Held = { state, version: current, model: loaded.model, writer, loaded }
    this.#held.set(dataType, held)
    await before?.loaded.release()
    return held
  }
}
