import { messageOf, SluiceError } from '../../base/index.ts'
import { sluice } from '../../proto/messages.js'
import { changedState, type ModelState, type PlannedChange, type WaitingRecord } from '../../stores/index.ts'
import type { AskedFor } from './asked-for.ts'
import { changeOf } from './control-change.ts'
import { refused } from './refused.ts'
import { type ControlAction, type PlainControl, plainControl } from './plain-control.ts'

/** A change that waits for its time, and cannot be made any more. */
export interface RefusedWaiting {
  readonly change: WaitingRecord
  /** CONTROL_REFUSED. */
  readonly why: SluiceError
}

/** What is changed now, with what waits after it. */
export interface ChangeWithWaiting {
  readonly change: AskedFor
  /** Changes that waited and are dropped, because this change takes away what they need. */
  readonly refused: readonly RefusedWaiting[]
}

/** Most changes of a data type that wait. */
const mostWaiting = 32
/** The last time that a Date can hold, epoch ms. */
const lastTime = 8.64e15
const timed: readonly ControlAction['kind'][] = ['promote', 'rollback', 'setRole', 'setPolicy', 'withdraw']

/**
 * A change that is made now, and with it the plan of the changes that wait for their time: each follows the one before, as it will be, and so has a policy already. `added`:
 * a record that waits from now on. A withdrawal drops all that wait, a cancellation those that it names. Throws CONTROL_REFUSED for an added one that cannot be. A function of its arguments alone.
 */
export function changeWithWaiting(state: ModelState, asked: AskedFor, added?: WaitingRecord): ChangeWithWaiting {
  const before: readonly WaitingRecord[] = state.waiting ?? []
  if (before.length === 0 && added === undefined) return { change: asked, refused: [] }
  if (before.length >= mostWaiting && added !== undefined)
    throw refused(`${before.length} changes of the data type wait for their time already`)
  if (asked.withdrawn === true) {
    const why = refused("the data type's model was withdrawn before its time")
    return { change: { ...asked, planned: [] }, refused: before.map(change => ({ change, why })) }
  }
  const after = stateAfter(state, asked, { partition: 0, offset: 0 })
  const { cancelled = [] } = asked
  const left = before.filter(
    change => !cancelled.some(({ partition, offset }) => partition === change.partition && offset === change.offset),
  )
  const all = [...left, ...(added === undefined ? [] : [added])].toSorted((a, b) => a.effectiveFrom - b.effectiveFrom)
  const plan = planAfter(after, all)
  const own = plan.refused.find(({ change }) => change === added)
  if (own !== undefined) throw own.why
  const isSame = asked.routes === undefined && added === undefined && plan.refused.length === 0
  return isSame ? { change: asked, refused: [] } : { change: { ...asked, planned: plan.planned }, refused: plan.refused }
}

/** Throws CONTROL_REFUSED for a control that cannot wait for a time, or for that time. `reached`: how far the data has come, epoch ms; undefined: nothing is known. */
export function checkWaits(kind: ControlAction['kind'], effectiveFrom: number, reached: number | undefined): void {
  if (!timed.includes(kind)) throw refused(`${kind} is in force at once: effectiveFrom is for ${timed.join(', ')}`)
  if (!Number.isSafeInteger(effectiveFrom) || effectiveFrom <= 0 || effectiveFrom > lastTime)
    throw refused(`effectiveFrom is ${effectiveFrom}; allowed: ms since the epoch, up to ${lastTime}`)
  if (reached === undefined || effectiveFrom > reached) return
  const [from, to] = [effectiveFrom, reached].map(time => new Date(time).toISOString())
  throw refused(`effectiveFrom ${from} is in the past of the data: records of the data type up to ${to} have been answered`)
}

/** The control of a change that waits. */
export function waitingControl({ control }: Pick<WaitingRecord, 'control'>): PlainControl {
  const plain = plainControl(sluice.ModelControl.decode(control))
  if (typeof plain === 'string') throw refused(plain)
  return plain
}

function planAfter(
  state: ModelState,
  waiting: readonly WaitingRecord[],
): { readonly planned: readonly PlannedChange[]; readonly refused: readonly RefusedWaiting[] } {
  const planned: PlannedChange[] = []
  const dropped: RefusedWaiting[] = []
  let after = state
  for (const change of waiting) {
    try {
      const control = waitingControl(change)
      const asked = changeOf(after, control)
      after = stateAfter(after, asked, change)
      const { who, reason } = control
      const { routes, formerChampions, withdrawn } = asked
      planned.push({
        ...change,
        change: {
          ...(routes === undefined ? {} : { routes }),
          ...(formerChampions === undefined ? {} : { formerChampions }),
          ...(withdrawn === true ? { withdrawn } : {}),
        },
        ...(who === undefined ? {} : { who }),
        ...(reason === undefined ? {} : { reason }),
      })
    } catch (error) {
      dropped.push({ change, why: error instanceof SluiceError ? error : refused(messageOf(error)) })
    }
  }
  return { planned, refused: dropped }
}

/** The state as it will be, but for the time and the place in what it notes. */
function stateAfter(state: ModelState, asked: AskedFor, { partition, offset }: Pick<WaitingRecord, 'partition' | 'offset'>): ModelState {
  const policy = asked.routes === undefined ? undefined : (state.policies ?? 0) + 1
  return changedState(state, { ...asked, asked: { partition, offset, acceptedAt: 0 } }, policy)
}
