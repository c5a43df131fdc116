import { env, messageOf, SluiceError } from '../base/index.ts'
import type { LoadedModel } from '../models/index.ts'
import {
  isControlApplied,
  type KeptModels,
  type ModelRecordPlace,
  type ModelRoutes,
  type ModelState,
  type ModelVersion,
  routingOf,
  type WaitingRecord,
} from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import { tryRaces } from './controlled-races.ts'
import type { LoadFigures } from './load-figures.ts'
import type { ModelLoader, OpenWatch } from './model-loader.ts'
import { type CancelledChange, eventNames, type ModelEventLog, policyFacts } from './model-event-log.ts'
import {
  type AskedFor,
  changeOf,
  changeWithWaiting,
  type ChangeWithWaiting,
  checkWaits,
  type PlainControl,
  waitingControl,
} from './policies/index.ts'
import { heldFor, newlyHeld, type ReadyModels } from './ready-models.ts'
import type { ServingOptions } from './serving-options.ts'
import { heldVersions, type WaitingChanges, waitingRoutes } from './waiting-changes.ts'

/** Gives back the models of a control that is not applied. */
export async function releasePrepared(prepared: Prepared): Promise<Prepared> {
  if (!('loaded' in prepared)) return prepared
  for (const loaded of prepared.loaded.values()) await loaded.release()
  return { loaded: new Map() }
}

/** A control record of a data type. */
export interface ControlRecord {
  readonly dataType: string
  /** A string: why the record asks for nothing that can be done. */
  readonly control: PlainControl | string
  /** The `ModelControl`. */
  readonly bytes: Uint8Array
  readonly place: ModelRecordPlace
}

/** The models that a control gives a role, loaded, by their keys in `ReadyModels`; or why they cannot be. */
export type Prepared = { readonly loaded: ReadonlyMap<number, LoadedModel> } | { readonly refused: unknown }

export interface ModelControlsParts {
  readonly context: Pick<ProcessorContext, 'log'>
  readonly store: KeptModels
  readonly loader: ModelLoader
  readonly ready: ReadyModels
  readonly events: ModelEventLog
  readonly figures: LoadFigures
  readonly waiting: WaitingChanges
  readonly options: ServingOptions
}

/**
 * Applies control records. First the models that get a role are loaded, while data is scored under the policy before. Then the policy, the names or
 * the facts change at once, between two runs of data, or the change waits for its time; or the record is refused, and nothing changes.
 */
export class ModelControls {
  readonly #parts: ModelControlsParts

  constructor(parts: ModelControlsParts) {
    this.#parts = parts
  }

