import { env, SluiceError } from '../base/index.ts'
import type { LoadedModel, Model, Quarantined } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import {
  isAlone,
  type KeptModels,
  type ModelRoutes,
  type ModelState,
  type ModelVersion,
  routedVersions,
  routingOf,
} from '../stores/index.ts'
import { keptVersion, keyOf, openSteps, stepOrigin, stepsOf } from './serving-steps.ts'
import { within } from './pending-models.ts'
import { StepFailed } from './composite/index.ts'
import { FailedModel } from './failed-model.ts'
import { isHeavyVersion, type ModelLoader, type OpenWatch } from './model-loader.ts'
import { ScoreResultWriter } from './score-result-writer.ts'
import { isUntrusted } from './signed-versions.ts'
import { loadedModelKey, modelRecordKey, modelWaitOf, type ServingOptions } from './serving-options.ts'

const { ModelRole } = sluice

/** A version of a data type, loaded, with its role. */
export interface ServingModel {
  /** The store's state object when this was made. When the store has another object, the current version may have changed. */
  readonly state: ModelState
  readonly version: number
  /** The model's name. */
  readonly name: string
  /** See `modelRecordKey`; of a composite, of its models. */
  readonly key: string
  /** The keys of the models of a composite; undefined: it is one model. */
  readonly stepKeys: readonly string[] | undefined
  readonly model: Model
  readonly writer: ScoreResultWriter
  readonly role: sluice.ModelRole
  /** What is beside the champion; undefined: nothing. */
  readonly routes: ModelRoutes | undefined
}

/** The models as a task's data sees them. */
export type SeenModels = Pick<KeptModels, 'state' | 'bytesOf'>

interface Held extends ServingModel {
  readonly loaded: LoadedModel | undefined
  /** When loading is tried again after it failed, by `env.monotonic()`; 0: the model is loaded. */
  readonly until: number
}

/** A version that is being loaded. */
interface Loading {
  readonly key: string
  readonly done: Promise<void>
  /** Records wait until this time, by `env.monotonic()`. */
  readonly until: number
  /** Answers records after that time. */
  readonly unready: ServingModel
}

/** Time until loading is tried again after it failed. */
const retryAfterMs = 10_000

/**
 * The models with which a task scores, by data type, loaded from the store's state and again when that changes. Records wait for a model
 * that is being loaded for at most `modelWaitMs` in all.
 */
export class ServingModels {
  readonly #options: ServingOptions
  readonly #loader: ModelLoader
  readonly #store: SeenModels
  readonly #watch: OpenWatch
  readonly #held = new Map<string, Held>()
  readonly #loading = new Map<string, Loading>()
  /** The versions beside the champion that are held or loading, by data type. */
  readonly #beside = new Map<string, Set<number>>()
  #closed = false

  constructor(options: ServingOptions, loader: ModelLoader, store: SeenModels, watch: OpenWatch = {}) {
    this.#options = options
    this.#loader = loader
    this.#store = store
    this.#watch = watch
  }

