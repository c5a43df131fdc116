import { SluiceError } from '../proto/sluice-error.ts'
import type { LoadedModel, Model } from '../models/index.ts'
import type { ModelState, ModelStateStore, ModelVersion } from '../stores/index.ts'
import { FailedModel } from './failed-model.ts'
import { isHeavyVersion, type ModelLoader } from './model-loader.ts'
import { ScoreResultWriter } from './score-result-writer.ts'
import type { LoadFigures } from './serving-metrics.ts'
import { loadedModelKey, type ServingOptions } from './serving-options.ts'

/** A data type's current version, ready to score with. */
export interface ServingModel {
  /** As the store had it when this was made: another object there means another version. */
  readonly state: ModelState
  readonly version: number
  /** The model's. */
  readonly name: string
  readonly model: Model
  readonly writer: ScoreResultWriter
}

interface Held extends ServingModel {
  readonly loaded: LoadedModel | undefined
  /** When a model that could not be loaded is tried again, epoch ms. */
  readonly until: number
}

/** How long a model that could not be loaded is left alone. */
const retryAfterMs = 10_000

/** The models that a task scores with, by data type: made from the store's state, remade when that changes. */
export class ServingModels {
  readonly #options: ServingOptions
  readonly #loader: ModelLoader
  readonly #store: ModelStateStore
  readonly #figures: LoadFigures | undefined
  readonly #held = new Map<string, Held>()
  /** Heavy models that are loaded while the version before goes on. */
  readonly #behind = new Map<ModelState, Promise<void>>()
  #closed = false

  constructor(options: ServingOptions, loader: ModelLoader, store: ModelStateStore, figures?: LoadFigures) {
    this.#options = options
    this.#loader = loader
    this.#store = store
    this.#figures = figures
  }

  /**
   * The current one; undefined when the data type has none. A promise only when it has to be loaded. While a heavy one is being loaded the
   * one before it goes on.
   */
  of(dataType: string): ServingModel | undefined | Promise<ServingModel | undefined> {
    const state = this.#store.state(dataType)
    if (state === undefined || state.current === 0) return undefined
    const held = this.#held.get(dataType)
    if (held !== undefined && held.state === state && (held.until === 0 || Date.now() < held.until)) return held
    const version = currentVersion(state)
    const loadedHere = this.#options.models.get(loadedModelKey(version)) !== undefined
    if (held === undefined || held.until > 0 || loadedHere || !isHeavyVersion(version)) return this.#make(state, version)
    if (!this.#behind.has(state)) {
      const making = this.#make(state, version).then(
        () => void this.#behind.delete(state),
        () => void this.#behind.delete(state),
      )
      this.#behind.set(state, making)
    }
    return held
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#held.values()].flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded.release()])))
    this.#held.clear()
  }

  /** A version that cannot be loaded serves as one that fails on every record. Throws what is the store's fault. */
  async #make(state: ModelState, version: ModelVersion): Promise<ServingModel> {
    const { dataType, current } = state
    let loaded: LoadedModel | undefined
    let failure: unknown
    try {
      loaded = await this.#loader.open(version, this.#store, this.#figures)
    } catch (error) {
      if (!(error instanceof SluiceError) || !error.code.startsWith('MODEL_')) throw error
      failure = error
    }
    if (this.#closed) await loaded?.release()
    const writer = new ScoreResultWriter({ dataType, modelName: version.name, modelVersion: current, modelHash: version.hash })
    const model = loaded?.model ?? new FailedModel(failure)
    const until = loaded === undefined ? Date.now() + retryAfterMs : 0
    const held: Held = { state, version: current, name: version.name, model, writer, loaded, until }
    const before = this.#held.get(dataType)
    if (!this.#closed) this.#held.set(dataType, held)
    await before?.loaded?.release()
    return held
  }
}

function currentVersion({ dataType, current, versions }: ModelState): ModelVersion {
  const version = versions.find(each => each.version === current)
  if (version !== undefined) return version
  throw new SluiceError('STORE_CORRUPT', `the current version ${current} of data type "${dataType}" is not among those kept`)
}
