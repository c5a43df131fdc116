import { SluiceError } from '../base/index.ts'
import type { LoadedModel, Model } from '../models/index.ts'
import type { ModelState, ModelStateStore, ModelVersion } from '../stores/index.ts'
import { within } from './pending-models.ts'
import { FailedModel } from './failed-model.ts'
import { isHeavyVersion, type ModelLoader } from './model-loader.ts'
import { ScoreResultWriter } from './score-result-writer.ts'
import type { LoadFigures } from './load-figures.ts'
import { loadedModelKey, modelWaitOf, type ServingOptions } from './serving-options.ts'

/** A data type's current version, ready to score with. */
export interface ServingModel {
  /** As the store had it when this was made: another object there may mean another version. */
  readonly state: ModelState
  readonly version: number
  /** The model's. */
  readonly name: string
  readonly model: Model
  readonly writer: ScoreResultWriter
}

interface Held extends ServingModel {
  readonly key: string
  readonly loaded: LoadedModel | undefined
  /** When a model that could not be loaded is tried again, epoch ms; 0: it is loaded. */
  readonly until: number
}

/** A version that is being loaded. */
interface Loading {
  readonly key: string
  readonly done: Promise<void>
  /** Until when records wait for it, by `performance.now()`. */
  readonly until: number
  /** Answers them then. */
  readonly unready: ServingModel
}

/** How long a model that could not be loaded is left alone. */
const retryAfterMs = 10_000

/**
 * The models that a task scores with, by data type: made from the store's state, remade when that changes. Records wait for a model that is
 * being loaded for `modelWaitMs` in all, however long that takes.
 */
export class ServingModels {
  readonly #options: ServingOptions
  readonly #loader: ModelLoader
  readonly #store: ModelStateStore
  readonly #figures: LoadFigures | undefined
  readonly #held = new Map<string, Held>()
  readonly #loading = new Map<string, Loading>()
  #closed = false

  constructor(options: ServingOptions, loader: ModelLoader, store: ModelStateStore, figures?: LoadFigures) {
    this.#options = options
    this.#loader = loader
    this.#store = store
    this.#figures = figures
  }

  /**
   * The current one; undefined when the data type has none. A promise only when it has to be loaded and is waited for. While a heavy one is
   * being loaded the one before it goes on; without one before it, and the wait over, what is given fails on every record.
   */
  of(dataType: string): ServingModel | undefined | Promise<ServingModel | undefined> {
    const state = this.#store.state(dataType)
    const held = this.#held.get(dataType)
    if (state === undefined || state.current === 0) {
      if (held !== undefined) this.#drop(dataType, held)
      return undefined
    }
    if (held !== undefined && held.state === state && (held.until === 0 || Date.now() < held.until)) return held
    const version = currentVersion(state)
    const key = keyOf(version)
    if (held?.key === key && held.until === 0) return this.#hold(dataType, { ...held, state })
    const known = this.#loading.get(dataType)
    const loading = known?.key === key ? known : this.#load(state, version, key)
    // One that could not be loaded goes on failing while it is tried again.
    if (held !== undefined && (held.key === key || this.#isSlow(version))) return held
    const wait = within(loading.done, loading.until)
    if (wait === undefined) return held ?? loading.unready
    return wait.then(() => (this.#loading.get(dataType) === loading ? (held ?? loading.unready) : this.#held.get(dataType)))
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#held.values()].flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded.release()])))
    this.#held.clear()
    this.#loading.clear()
  }

  #isSlow(version: ModelVersion): boolean {
    return isHeavyVersion(version) && this.#options.models.get(loadedModelKey(version)) === undefined
  }

  #load(state: ModelState, version: ModelVersion, key: string): Loading {
    const { dataType } = state
    const waitMs = modelWaitOf(this.#options)
    const facts = this.#factsOf(state, version)
    const loading: Loading = {
      key,
      done: this.#make(facts, version).then(
        made => this.#settle(dataType, loading, made),
        (error: unknown) => {
          if (this.#loading.get(dataType) === loading) this.#loading.delete(dataType)
          throw error
        },
      ),
      until: performance.now() + waitMs,
      unready: { ...facts, model: FailedModel.stillLoading(waitMs) },
    }
    // Whoever waits is told; nobody may.
    loading.done.catch(() => undefined)
    this.#loading.set(dataType, loading)
    return loading
  }

  #factsOf(state: ModelState, { version, name, hash }: ModelVersion): Omit<ServingModel, 'model'> {
    const writer = new ScoreResultWriter({ dataType: state.dataType, modelName: name, modelVersion: version, modelHash: hash })
    return { state, version, name, writer }
  }

  /** A version that cannot be loaded serves as one that fails on every record. Throws what is the store's fault. */
  async #make(facts: Omit<ServingModel, 'model'>, version: ModelVersion): Promise<Held> {
    const key = keyOf(version)
    try {
      const loaded = await this.#loader.open(version, this.#store, this.#figures)
      return { ...facts, key, model: loaded.model, loaded, until: 0 }
    } catch (error) {
      if (!(error instanceof SluiceError) || !error.code.startsWith('MODEL_')) throw error
      return { ...facts, key, model: FailedModel.notLoaded(error), loaded: undefined, until: Date.now() + retryAfterMs }
    }
  }

  /** What was loaded takes its place, unless another version is being loaded by now, or nothing serves any more. */
  async #settle(dataType: string, loading: Loading, made: Held): Promise<void> {
    if (this.#closed || this.#loading.get(dataType) !== loading) return made.loaded?.release()
    this.#loading.delete(dataType)
    const before = this.#held.get(dataType)
    this.#hold(dataType, made)
    await before?.loaded?.release()
  }

  #hold(dataType: string, held: Held): Held {
    this.#held.set(dataType, held)
    return held
  }

  /** The model was withdrawn. */
  #drop(dataType: string, { loaded }: Held): void {
    this.#held.delete(dataType)
    this.#loading.delete(dataType)
    loaded?.release().catch(() => undefined)
  }
}

/** What tells a version from any other: after a restore the same number may name another model. */
function keyOf(version: ModelVersion): string {
  return `${version.version} ${version.partition}@${version.offset} ${loadedModelKey(version)}`
}

function currentVersion({ dataType, current, versions }: ModelState): ModelVersion {
  const version = versions.find(each => each.version === current)
  if (version !== undefined) return version
  throw new SluiceError('STORE_CORRUPT', `the current version ${current} of data type "${dataType}" is not among the kept versions`)
}
