import type { LoadedModel, Model, Quarantined } from '../../models/index.ts'
import { pause, SluiceError } from '../../base/index.ts'
import type { ColumnSpec } from '../../records/index.ts'
import {
  type KeptModels,
  type ModelHistoryEntry,
  type ModelRouting,
  type ModelState,
  type ModelVersion,
  type PolicyPosition,
  type RecordPlace,
  routingOf,
} from '../../stores/index.ts'
import { type VersionName, namedVersion } from './model-roles.ts'
import type { SpeculativePolicies } from '../options/index.ts'
import { type PolicyNow, policyNow } from '../policies/index.ts'
import { loadedModelKey } from '../serving-options.ts'
import { openSteps, stepsOf } from '../serving-steps.ts'

/** The models of all data types, read from the store's changelog and kept up to date until it is closed. */
export interface GlobalModelStore {
  readonly store: KeptModels
  /** Resolves when the store holds all that the group had written when the global store was opened. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

export interface ModelRegistryParts {
  /** Called on the first request and on the first one after a failure of the global store. Throws STORE_NOT_READY. */
  openGlobalStore(onFailure: (error: unknown) => void): Promise<GlobalModelStore>
  /** Loads a version that was accepted before. */
  load(version: ModelVersion, store: KeptModels): Promise<LoadedModel>
  /** The fields of the records of the data topic. */
  readonly fields: readonly ColumnSpec[]
  /** Counts a request that killed or hung the version's process. */
  killed?(version: ModelVersion, error: unknown): void
  /** Why a version is not run; undefined: it may be. */
  quarantined?(version: ModelVersion): Quarantined | undefined
  /** The races that the settings give data types; undefined: none. */
  readonly policies?: SpeculativePolicies | undefined
  /** Number of models that stay loaded after their use; default 8. */
  readonly maxLoaded?: number
  /** Most time that a request waits for the global store, ms; default 5000. */
  readonly waitMs?: number
}

/** What a name of a version means now. */
export interface FoundModel {
  /** The version's description; of a composite, that of its second model. */
  readonly version: ModelVersion
  /** The models of the composite that the champion is the second one of; undefined: the version is meant alone. */
  readonly steps: readonly [ModelVersion, ModelVersion] | undefined
}

/** A loaded version, or both of a composite; the caller releases it. */
export interface OpenModel extends FoundModel {
  /** The loaded model, a CompositeModel where there are `steps`. Its calls must not overlap. */
  readonly model: Model
  /** The fields of the records of the data topic, which a composite takes. */
  readonly fields: readonly ColumnSpec[]
  /** Releases the model. Must be called once. */
  release(): Promise<void>
}

/** The policy in force, and the version of its champion; 0: no model serves. */
export interface PolicyInForce {
  /** The number of the policy. */
  readonly policy: number
  /** The version of its champion. */
  readonly champion: number
  /** The event time from which it is in force, epoch ms, as long as it waits for that. */
  readonly effectiveFrom?: number
}

/** A policy that was in force, and where it took effect. */
export interface ServedPolicy {
  /** The policy. */
  readonly routing: ModelRouting
  /** Where it took effect before the place or time that was asked for. */
  readonly position: PolicyPosition
}

/** The outcome of a model record: the version that it became, `refused`, or `waiting` while it is not applied. */
export type Applied = { readonly version: number } | 'refused' | 'waiting'

/**
 * The models of every data type, on every instance, whichever task owns them. The first request opens the whole store as a global store in memory.
 * A model is loaded when it is requested, apart from the models with which the tasks score: requests and tasks do not wait for each other.
 */
export class ModelRegistry {
  readonly #parts: ModelRegistryParts
  #opening: Promise<GlobalModelStore> | undefined
  #ready = false
  /** Models that stay loaded, the least recently used first. */
  readonly #kept = new Map<string, LoadedModel>()
  #closed = false

  /** @internal */
  constructor(parts: ModelRegistryParts) {
    this.#parts = parts
  }

