import { env, messageOf, SluiceError } from '../../base/index.ts'
import type { LoadedModel } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { type ModelState, type KeptModels, type ModelVersion, versionMeant } from '../../stores/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import type { Decider } from '../deciders/index.ts'
import type { KilledVersion } from '../model-kills.ts'
import type { HeldRunner, ModelRunners } from './model-runners.ts'
import type { ModelRef, PolicyModel, SpeculativePolicy } from '../options/index.ts'
import type { Racer, Racers } from './racers.ts'

/** What the models of policies are loaded with. */
export interface PolicyModelsParts {
  readonly store: Pick<KeptModels, 'state'>
  readonly runners: ModelRunners
  /** Loads a version in a process of its own. */
  open(version: ModelVersion): Promise<LoadedModel>
  /** Identifies a version: another model must not have the same key. */
  keyOf(version: ModelVersion): string
  /** Whether a model that could not be loaded because of this can not be as long as the process runs. */
  lasts(error: unknown): boolean
  /** Why the version with this key is not run any more; undefined: it may be. */
  barred(key: string): string | undefined
  /** Told of a record on which a version failed alone. */
  failed(version: KilledVersion, error: unknown, record: RawRecord): void
  /** The decider of a policy. Throws CONFIG_INVALID. */
  decider(policy: SpeculativePolicy): Promise<Decider>
}

const { ModelRole } = sluice

interface Held {
  readonly key: string
  readonly state: ModelState
  readonly racers: Racers
  readonly runners: readonly HeldRunner[]
  /** When loading is tried again, by `env.monotonic()`; Infinity: everything is loaded. */
  readonly retryAt: number
}

const retryAfterMs = 10_000

/**
 * The models of the policies of a task's data types. A model record or another policy takes effect once all that it needs is loaded: until then the
 * models and the policy before go on.
 */
export class PolicyModels {
  readonly #parts: PolicyModelsParts
  readonly #held = new Map<string, Held>()
  readonly #loading = new Map<string, Loading>()
  #closed = false

  constructor(parts: PolicyModelsParts) {
    this.#parts = parts
  }

