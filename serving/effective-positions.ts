import { env } from '../base/index.ts'
import type { KeptModels, ModelState, ModelUsageStore, RecordPlace } from '../stores/index.ts'
import { type ModelEventLog, policyFacts } from './model-event-log.ts'

export interface EffectivePositionsParts {
  readonly store: KeptModels
  /** With `join: broadcast`: keeps the positions of the data's own partitions. */
  readonly usage: ModelUsageStore | undefined
  readonly events: ModelEventLog
}

/**
 * Notes and tells where a policy takes effect: at the first data record of its data type that is answered under it, in the transaction of its
 * answer. So which version answered a record follows from its offset.
 */
export class EffectivePositions {
  readonly #parts: EffectivePositionsParts

  constructor(parts: EffectivePositionsParts) {
    this.#parts = parts
  }

  /** To be called with the state under which records of the data type are answered, and the first of them; cheap when there is nothing to note. */
  reach(state: ModelState | undefined, first: RecordPlace): void {
    const routing = state?.routing
    if (state === undefined || routing === undefined || routing.champion !== state.current || routing.position !== undefined) return
    const { dataType } = state
    const { store, usage, events } = this.#parts
    const { partition, offset } = first
    const { number } = routing
    const facts = { ...policyFacts(routing), position: { partition, offset } }
    if (usage !== undefined) {
      if (usage.positions.has(dataType, number, partition)) return
      usage.positions.put(dataType, { policy: number, partition, offset, at: env.now() })
      return events.tell('effective', dataType, facts)
    }
    if (store.tookEffect?.(dataType, number, { partition, offset }, env.now()) === undefined) return
    events.note('effective', dataType, facts)
  }
}
