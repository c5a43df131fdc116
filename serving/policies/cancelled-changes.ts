import { type ModelState, routingOf, type WaitingChange } from '../../stores/index.ts'
import type { AskedFor } from './asked-for.ts'
import { refused } from './refused.ts'

/**
 * Drops changes that wait for their time. With `join: broadcast` a partition of the data may have come to one of them already: the next policy, which says what the one in
 * force says, has a position there, from which the change is not in force any more. Throws CONTROL_REFUSED: nothing of that name waits.
 */
export function cancelledChanges(state: ModelState, which: number | 'all'): AskedFor {
  const { waiting = [] } = state
  const cancelled = waiting.filter(({ offset }) => which === 'all' || offset === which)
  if (cancelled.length === 0) throw refused(whyNone(state, which, waiting))
  return { routes: routingOf(state), cancelled }
}

function whyNone(state: ModelState, which: number | 'all', waiting: readonly WaitingChange[]): string {
  if (which === 'all') return 'no change of the data type waits for its time'
  const { number, offset, effectiveFrom } = routingOf(state)
  if (effectiveFrom !== undefined && offset === which)
    return `the change of offset ${which} is in force since the data came to ${new Date(effectiveFrom).toISOString()}, as policy ${number}`
  const those = waiting.map(each => each.offset).join(', ')
  return `no change of offset ${which} waits for its time; ${those === '' ? 'none does' : `those that do have the offsets ${those}`}`
}
