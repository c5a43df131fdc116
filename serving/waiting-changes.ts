import { env } from '../base/index.ts'
import { type KeptModels, type ModelRoutes, type ModelState, routingOf, type WaitingRecord } from '../stores/index.ts'
import type { ProcessorContext } from '../topology/index.ts'
import { eventNames, type ModelEventLog, policyFacts } from './model-event-log.ts'
import { type RefusedWaiting, waitingControl } from './policies/index.ts'
import { heldFor, readyModels } from './ready-models.ts'

export interface WaitingChangesParts {
  readonly context: Pick<ProcessorContext, 'log'>
  readonly store: KeptModels
  readonly events: ModelEventLog
}

/** Changes of policies that wait for a time: puts them in force, and tells of those that cannot be made any more. */
export class WaitingChanges {
  readonly #parts: WaitingChangesParts

  constructor(parts: WaitingChangesParts) {
    this.#parts = parts
  }

  /** Puts those in force whose time is not after `reached`, in their order, and notes an event of each. */
  take(state: ModelState, reached: number): void {
    const { store, context, events } = this.#parts
    const { dataType, waiting = [] } = state
    const due = waiting.filter(({ effectiveFrom }) => effectiveFrom <= reached)
    const taken = due.length === 0 ? [] : (store.takeWaiting?.(dataType, due.length, env.now()) ?? [])
    for (const [at, routing] of taken.entries()) {
      const { who, reason, partition, offset, effectiveFrom } = routing
      const { kind } = waitingControl(due[at] as WaitingRecord).action
      const facts = { action: kind, ...policyFacts(routing), effectiveFrom, who, reason }
      context.log('info', 'audit: a model control has come into force at its time', { dataType, ...facts, partition, offset })
      events.note(eventNames[kind] ?? 'accepted', dataType, { ...facts, record: { partition, offset } })
    }
    const after = store.state(dataType)
    if (taken.length > 0 && after !== undefined) readyModels(store).keepOnly(dataType, heldVersions(store, after))
  }

  /** Tells that changes which waited were dropped: one event and one dead letter each. */
  tellRefused(dataType: string, refused: readonly RefusedWaiting[]): void {
    const { events } = this.#parts
    for (const { change, why } of refused) {
      const { partition, offset, effectiveFrom, control } = change
      const { action, who, reason } = waitingControl(change)
      const facts = { action: action.kind, effectiveFrom, who, reason, record: { partition, offset }, code: why.code, why: why.message }
      events.note('refused', dataType, { ...facts, dropped: Buffer.from(control).toString('base64') })
    }
    if (refused.length > 0) events.soon()
  }
}

/** The versions that stay loaded, as `ReadyModels` names them: those that have a role, and those that get one at its time. */
export function heldVersions(store: KeptModels, state: ModelState): readonly number[] {
  return [routingOf(state), ...waitingRoutes(store, state)].flatMap(routes => heldFor(routes, state.versions))
}

/** The routes of the changes that wait for their time. */
export function waitingRoutes(store: KeptModels, { dataType, waiting = [] }: ModelState): readonly ModelRoutes[] {
  return waiting.flatMap(({ policy }) => store.policies?.get(dataType, policy) ?? [])
}