  /** To be called when the records before have been applied. Never rejects. */
  async prepare(record: ControlRecord): Promise<Prepared> {
    const { dataType } = record
    const loaded = new Map<number, LoadedModel>()
    try {
      const state = this.#parts.store.state(dataType)
      const { change } = this.#changed(state, record)
      const later = (change.planned ?? []).flatMap(({ change: { routes } }) => routes ?? [])
      const now = change.routes === undefined ? [] : [change.routes]
      const all = [...now, ...later]
      const versions = state?.versions ?? []
      // Races that go on were tried before.
      const isNew = typeof record.control !== 'string' && record.control.action.kind === 'setPolicy'
      for (const routes of isNew ? all : []) await tryRaces(this.#parts.options, { dataType, routes, versions })
      const needed = this.#needed(state, now, later)
      for (const key of new Set(all.flatMap(routes => heldFor(routes, versions)))) {
        if (this.#parts.ready.has(dataType, key)) continue
        const facts = versions.find(({ version }) => version === Math.abs(key))
        const model = facts && (await this.#open(facts, { isApart: key !== facts.version, isNeeded: needed.has(key) }))
        if (model !== undefined) loaded.set(key, model)
      }
      return { loaded }
    } catch (error) {
      await release(loaded)
      return { refused: error }
    }
  }

  /** Throws SluiceError CONTROL_REFUSED for a control that is refused; it counts as applied then, and what was in force goes on. */
  apply(record: ControlRecord, prepared: Prepared): void {
    const { dataType, control, place } = record
    const { store } = this.#parts
    try {
      if (store.change === undefined)
        throw new SluiceError('CONTROL_REFUSED', 'the store keeps one version of a model, and no policy: see the setting "store"')
      const before = store.state(dataType)
      // The record is read again: it was applied before.
      if (before !== undefined && isControlApplied(before, place)) return 'loaded' in prepared ? void release(prepared.loaded) : undefined
      if ('refused' in prepared) throw prepared.refused
      const { change, refused } = this.#changed(before, record)
      const { who, reason } = control as PlainControl
      const { partition, offset } = place
      const asked = {
        partition,
        offset,
        acceptedAt: env.now(),
        ...(who === undefined ? {} : { who }),
        ...(reason === undefined ? {} : { reason }),
      }
      const state = store.change(dataType, { ...change, asked }, place)
      if (state === undefined) return void release(prepared.loaded)
      this.#settle(state, prepared.loaded)
      this.#tell(record, state, change)
      this.#parts.waiting.tellRefused(dataType, refused)
    } catch (error) {
      if ('loaded' in prepared) void release(prepared.loaded)
      if (error instanceof SluiceError && error.fault !== 'record') throw error
      if (store.markApplied(dataType, place.offset, place.partition, place)) this.#tellRefused(record, error)
      const why = `the control for data type "${dataType}" is refused: ${messageOf(error)}; what was in force goes on`
      throw new SluiceError('CONTROL_REFUSED', why, { cause: error })
    }
  }

  /** What gets a role by these changes, at once or later, that it has not had: by what is in force or, later, by what waits already. */
  #needed(state: ModelState | undefined, now: readonly ModelRoutes[], later: readonly ModelRoutes[]): ReadonlySet<number> {
    if (state === undefined) return new Set()
    const inForce = [routingOf(state)]
    const before = [...inForce, ...waitingRoutes(this.#parts.store, state), ...now]
    return new Set([...newlyHeld(now, inForce, state.versions), ...newlyHeld(later, before, state.versions)])
  }

  /** The version, loaded; undefined: it cannot be, and is not needed. Throws CONTROL_REFUSED for one that is. */
  async #open(
    version: ModelVersion,
    { isApart, isNeeded }: { readonly isApart: boolean; readonly isNeeded: boolean },
  ): Promise<LoadedModel | undefined> {
    const { context, loader, store, figures } = this.#parts
    const watch: OpenWatch = { figures, log: context.log }
    try {
      return await (isApart ? loader.openApart(version, store, watch) : loader.open(version, store, watch))
    } catch (error) {
      if (!(error instanceof SluiceError) || !error.code.startsWith('MODEL_')) throw error
      if (!isNeeded) return undefined
      const why = `model "${version.name}" version ${version.version} cannot be loaded: ${error.message}`
      throw new SluiceError('CONTROL_REFUSED', why, { cause: error })
    }
  }

  /** The versions with a role are ready for the data processor. */
  #settle(state: ModelState, loaded: ReadonlyMap<number, LoadedModel>): void {
    const { dataType } = state
    for (const [version, model] of loaded) this.#parts.ready.hold(dataType, version, model)
    this.#parts.ready.keepOnly(dataType, heldVersions(this.#parts.store, state))
  }

  #tell({ control, place: { partition, offset } }: ControlRecord, state: ModelState, { cancelled = [] }: AskedFor): void {
    const { action, who, reason, effectiveFrom } = control as PlainControl
    const { dataType } = state
    const waits = effectiveFrom !== undefined
    const own = waits ? state.waiting?.find(each => each.partition === partition && each.offset === offset) : undefined
    const routing = (own && this.#parts.store.policies?.get(dataType, own.policy)) ?? routingOf(state)
    const facts = {
      action: action.kind,
      ...policyFacts(routing),
      who,
      reason,
      ...(waits ? { effectiveFrom } : {}),
      ...(cancelled.length === 0 ? {} : { cancelled: cancelled.map(toldOf) }),
    }
    this.#parts.context.log('info', `audit: a model control ${waits ? 'waits for its time' : 'was applied'}`, {
      dataType,
      ...facts,
      partition,
      offset,
    })
    this.#parts.events.note((waits ? undefined : eventNames[action.kind]) ?? 'accepted', dataType, {
      ...facts,
      record: { partition, offset },
    })
    this.#parts.events.soon()
  }

  /** What the record changes now, and what waits after it. Throws CONTROL_REFUSED. */
  #changed(state: ModelState | undefined, { dataType, control, bytes, place: { partition, offset } }: ControlRecord): ChangeWithWaiting {
    if (typeof control === 'string') throw new SluiceError('CONTROL_REFUSED', control)
    const { effectiveFrom } = control
    if (effectiveFrom === undefined || state === undefined) {
      const asked = changeOf(state, control)
      return state === undefined ? { change: asked, refused: [] } : changeWithWaiting(state, asked)
    }
    checkWaits(control.action.kind, effectiveFrom, this.#parts.store.eventTime?.(dataType))
    const added: WaitingRecord = { control: bytes, effectiveFrom, partition, offset }
    return changeWithWaiting(state, {}, added)
  }

  #tellRefused({ dataType, control, place: { partition, offset } }: ControlRecord, error: unknown): void {
    const { action, who, reason } = typeof control === 'string' ? ({} as Partial<PlainControl>) : control
    const asked = { ...(action === undefined ? {} : { action: action.kind }), who, reason }
    this.#parts.events.note('refused', dataType, {
      ...asked,
      record: { partition, offset },
      code: 'CONTROL_REFUSED',
      why: messageOf(error),
    })
    this.#parts.events.soon()
  }
}

/** A change that is cancelled, as its event tells it. */
function toldOf(change: WaitingRecord): CancelledChange {
  const { partition, offset, effectiveFrom } = change
  const { action, who } = waitingControl(change)
  return { partition, offset, action: action.kind, effectiveFrom, who }
}

async function release(loaded: ReadonlyMap<number, LoadedModel>): Promise<void> {
  await Promise.all([...loaded.values()].map(each => each.release().catch(() => undefined)))
}
