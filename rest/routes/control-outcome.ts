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
  /** Whether it withdraws the control of its key, which leaves nothing to look at. */
  readonly withdraws: boolean
  /** The offset before which all records of its partition are applied. */
  readonly applied: () => Promise<number>
}

const lookEveryMs = 25
/** How often it is asked what is applied, while the store says nothing of the record. */
const askEveryMs = 1000

/** Waits, at most about `waitMs`, until the record is applied. */
export async function controlOutcome(router: QueryRouter, written: WrittenControl, waitMs: number): Promise<ControlOutcome> {
  const end = env.monotonic() + waitMs
  let [asked, passed] = [env.monotonic(), false]
  for (;;) {
    const now = env.monotonic()
    const asks = written.withdraws || now - asked >= askEveryMs
    const outcome = await outcomeNow(router, written, { asks, passed })
    if (typeof outcome === 'object' || now >= end) return typeof outcome === 'object' ? outcome : undefined
    // Rows are shown a moment after the commit that has them: what they do not tell then counts only if they do not tell it a second later.
    if (asks) [asked, passed] = [now, outcome === 'passed']
    await pause(lookEveryMs)
  }
}

/** `passed`: the record is applied, and the store does not say how. */
async function outcomeNow(
  router: QueryRouter,
  written: WrittenControl,
  { asks, passed }: { readonly asks: boolean; readonly passed: boolean },
): Promise<ControlOutcome | 'passed'> {
  const { place, withdraws, applied } = written
  try {
    const seen = await stateOf(router, written)
    const outcome = outcomeIn(seen, place)
    if (outcome !== undefined || !asks || (withdraws && seen.state !== undefined)) return outcome
    if ((await applied()) <= place.offset) return undefined
    // A record before it may have been on its way as well: the key is looked for again, now that both are applied.
    const since = await stateOf(router, written)
    const found = outcomeIn(since, place)
    if (found !== undefined || since.stale) return found
    if (since.state === undefined && withdraws) return { state: 'withdrawn' }
    if (!passed) return 'passed'
    return since.state === undefined ? { state: 'superseded' } : unexplained
  } catch (error) {
    if (!isPassing(error)) throw error
    return undefined
  }
}

/** Of a refusal for which the row of the key has no room. */
const unexplained: ControlOutcome = {
  refused: {
    rule: 'unknown',
    reason: 'the control is not in force, and the row of its key has no room for the reason: the log and its dead letter have it',
  },
}

interface SeenState {
  /** undefined: the key has none. */
  readonly state: ControlState<unknown> | undefined
  readonly stale: boolean
}

async function stateOf(router: QueryRouter, { store, key }: WrittenControl): Promise<SeenState> {
  try {
    const { value, stale = false } = await router.query(store, key)
    return { state: value as ControlState<unknown>, stale }
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'KEY_UNKNOWN') return { state: undefined, stale: false }
    throw error
  }
}

/** The outcome that the state of the key tells; undefined: none. */
function outcomeIn({ state }: SeenState, { partition, offset }: ControlPlace): ControlOutcome {
  if (state === undefined) return undefined
  const { current, waiting, last, refused } = state
  const isIt = (place: ControlPlace | undefined): boolean => place?.partition === partition && place.offset === offset
  if (isIt(refused)) return { refused: refused as { readonly rule: string; readonly reason: string } }
  if (isIt(current)) return { state: 'in force' }
  if (waiting.some(isIt)) return { state: 'waiting' }
  // The record itself may be the last one, and its time has come with that of a control of a later time.
  return last.partition === partition && last.offset >= offset ? { state: 'superseded' } : undefined
}
