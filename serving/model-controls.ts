import { env, messageOf, SluiceError } from '../base/index.ts'
import type { LoadedModel } from '../models/index.ts'
import { type KeptModels, type ModelRecordPlace, type ModelState, routedVersions, routingOf } from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import type { LoadFigures } from './load-figures.ts'
import type { ModelLoader } from './model-loader.ts'
import type { ModelEventLog, ModelEventName } from './model-event-log.ts'
import { changeOf, type ControlAction, type PlainControl } from './policies/index.ts'
import type { ReadyModels } from './ready-models.ts'

/** A control record of a data type. */
export interface ControlRecord {
  readonly dataType: string
  /** A string: why the record asks for nothing that can be done. */
  readonly control: PlainControl | string
  readonly place: ModelRecordPlace
}

/** The models that a control gives a role, loaded; or why they cannot be. */
export type Prepared = { readonly loaded: ReadonlyMap<number, LoadedModel> } | { readonly refused: unknown }

export interface ModelControlsParts {
  readonly context: Pick<ProcessorContext, 'log'>
  readonly store: KeptModels
  readonly loader: ModelLoader
  readonly ready: ReadyModels
  readonly events: ModelEventLog
  readonly figures: LoadFigures
}

/**
 * Applies control records. First the models that get a role are loaded, while data is scored under the policy before. Then the policy, the names or
 * the facts change at once, between two runs of data; or the record is refused, and nothing changes.
 */
export class ModelControls {
  readonly #parts: ModelControlsParts

  constructor(parts: ModelControlsParts) {
    this.#parts = parts
  }

  /** To be called when the records before have been applied. Never rejects. */
  async prepare({ dataType, control }: ControlRecord): Promise<Prepared> {
    const loaded = new Map<number, LoadedModel>()
    try {
      const state = this.#parts.store.state(dataType)
      const { routes } = changed(state, control)
      for (const version of routes === undefined ? [] : routedVersions(routes)) {
        if (this.#parts.ready.has(dataType, version)) continue
        const facts = state?.versions.find(each => each.version === version)
        if (facts !== undefined) loaded.set(version, await this.#parts.loader.open(facts, this.#parts.store, this.#parts.figures))
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
      if ('refused' in prepared) throw prepared.refused
      const change = changed(store.state(dataType), control)
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
      // The record is read again: it was applied before.
      if (state === undefined) return void release(prepared.loaded)
      this.#settle(state, prepared.loaded)
      this.#tell(record, state)
    } catch (error) {
      if ('loaded' in prepared) void release(prepared.loaded)
      if (error instanceof SluiceError && error.fault !== 'record') throw error
      if (store.markApplied(dataType, place.offset, place.partition, place)) this.#tellRefused(record, error)
      const why = `the control for data type "${dataType}" is refused: ${messageOf(error)}; what was in force goes on`
      throw new SluiceError('CONTROL_REFUSED', why, { cause: error })
    }
  }

  /** The versions with a role are ready for the data processor. */
  #settle(state: ModelState, loaded: ReadonlyMap<number, LoadedModel>): void {
    const { dataType } = state
    for (const [version, model] of loaded) this.#parts.ready.hold(dataType, version, model)
    this.#parts.ready.keepOnly(dataType, routedVersions(routingOf(state)))
  }

  #tell({ control, place: { partition, offset } }: ControlRecord, state: ModelState): void {
    const { action, who, reason } = control as PlainControl
    const { number, champion } = routingOf(state)
    const facts = { action: action.kind, policy: number, champion, who, reason }
    this.#parts.context.log('info', 'audit: a model control was applied', { dataType: state.dataType, ...facts, partition, offset })
    this.#parts.events.note(eventNames[action.kind] ?? 'accepted', state.dataType, { ...facts, record: { partition, offset } })
    this.#parts.events.soon()
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

/** What has a name of its own among the events; the rest is accepted. */
const eventNames: { readonly [kind in ControlAction['kind']]?: ModelEventName } = {
  promote: 'promoted',
  rollback: 'rolledback',
  retire: 'retired',
  withdraw: 'withdrawn',
}

function changed(state: ModelState | undefined, control: PlainControl | string) {
  if (typeof control === 'string') throw new SluiceError('CONTROL_REFUSED', control)
  return changeOf(state, control)
}

async function release(loaded: ReadonlyMap<number, LoadedModel>): Promise<void> {
  await Promise.all([...loaded.values()].map(each => each.release().catch(() => undefined)))
}
