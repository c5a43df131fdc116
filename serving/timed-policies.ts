import type { EventTimes, KeptModels, ModelState, ModelUsageStore, WaitingChange } from '../stores/index.ts'
import type { RawRecord } from '../topology/index.ts'
import type { WaitingChanges } from './waiting-changes.ts'

export interface TimedPoliciesParts {
  readonly store: KeptModels
  /** With `join: broadcast`: keeps how far the data of each partition has come, and where policies took effect. */
  readonly usage: ModelUsageStore | undefined
  /** Without `usage`: puts changes in force. */
  readonly waiting: WaitingChanges
  /** The partition of the data. */
  readonly partition: number
}

interface SeenState {
  readonly state: ModelState
  readonly policy: number
  readonly seen: ModelState
}

/**
 * The policies that are in force for one partition of the data. A change that waits for a time takes effect before the first record of its data type with that
 * timestamp or a later one, and stays in force from there on, whatever the timestamps after it. With the data in the task of its models, the change is then made in the
 * store. With `join: broadcast` each partition of the data comes to that record by itself: it answers under the policy that the change has already, and the task of the
 * models makes the change when all partitions have come to it.
 */
export class TimedPolicies {
  readonly #parts: TimedPoliciesParts
  readonly #times: EventTimes | undefined
  readonly #seen = new Map<string, SeenState>()

  constructor(parts: TimedPoliciesParts) {
    this.#parts = parts
    this.#times = parts.usage?.times ?? parts.store.times
  }

  /** The models as the data of the partition sees them. */
  get models(): Pick<KeptModels, 'state' | 'bytesOf'> {
    return { state: dataType => this.state(dataType), bytesOf: hash => this.#parts.store.bytesOf(hash) }
  }

  /** The state under which records of the data type are answered. Returns the same object until it changes. */
  state(dataType: string): ModelState | undefined {
    const state = this.#parts.store.state(dataType)
    if (this.#parts.usage === undefined || state?.waiting === undefined) return state
    const last = state.waiting.findLast(change => this.#isReached(dataType, change))
    const routing = last && this.#parts.store.policies?.get(dataType, last.policy)
    if (last === undefined || routing === undefined) return state
    const known = this.#seen.get(dataType)
    if (known?.state === state && known.policy === last.policy) return known.seen
    const seen: ModelState = { ...state, current: routing.champion, routing }
    this.#seen.set(dataType, { state, policy: last.policy, seen })
    return seen
  }

  /**
   * The first of the rows, from `from` on, before which a change takes effect; the number of rows: none does. Notes that the rows before it are answered. To be
   * called, before they are answered, with rows of one data type.
   */
  next(dataType: string, rows: readonly RawRecord[], from: number): number {
    const state = this.#parts.store.state(dataType)
    if (this.#times === undefined || state === undefined || state.latest === 0) return rows.length
    if (state.waiting !== undefined) this.#times.keepExact(dataType)
    const due = state.waiting?.find(change => !this.#isReached(dataType, change))?.effectiveFrom ?? Infinity
    let reached = -Infinity
    for (let at = from; at < rows.length; at++) {
      const { timestamp } = rows[at] as RawRecord
      if (timestamp >= due) return this.#reach(dataType, reached, at)
      if (timestamp > reached) reached = timestamp
    }
    return this.#reach(dataType, reached, rows.length)
  }

  /** The changes whose time is that of the row, or before it, are in force. */
  enter(dataType: string, { timestamp }: RawRecord): void {
    const { usage, store, waiting } = this.#parts
    this.#reach(dataType, timestamp, 0)
    const state = store.state(dataType)
    if (state === undefined) return
    if (usage === undefined) waiting.take(state, timestamp)
  }

  #reach(dataType: string, timestamp: number, at: number): number {
    if (timestamp >= 0) this.#times?.reach(dataType, timestamp, this.#partition)
    return at
  }

  #isReached(dataType: string, { effectiveFrom, policy }: WaitingChange): boolean {
    const { usage } = this.#parts
    if (usage === undefined) return false
    const time = usage.times.of(dataType, this.#partition)
    return (time !== undefined && time >= effectiveFrom) || usage.positions.has(dataType, policy, this.#partition)
  }

  get #partition(): number {
    return this.#parts.usage === undefined ? 0 : this.#parts.partition
  }
}