  /** What the data type's records race with; undefined: it has no model of the policy. A promise only when nothing is loaded yet. */
  of(dataType: string, policy: SpeculativePolicy): Racers | undefined | Promise<Racers | undefined> {
    const state = this.#parts.store.state(dataType)
    const held = this.#held.get(dataType)
    if (state === undefined || state.current === 0) {
      if (held !== undefined) this.#drop(dataType, held)
      return undefined
    }
    const same = held?.state === state && held.racers.policy === policy
    if (same && env.monotonic() < held.retryAt) return held.racers
    const versions = referred(policy).map(ref => versionMeant(state.versions, ref))
    if (versions.every(version => version === undefined)) return undefined
    const key = [JSON.stringify(policy), ...versions.map(version => (version === undefined ? '' : this.#parts.keyOf(version)))].join(' ')
    if (held?.key === key && env.monotonic() < held.retryAt) {
      const again = held.racers.policy === policy ? held.racers : { ...held.racers, policy }
      this.#held.set(dataType, { ...held, state, racers: again })
      return again
    }
    const known = this.#loading.get(dataType)
    const { first } = known?.key === key ? known : this.#load({ state, policy, versions, key })
    return held === undefined ? first : held.racers
  }

  /** The state that racers which `of` has given are in force with; undefined: others are, or none. */
  stateOf(racers: Racers): ModelState | undefined {
    const held = this.#held.get(racers.dataType)
    return held?.racers === racers ? held.state : undefined
  }

  /** The data type has no policy any more: releases its models. */
  leave(dataType: string): void {
    const held = this.#held.get(dataType)
    if (held === undefined) this.#loading.delete(dataType)
    else this.#drop(dataType, held)
  }

  async close(): Promise<void> {
    this.#closed = true
    const held = [...this.#held.values()]
    this.#held.clear()
    await Promise.all(held.flatMap(({ runners }) => runners.map(runner => runner.release())))
  }

  #load(wanted: Wanted): Loading {
    const { dataType } = wanted.state
    const loading: Loading = {
      key: wanted.key,
      first: this.#make(wanted).then(
        made => this.#settle(dataType, loading, made),
        (error: unknown) => {
          if (this.#loading.get(dataType) === loading) this.#loading.delete(dataType)
          throw error
        },
      ),
    }
    // `of` hands it on only while nothing is loaded.
    loading.first.catch(() => undefined)
    this.#loading.set(dataType, loading)
    return loading
  }

  /** Puts what was loaded in place, unless something else is being loaded by now, the model was withdrawn, or this is closed. */
  async #settle(dataType: string, loading: Loading, made: Held): Promise<Racers | undefined> {
    if (this.#closed || this.#loading.get(dataType) !== loading) {
      await release(made.runners)
      return this.#held.get(dataType)?.racers
    }
    this.#loading.delete(dataType)
    const before = this.#held.get(dataType)
    this.#held.set(dataType, made)
    await release(before?.runners ?? [])
    return made.racers
  }

  /** Loads all models. One that cannot be loaded becomes a racer that fails. Throws other errors, such as the store's. */
  async #make({ state, policy, versions, key }: Wanted): Promise<Held> {
    const decider = await this.#parts.decider(policy)
    const runners: HeldRunner[] = []
    const { dataType } = state
    const opened = await Promise.allSettled(
      referred(policy).map((ref, at) => this.#open(dataType, { model: policy.models[at], ref, version: versions[at] }, runners)),
    )
    const broken = opened.find(result => result.status === 'rejected')
    if (broken !== undefined) {
      await release(runners)
      throw broken.reason
    }
    const all = opened.map(result => (result as PromiseFulfilledResult<Opened>).value)
    return {
      key,
      state,
      racers: {
        dataType: state.dataType,
        policy,
        decider,
        all: all.map(({ racer }) => racer),
        racing: policy.models.length,
        fallback: fallbackOf(policy, versions),
      },
      runners,
      retryAt: all.some(({ again }) => again) ? env.monotonic() + retryAfterMs : Infinity,
    }
  }

  async #open(dataType: string, { model, ref, version }: Referred, runners: HeldRunner[]): Promise<Opened> {
    const { weight, metrics } = model ?? {}
    const role = model === undefined ? ModelRole.FALLBACK : ModelRole.RACER
    if (version === undefined) {
      const error = `no version in use is ${typeof ref === 'string' ? `named ${JSON.stringify(ref)}` : `number ${ref}`}`
      const racer = {
        name: String(ref),
        version: 0,
        role,
        hash: new Uint8Array(),
        place: undefined,
        runner: undefined,
        error,
        weight,
        metrics,
      }
      return { racer, again: false }
    }
    const { partition, offset } = version
    const facts = { name: version.name, version: version.version, role, hash: version.hash, place: { partition, offset }, weight, metrics }
    try {
      const loaded = await this.#parts.open(version)
      const held = this.#parts.runners.hold(loaded.model, () => loaded.release())
      runners.push(held)
      const killed = { dataType, name: version.name, version: version.version, key: this.#parts.keyOf(version) }
      const racer: Racer = {
        ...facts,
        runner: held.runner,
        barred: () => this.#parts.barred(killed.key),
        failed: (error, record) => this.#parts.failed(killed, error, record),
      }
      return { racer, again: false }
    } catch (error) {
      if (!(error instanceof SluiceError) || !error.code.startsWith('MODEL_')) throw error
      const racer = { ...facts, runner: undefined, error: `the model cannot be loaded: ${messageOf(error)}` }
      return { racer, again: !this.#parts.lasts(error) }
    }
  }

  #drop(dataType: string, held: Held): void {
    this.#held.delete(dataType)
    this.#loading.delete(dataType)
    void release(held.runners).catch(() => undefined)
  }
}

interface Loading {
  readonly key: string
  /** What the first records of the data type wait for. */
  readonly first: Promise<Racers | undefined>
}

interface Wanted {
  readonly state: ModelState
  readonly policy: SpeculativePolicy
  readonly versions: readonly (ModelVersion | undefined)[]
  readonly key: string
}

/** A racer, loaded if that was possible. */
interface Opened {
  readonly racer: Racer
  /** Whether it could not be loaded, and may be later. */
  readonly again: boolean
}

/** A model of a policy, or its fallback; `version`: undefined: there is none. */
interface Referred {
  readonly model: PolicyModel | undefined
  readonly ref: ModelRef
  readonly version: ModelVersion | undefined
}

/** What a policy refers to: its models, and its fallback if that is none of them. */
function referred({ models, fallback }: SpeculativePolicy): readonly ModelRef[] {
  const refs = models.map(({ model }) => model)
  return fallback === undefined || refs.includes(fallback) ? refs : [...refs, fallback]
}

/** The place of the fallback; -1: none. */
function fallbackOf(policy: SpeculativePolicy, versions: readonly unknown[]): number {
  if (policy.fallback === undefined) return -1
  const place = referred(policy).indexOf(policy.fallback)
  return versions[place] === undefined ? -1 : place
}

async function release(runners: readonly HeldRunner[]): Promise<void> {
  await Promise.all(runners.map(runner => runner.release()))
}
