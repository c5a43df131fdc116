import { SluiceError } from '../../base/index.ts'
import { countBeyond, limits } from '../../base/limits/index.ts'
import type { TransactionBuffer } from '../rows/index.ts'
import type { EventTimes } from './event-times.ts'
import type { ModelBlobs } from './model-blobs.ts'
import { changedState, keptVersions, type ModelChange, plannedState, stateAfterWaiting } from './model-change.ts'
import type { ModelPolicies } from './model-policies.ts'
import type { ModelRouting } from './model-routing.ts'
import { modelStateSerde, type ModelState } from './model-rows.ts'
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
    buffer.put(stateKey(state.dataType), modelStateSerde.serialize(state))
    this.#states.set(state.dataType, state)
    for (const dropped of blobs.name(state.dataType, blobsOf(state.versions))) blobs.delete(dropped)
  }

  /**
   * Changes the state, makes the policies of the change and of what waits, and drops versions that are not kept any more. Throws RECORD_TOO_LARGE, and changes nothing, if the row
   * would not fit a record any more.
   */
  change(state: ModelState, change: ModelChange): ModelState {
    const { policies, times } = this.#parts
    const { dataType } = state
    const after = this.check(state, change)
    this.set(after.state)
    if (change.routes !== undefined && after.state.routing !== undefined) policies.put(dataType, after.state.routing)
    for (const policy of after.policies) policies.put(dataType, policy)
    if (after.state.waiting !== undefined) times.keepExact(dataType)
    return after.state
  }

  /** What the change makes of the state, and the policies of what waits after it. Changes nothing. Throws RECORD_TOO_LARGE. */
  check(state: ModelState, change: ModelChange): { readonly state: ModelState; readonly policies: readonly ModelRouting[] } {
    const { policies } = this.#parts
    const { routes, planned, asked } = change
    const changed = changedState(state, change, routes === undefined ? undefined : policies.next(state))
    const plan =
      planned === undefined
        ? undefined
        : plannedState(changed, planned, {
            numberAfter: after => policies.next(after),
            before: this.#waitingPolicies(changed),
            acceptedAt: asked.acceptedAt,
          })
    const after = this.#withKept(plan?.state ?? changed)
    checkSize(after, this.#states.get(state.dataType))
    return { state: after, policies: plan?.policies ?? [] }
  }

  /** The first `count` of the changes that wait are in force from now on, epoch ms. Returns the policies that they make, in order. */
  takeWaiting(dataType: string, count: number, now: number): readonly ModelRouting[] {
    const state = this.#states.get(dataType)
    const taken = (state?.waiting ?? []).slice(0, count).flatMap(({ policy }) => this.#parts.policies.get(dataType, policy) ?? [])
    const last = taken.at(-1)
    if (state === undefined || last === undefined) return []
    this.set(this.#withKept(stateAfterWaiting(state, count, last, now)))
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

  #withKept(state: ModelState): ModelState {
    return { ...state, versions: keptVersions(state, this.#parts.maxVersions) }
  }

  #waitingPolicies({ dataType, waiting = [] }: ModelState): readonly ModelRouting[] {
    return waiting.flatMap(({ policy }) => this.#parts.policies.get(dataType, policy) ?? [])
  }
}

/** A row that is too large already may become smaller. What is noted beside changes - events, places - needs little, for which there is room. */
function checkSize(state: ModelState, before: ModelState | undefined): void {
  const { length } = modelStateSerde.serialize(state)
  const { most } = limits.model_state
  if (length <= most || (before !== undefined && length <= modelStateSerde.serialize(before).length)) return
  countBeyond('model_state')
  throw new SluiceError(
    'RECORD_TOO_LARGE',
    `the state of data type "${state.dataType}" would have ${length} bytes; at most ${most} are allowed: take names away from versions, cancel what waits, or say less in descriptions and parameters`,
  )
}
