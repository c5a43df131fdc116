import { env, pause, type Timer } from '../../../../base/index.ts'
import { hasMoved, isDisconnection } from './ask-again.ts'
import type { Mend } from './mend.ts'
import { steadyClock } from './steady-clock.ts'

interface BeatingGroup {
  readonly groupId: string
  /** When the last heartbeat was answered, by the steady clock. */
  readonly lastRequest: number
  readonly generationId: number | null
  readonly memberId: string | null
  coordinator: object | null
  readonly cluster: { findGroupCoordinator(query: { readonly groupId: string }): Promise<object> }
}

interface Methods {
  heartbeat: (this: BeatingGroup, options: { readonly interval: number }) => Promise<void>
}

/** How long the fetches of a member wait for the answer to a heartbeat, ms: many times what it takes. A later answer counts with the next heartbeat. */
const answerMs = 100
/** Between two lookups of a coordinator, ms. */
const lookupPauseMs = 100

interface Beats {
  /** The heartbeat that is not answered yet. */
  underWay: Promise<void> | undefined
  /** An error that was answered after nobody waited for it any more, and the generation that it concerns. */
  late: { readonly error: unknown; readonly generationId: number | null } | undefined
  /** Whether the coordinator is looked up: nobody can be asked meanwhile. */
  searching: boolean
}

/** Makes `heartbeat` follow a coordinator that moves or dies, and never wait long. */
export function followCoordinator(prototype: Methods): void {
  const { heartbeat } = prototype
  const beats = new WeakMap<BeatingGroup, Beats>()
  const beatsOf = (group: BeatingGroup): Beats => {
    let own = beats.get(group)
    if (own === undefined) beats.set(group, (own = { underWay: undefined, late: undefined, searching: false }))
    return own
  }
  prototype.heartbeat = async function (options) {
    const own = beatsOf(this)
    const { late } = own
    own.late = undefined
    if (late !== undefined && late.generationId === this.generationId) throw late.error
    if (own.searching || steadyClock.now() < this.lastRequest + options.interval) return
    own.underWay ??= beat(this, own, () => heartbeat.call(this, options))
    await inTime(own, this.generationId)
  }
}

/** Sends a heartbeat; rejects with what only a join can mend, or nothing. */
function beat(group: BeatingGroup, own: Beats, send: () => Promise<void>): Promise<void> {
  const { generationId, memberId } = group
  return send()
    .catch((error: unknown) => {
      // Of an assignment that is over, nothing is to be said.
      if (group.generationId !== generationId || group.memberId !== memberId) return
      if (!hasMoved(error) && !isDisconnection(error)) throw error
      void search(group, own)
    })
    .finally(() => (own.underWay = undefined))
}

/** Waits for the heartbeat that is under way, but not long. */
async function inTime(own: Beats, generationId: number | null): Promise<void> {
  const { underWay } = own
  if (underWay === undefined) return
  let timer: Timer | undefined
  const tooLate = new Promise<true>(resolve => (timer = env.timer(answerMs, () => resolve(true))))
  try {
    if ((await Promise.race([underWay, tooLate])) !== true) return
  } finally {
    timer?.cancel()
  }
  underWay.catch((error: unknown) => (own.late = { error, generationId }))
}

/** The group is the same at its next coordinator, and so is the generation: it is only to be found. */
async function search(group: BeatingGroup, own: Beats): Promise<void> {
  const { generationId, memberId, groupId } = group
  const goesOn = (): boolean => group.generationId === generationId && group.memberId === memberId && memberId !== null
  own.searching = true
  try {
    while (goesOn()) {
      const found = await group.cluster.findGroupCoordinator({ groupId }).catch(() => undefined)
      if (found !== undefined && goesOn()) group.coordinator = found
      if (found !== undefined) return
      await pause(lookupPauseMs)
    }
  } finally {
    own.searching = false
  }
}

/**
 * kafkajs' consumer sends its heartbeats to the broker that it joined at, dead or not, until the session is over: it is removed from its group though nothing
 * happened to it. A coordinator that answers that it is not the one any more makes it join again, and the whole group with it. And while a heartbeat has no
 * answer, nothing is fetched. Here it looks for the coordinator meanwhile, and goes on.
 */
export const movedCoordinatorMend: Mend = {
  defect: 'a member does not find the coordinator of its group when it moves',
  apply(modules) {
    followCoordinator((modules.load('src/consumer/consumerGroup.js') as { prototype: Methods }).prototype)
  },
}
