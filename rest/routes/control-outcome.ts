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
  /** Whether it withdraws the control of its key. */
  readonly withdraws: boolean
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

async function outcomeNow(router: QueryRouter, { store, key, place, withdraws }: WrittenControl): Promise<ControlOutcome> {
  try {
    const { value } = await router.query(store, key)
    return outcomeIn(value as ControlState<unknown>, place)
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'KEY_UNKNOWN') return withdraws ? { state: 'withdrawn' } : undefined
    if (!isPassing(error)) throw error
    return undefined
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