  /** The data types that have models, by name. Throws STORE_NOT_READY. */
  async models(): Promise<readonly ModelState[]> {
    const states = await (await this.#store()).states
    return states.filter(({ versions }) => versions.length > 0).sort((a, b) => (a.dataType < b.dataType ? -1 : 1))
  }

  /** The data type's models. Throws MODEL_UNKNOWN, STORE_NOT_READY. */
  async model(dataType: string): Promise<ModelState> {
    return known(await this.#store(), dataType)
  }

  /** Every version that the data type ever had, the newest first, and how each has served. Throws MODEL_UNKNOWN, STORE_NOT_READY. */
  async history(dataType: string): Promise<readonly ModelHistoryEntry[]> {
    const store = await this.#store()
    known(store, dataType)
    return store.history(dataType)
  }

  /** A kept version, by default the one that serves. Throws MODEL_UNKNOWN, STORE_NOT_READY. */
  async version(dataType: string, name?: VersionName): Promise<ModelVersion> {
    return (await this.find(dataType, name)).version
  }

  /** What serves: the champion, alone or as the second of a composite; or a kept version alone. Throws MODEL_UNKNOWN, STORE_NOT_READY. */
  async find(dataType: string, name: VersionName = 'champion'): Promise<FoundModel> {
    const state = await this.model(dataType)
    const version = namedVersion(state, name, this.policy(state).routing)
    return { version, steps: name === 'champion' ? stepsOf(state, version) : undefined }
  }

  /** Loads what serves, or a kept version. Throws MODEL_UNKNOWN, STORE_NOT_READY, and what a load throws. */
  async open(dataType: string, name?: VersionName): Promise<OpenModel> {
    return this.load(await this.find(dataType, name))
  }

  /** Loads what `find` found. Throws STORE_NOT_READY, and what a load throws. */
  async load({ version, steps }: FoundModel): Promise<OpenModel> {
    const store = await this.#store()
    const load = (each: ModelVersion): Promise<LoadedModel> => this.#parts.load(each, store)
    const loaded = await (steps === undefined ? load(version) : openSteps(steps, load))
    if (this.#closed) {
      await loaded.release()
      throw new SluiceError('STORE_CLOSED', 'the instance is stopping')
    }
    for (const each of steps ?? [version]) await this.#keep(loadedModelKey(each), () => load(each))
    return { version, steps, model: loaded.model, fields: this.#parts.fields, release: () => loaded.release() }
  }

  /** Counts a request that killed or hung the version's process; after some of them the version is not run any more. */
  killed(version: ModelVersion, error: unknown): void {
    this.#parts.killed?.(version, error)
  }

  /** Why a version is not run any more; undefined: it may be. */
  quarantined(version: ModelVersion): Quarantined | undefined {
    return this.#parts.quarantined?.(version)
  }

  /** The outcome of the data type's model record at this place. Throws STORE_NOT_READY. */
  async applied(dataType: string, { partition, offset }: { readonly partition: number; readonly offset: number }): Promise<Applied> {
    const state = (await this.#store()).state(dataType)
    const made = state?.versions.find(version => version.partition === partition && version.offset === offset)
    if (made !== undefined) return { version: made.version }
    return state !== undefined && state.nextOffset > offset ? 'refused' : 'waiting'
  }

  /** The outcome of the data type's control record at this place: the policy in force after it. Throws STORE_NOT_READY. */
  async controlled(dataType: string, { partition, offset }: RecordPlace): Promise<PolicyInForce | 'refused' | 'waiting'> {
    const state = (await this.#store()).state(dataType)
    if (state === undefined || state.nextOffset <= offset) return 'waiting'
    if (state.refusedUpTo?.partition === partition && state.refusedUpTo.offset === offset) return 'refused'
    const own = state.waiting?.find(each => each.partition === partition && each.offset === offset)
    const waits = own && (await this.#store()).policies?.get(dataType, own.policy)
    const { number, champion, effectiveFrom } = waits ?? routingOf(state)
    return { policy: number, champion, ...(waits === undefined || effectiveFrom === undefined ? {} : { effectiveFrom }) }
  }

  /** The policy in force: the one of the models topic, with the races of the setting `policies` in place of its own. */
  policy(state: ModelState): PolicyNow {
    const { policies } = this.#parts
    return policyNow(state, policies !== undefined && Object.hasOwn(policies, state.dataType) ? policies[state.dataType] : undefined)
  }

  /** The policies that wait for their time, in the order in which they come. Throws STORE_NOT_READY. */
  async waiting({ dataType, waiting = [] }: ModelState): Promise<readonly ModelRouting[]> {
    const { policies } = await this.#store()
    return waiting.flatMap(({ policy }) => policies?.get(dataType, policy) ?? [])
  }

  /** The policy that was in force at a place in the data, or at a time, epoch ms; undefined: none is known. Throws MODEL_UNKNOWN, STORE_NOT_READY. */
  async served(dataType: string, when: RecordPlace | number): Promise<ServedPolicy | undefined> {
    const store = await this.#store()
    known(store, dataType)
    const reached = ((await store.positions?.(dataType)) ?? []).filter(({ partition, offset, at }) =>
      typeof when === 'number' ? at <= when : partition === when.partition && offset <= when.offset,
    )
    const order = (each: PolicyPosition): number => (typeof when === 'number' ? each.at : each.offset)
    const [position] = reached.toSorted((a, b) => order(b) - order(a) || b.policy - a.policy)
    const routing = position && store.policies?.get(dataType, position.policy)
    return position && routing && { routing, position }
  }

  /** Releases the loaded models and closes the global store. Requests throw STORE_CLOSED from now on. */
  async close(): Promise<void> {
    this.#closed = true
    const opening = this.#opening
    this.#opening = undefined
    const kept = [...this.#kept.values()]
    this.#kept.clear()
    await Promise.all(kept.map(loaded => loaded.release()))
    await opening?.then(
      globalStore => globalStore.close(),
      () => undefined,
    )
  }

  async #store(): Promise<KeptModels> {
    if (this.#closed) throw new SluiceError('STORE_CLOSED', 'the instance is stopping')
    const opening = (this.#opening ??= this.#open())
    if (this.#ready) return (await opening).store
    const waited = new AbortController()
    const { waitMs = 5000 } = this.#parts
    try {
      const ready = opening.then(async globalStore => {
        await globalStore.caughtUp()
        this.#ready = true
        return globalStore.store
      })
      const store = await Promise.race([ready, pause(waitMs, waited.signal)])
      if (store !== undefined) return store
      throw new SluiceError('STORE_NOT_READY', 'the models are still being read from the changelog')
    } finally {
      waited.abort()
    }
  }

  #open(): Promise<GlobalModelStore> {
    const opening = this.#parts.openGlobalStore(() => this.#forget(opening))
    opening.catch(() => this.#forget(opening))
    return opening
  }

  /** Closes a global store that has failed; the next request opens another one. */
  #forget(opening: Promise<GlobalModelStore>): void {
    if (this.#opening !== opening) return
    this.#opening = undefined
    this.#ready = false
    void opening.then(
      globalStore => globalStore.close(),
      () => undefined,
    )
  }

  /** Keeps the model loaded; releases the least recently used models while more than `maxLoaded` are kept. */
  async #keep(key: string, share: () => Promise<LoadedModel>): Promise<void> {
    const kept = this.#kept.get(key) ?? (await share())
    const before = this.#kept.get(key)
    if (this.#closed || (before !== undefined && before !== kept)) await kept.release()
    if (this.#closed) return
    this.#kept.delete(key)
    this.#kept.set(key, before ?? kept)
    const { maxLoaded = 8 } = this.#parts
    for (const [oldest, loaded] of this.#kept) {
      if (this.#kept.size <= maxLoaded) break
      this.#kept.delete(oldest)
      await loaded.release()
    }
  }
}

function known(store: KeptModels, dataType: string): ModelState {
  const state = store.state(dataType)
  if (state !== undefined && state.versions.length > 0) return state
  throw new SluiceError('MODEL_UNKNOWN', `there is no model for data type "${dataType}"`)
}