  /**
   * The champion or, if a version is named, that version; undefined when the data type has none, or does not keep it. A promise only when it has to be loaded and records wait for it. While a heavy
   * model is being loaded, the previous one is returned. When the wait is over, the previous model is returned or, if there is none, one
   * that fails on every record.
   */
  of(dataType: string, named?: number): ServingModel | undefined | Promise<ServingModel | undefined> {
    const state = this.#store.state(dataType)
    const slot = slotOf(dataType, named)
    const held = this.#held.get(slot)
    if (state === undefined || state.current === 0) {
      this.#dropAll(dataType)
      return undefined
    }
    if (held !== undefined && held.state === state && (held.until === 0 || env.monotonic() < held.until)) return this.#current(slot, held)
    const version = named === undefined ? currentVersion(state) : state.versions.find(each => each.version === named)
    if (version === undefined) return undefined
    this.#sweep(state, named)
    const steps = stepsOf(state, version)
    const key = keyOf(version, steps)
    if (held?.key === key && held.until === 0) return this.#current(slot, this.#hold(slot, { ...held, ...this.#factsOf(state, version) }))
    const known = this.#loading.get(slot)
    const loading = known?.key === key ? known : this.#load(slot, { state, version, key })
    // One of a later policy is held where a run that had come to that policy was undone: it does not answer the records before it.
    const before = held === undefined || routingOf(held.state).number > routingOf(state).number ? undefined : held
    // A model that could not be loaded keeps failing while loading is tried again.
    if (before !== undefined && (before.key === key || (steps ?? [version]).some(each => this.#isSlow(each)))) return before
    const wait = within(loading.done, loading.until)
    if (wait === undefined) return before ?? loading.unready
    return wait.then(() => (this.#loading.get(slot) === loading ? (before ?? loading.unready) : this.#held.get(slot)))
  }

  /** The version that answers where this one failed; undefined: none does. */
  fallbackOf({ routes, role, state }: ServingModel): ReturnType<ServingModels['of']> {
    if (routes === undefined || routes.fallback === 0 || role === ModelRole.FALLBACK) return undefined
    return this.of(state.dataType, routes.fallback)
  }

  /** Whether the champion and all that may answer in its place are there; a promise while one of them is being loaded and records wait for it. */
  ready(dataType: string): boolean | Promise<unknown> {
    const champion = this.of(dataType)
    if (champion instanceof Promise) return champion
    if (champion?.routes === undefined) return champion !== undefined
    const { challengers, fallback } = champion.routes
    const others = [...challengers.map(({ version }) => version), ...(fallback === 0 ? [] : [fallback])]
    const loading = others.map(version => this.of(dataType, version)).filter(found => found instanceof Promise)
    return loading.length === 0 || Promise.all(loading)
  }

  /** The keys of what answers records of the data type now; not of what is being loaded and waited for. */
  answering(dataType: string): ReadonlySet<string> {
    const champion = this.#atHand(dataType)
    const { challengers = [], fallback = 0 } = champion?.routes ?? {}
    const others = [...challengers.map(({ version }) => version), ...(fallback === 0 ? [] : [fallback])]
    return new Set([champion, ...others.map(version => this.#atHand(dataType, version))].flatMap(found => found?.key ?? []))
  }

  /**
   * The version, or one that fails on every record once its version is quarantined. To be asked again before each call of a model: a quarantined version
   * is not run under any role.
   */
  runnable<Serving extends ServingModel>(serving: Serving): Serving {
    if (serving.model instanceof FailedModel) return serving
    const why = this.#quarantined(serving)?.why
    return why === undefined ? serving : { ...serving, model: FailedModel.quarantined(why) }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#held.values()].flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded.release()])))
    this.#held.clear()
    this.#loading.clear()
  }

  #quarantined({ key, stepKeys }: Pick<ServingModel, 'key' | 'stepKeys'>): Quarantined | undefined {
    if (stepKeys === undefined) return this.#loader.quarantined(key)
    return stepKeys.map(each => this.#loader.quarantined(each)).find(found => found !== undefined)
  }

  #atHand(dataType: string, named?: number): ServingModel | undefined {
    const found = this.of(dataType, named)
    if (!(found instanceof Promise)) return found
    found.catch(() => undefined)
    return undefined
  }

  #isSlow(version: ModelVersion): boolean {
    return isHeavyVersion(version) && this.#options.models.get(loadedModelKey(version)) === undefined
  }

  /** Releases the versions beside the champion that have no role any more. */
  #sweep(state: ModelState, named: number | undefined): void {
    const { dataType } = state
    const beside = this.#beside.get(dataType)
    if (named !== undefined) this.#beside.set(dataType, (beside ?? new Set()).add(named))
    if (beside === undefined) return
    const routed = routedVersions(routingOf(state), state.versions)
    for (const version of beside) {
      if (version === named || (routed.includes(version) && version !== state.current)) continue
      beside.delete(version)
      this.#drop(slotOf(dataType, version))
    }
  }

  #load(slot: string, { state, version, key }: { state: ModelState; version: ModelVersion; key: string }): Loading {
    const waitMs = modelWaitOf(this.#options)
    const facts = this.#factsOf(state, version)
    const loading: Loading = {
      key,
      done: this.#make(facts, version).then(
        made => this.#settle(slot, loading, made),
        (error: unknown) => {
          if (this.#loading.get(slot) === loading) this.#loading.delete(slot)
          throw error
        },
      ),
      until: env.monotonic() + waitMs,
      unready: { ...facts, model: FailedModel.stillLoading(waitMs) },
    }
    // `of` handles the rejection when records wait; without them it must not be unhandled.
    loading.done.catch(() => undefined)
    this.#loading.set(slot, loading)
    return loading
  }

  #factsOf(state: ModelState, facts: ModelVersion): Omit<ServingModel, 'model'> {
    const { version, name, hash, partition, offset } = facts
    const routing = routingOf(state)
    const steps = stepsOf(state, facts)
    const role = roleIn(routing, version)
    const writer = new ScoreResultWriter({
      dataType: state.dataType,
      modelName: name,
      modelVersion: version,
      modelHash: hash,
      role,
      policy: routing.number,
      modelPartition: partition,
      modelOffset: offset,
      ...(steps === undefined ? {} : { steps: steps.map(stepOrigin) }),
    })
    return {
      state,
      version,
      name,
      key: keyOf(facts, steps),
      stepKeys: steps?.map(modelRecordKey),
      writer,
      role,
      routes: isAlone(routing) ? undefined : routing,
    }
  }

  /** Loads the version. If the model cannot be loaded, it becomes one that fails on every record. Throws other errors, such as the store's. */
  async #make(facts: Omit<ServingModel, 'model'>, version: ModelVersion): Promise<Held> {
    const quarantined = this.#quarantined(facts)
    if (quarantined !== undefined) return { ...facts, model: FailedModel.quarantined(quarantined.why), loaded: undefined, until: 0 }
    try {
      const steps = stepsOf(facts.state, version)
      const loaded = await (steps === undefined
        ? this.#loader.open(version, this.#store, this.#watch)
        : openSteps(steps, step => this.#loader.open(step, this.#store, this.#watch)))
      return { ...facts, model: loaded.model, loaded, until: 0 }
    } catch (error) {
      if (!(error instanceof SluiceError) || !error.code.startsWith('MODEL_')) throw error
      // The keys do not change as long as the process runs.
      const until = isUntrusted(error instanceof StepFailed ? error.cause : error) ? Infinity : env.monotonic() + retryAfterMs
      return { ...facts, model: FailedModel.notLoaded(error), loaded: undefined, until }
    }
  }

  /** Puts the loaded model in place; releases it when meanwhile another version is being loaded, the model was withdrawn, or this is closed. */
  async #settle(slot: string, loading: Loading, made: Held): Promise<void> {
    if (this.#closed || this.#loading.get(slot) !== loading) return made.loaded?.release()
    this.#loading.delete(slot)
    const before = this.#held.get(slot)
    this.#hold(slot, made)
    // Records that wait for the new one do not wait for the end of the one before.
    before?.loaded?.release().catch(() => undefined)
  }

  /** Releases a version that has been quarantined since it was loaded. */
  #current(slot: string, held: Held): Held {
    const runnable = this.runnable(held)
    if (runnable === held) return held
    held.loaded?.release().catch(() => undefined)
    return this.#hold(slot, { ...runnable, loaded: undefined, until: 0 })
  }

  #hold(slot: string, held: Held): Held {
    this.#held.set(slot, held)
    return held
  }

  /** Releases the models of a data type that has none any more. */
  #dropAll(dataType: string): void {
    this.#drop(slotOf(dataType))
    for (const version of this.#beside.get(dataType) ?? []) this.#drop(slotOf(dataType, version))
    this.#beside.delete(dataType)
  }

  #drop(slot: string): void {
    const held = this.#held.get(slot)
    this.#held.delete(slot)
    this.#loading.delete(slot)
    held?.loaded?.release().catch(() => undefined)
  }
}

/** Where a version beside the champion is held or, without a number, the champion. Data types may have any name: the part before it tells the two apart. */
function slotOf(dataType: string, version?: number): string {
  return `${version ?? 'champion'} ${dataType}`
}

function roleIn({ champion, challengers, shadows, fallback }: ModelRoutes, version: number): sluice.ModelRole {
  if (version === champion) return ModelRole.CHAMPION
  if (challengers.some(each => each.version === version)) return ModelRole.CHALLENGER
  if (shadows.includes(version)) return ModelRole.SHADOW
  return version === fallback ? ModelRole.FALLBACK : ModelRole.CHAMPION
}

function currentVersion(state: ModelState): ModelVersion {
  return keptVersion(state, state.current)
}
