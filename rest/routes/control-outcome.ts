import { env, pause, SluiceError } from '../../base/index.ts'
import type { ControlPlace, ControlState } from '../../control/index.ts'
import { isPassing } from '../http/index.ts'
import type { QueryRouter } from '../queries/index.ts'

/** What became of a control record; undefined: nothing yet. */
export type ControlOutcome =
  | { readonly state: 'in force' | 'waiting' | 'withdrawn' | 'superseded' }
  | { readonly refused: { readonly rule: string; readonly reason: string } }
  | undefined

/** A control record that was written. */
export interface WrittenControl {
  readonly store: string
  readonly key: string
  readonly place: ControlPlace
  /** Of a record that withdraws the control of its key: the offset before which all records of its partition are applied. Its key leaves nothing to look at. */
  readonly withdrawn?: (() => Promise<number>) | undefined
}

const lookEveryMs = 25

/** Waits, at most about `waitMs`, until the record is applied. */
export async function controlOutcome(router: QueryRouter, written: WrittenControl, waitMs: number): Promise<ControlOutcome> {
  const end = env.monotonic() + waitMs
  for (;;) {
    const outcome = await outcomeNow(router, written)
    if (outcome !== undefined || env.monotonic() >= end) return outcome
    await pause(lookEveryMs)
  }
}

async function outcomeNow(router: QueryRouter, { store, key, place, withdrawn }: WrittenControl): Promise<ControlOutcome> {
  try {
    const state = await stateOf(router, store, key)
    if (state !== undefined) return outcomeIn(state, place)
    // A record before it may be on its way as well: the key is looked for again once both are applied.
    if (withdrawn === undefined || (await withdrawn()) <= place.offset) return undefined
    const since = await stateOf(router, store, key)
    return since === undefined ? { state: 'withdrawn' } : outcomeIn(since, place)
  } catch (error) {
    if (!isPassing(error)) throw error
    return undefined
  }
}

/** undefined: the key has none. */
async function stateOf(router: QueryRouter, store: string, key: string): Promise<ControlState<unknown> | undefined> {
  try {
    return (await router.query(store, key)).value as ControlState<unknown>
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'KEY_UNKNOWN') return undefined
    throw error
  }
}

/** The outcome that the state of the key tells. */
function outcomeIn({ current, waiting, last, refused }: ControlState<unknown>, { partition, offset }: ControlPlace): ControlOutcome {
  const isIt = (place: ControlPlace | undefined): boolean => place?.partition === partition && place.offset === offset
  if (isIt(refused)) return { refused: refused as { readonly rule: string; readonly reason: string } }
  if (isIt(current)) return { state: 'in force' }
  if (waiting.some(isIt)) return { state: 'waiting' }
  return last.partition === partition && last.offset > offset ? { state: 'superseded' } : undefined
}
