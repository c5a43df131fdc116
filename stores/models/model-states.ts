import type { TransactionBuffer } from '../rows/index.ts'
import type { EventTimes } from './event-times.ts'
import type { ModelBlobs } from './model-blobs.ts'
import { changedState, keptVersions, type ModelChange, plannedState, stateAfterWaiting } from './model-change.ts'
import type { ModelPolicies } from './model-policies.ts'
import type { ModelRouting } from './model-routing.ts'
import { modelStateSerde, type ModelState, type RecordPlace } from './model-rows.ts'
import { blobsOf } from './new-model.ts'
import { stateKey } from './row-keys.ts'

export interface ModelStatesParts {
  readonly buffer: TransactionBuffer
  readonly blobs: ModelBlobs
  readonly policies: ModelPolicies
  readonly times: EventTimes
  readonly maxVersions: number
}

/** The states of all data types, decoded, and what changes of them writes: their rows, the policies, the blobs that they name. */
export class ModelStates {
  readonly #parts: ModelStatesParts
  readonly #states = new Map<string, ModelState>()

  constructor(parts: ModelStatesParts) {
    this.#parts = parts
  }

  get all(): readonly ModelState[] {
    return [...this.#states.values()]
  }

  get(dataType: string): ModelState | undefined {
    return this.#states.get(dataType)
  }

  set(state: ModelState): void {
    const { buffer, blobs } = this.#parts
    this.#states.set(state.dataType, state)
    buffer.put(stateKey(state.dataType), modelStateSerde.serialize(state))
    for (const dropped of blobs.name(state.dataType, blobsOf(state.versions))) blobs.delete(dropped)
  }

  /** Changes the state, makes the policies of the change and of what waits, and drops versions that are not kept any more. */
  change(state: ModelState, change: ModelChange): ModelState {
    const { policies, times } = this.#parts
    const { routes, planned, asked } = change
    const { dataType } = state
    const changed = changedState(state, change, routes === undefined ? undefined : policies.next(state))
    const plan =
      planned === undefined
        ? undefined
        : plannedState(changed, planned, {
            numberAfter: after => policies.next(after),
            acceptedAt: each => this.#acceptedAt(changed, each) ?? asked.acceptedAt,
          })
    const kept = this.#setKept(plan?.state ?? changed)
    if (routes !== undefined && kept.routing !== undefined) policies.put(dataType, kept.routing)
    for (const policy of plan?.policies ?? []) policies.put(dataType, policy)
    if (kept.waiting !== undefined) times.keepExact(dataType)
    return kept
  }

  /** The first `count` of the changes that wait are in force from now on, epoch ms. Returns the policies that they make, in order. */
  takeWaiting(dataType: string, count: number, now: number): readonly ModelRouting[] {
    const state = this.#states.get(dataType)
    const taken = (state?.waiting ?? []).slice(0, count).flatMap(({ policy }) => this.#parts.policies.get(dataType, policy) ?? [])
    const last = taken.at(-1)
    if (state === undefined || last === undefined) return []
    this.#setKept(stateAfterWaiting(state, count, last, now))
    return taken
  }

  /** Loads a row; null: it was deleted, or its write undone. Returns the state. */
  load(dataType: string, value: Uint8Array | null): ModelState | undefined {
    const state = value === null ? undefined : modelStateSerde.deserialize(value)
    // The result is not used: blobs that no version names any more have tombstones of their own in the changelog.
    this.#parts.blobs.name(dataType, blobsOf(state?.versions ?? []))
    if (state === undefined) this.#states.delete(dataType)
    else this.#states.set(dataType, state)
    return state
  }

  clear(): void {
    this.#states.clear()
  }

  #setKept(state: ModelState): ModelState {
    const kept = { ...state, versions: keptVersions(state, this.#parts.maxVersions) }
    this.set(kept)
    return kept
  }

  /** When a change that waits already was accepted. */
  #acceptedAt({ dataType, waiting }: ModelState, { partition, offset }: RecordPlace): number | undefined {
    const known = waiting?.find(each => each.partition === partition && each.offset === offset)
    return known && this.#parts.policies.get(dataType, known.policy)?.acceptedAt
  }
}
