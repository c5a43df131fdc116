import { env, pause, type Timer } from '../../../../base/index.ts'
import { hasMoved, isDisconnection } from './ask-again.ts'
import { isClosed } from './closed-cluster.ts'
import type { Mend } from './mend.ts'
import { steadyClock } from './steady-clock.ts'

interface BeatingGroup {
  readonly groupId: string
  /** When the coordinator answered the last heartbeat, by the steady clock. */
  readonly lastRequest: number
  readonly generationId: number | null
  readonly memberId: string | null
  coordinator: object | null
  readonly cluster: { findGroupCoordinator(query: { readonly groupId: string }): Promise<object> }
}

interface Methods {
  heartbeat: (this: BeatingGroup, options: { readonly interval: number }) => Promise<void>
}

/**
 * How long the fetches of a member wait for the answer to a heartbeat, ms; usually it takes much less. A later answer is handled at the next
 * heartbeat.
 */
const answerMs = 100
/** The pause between two lookups of a coordinator, ms. */
const lookupPauseMs = 100

interface Beats {
  /** The heartbeat whose answer has not come yet. */
  underWay: Promise<void> | undefined
  /** An error that came after the wait for it had ended, and its generation. */
  late: { readonly error: unknown; readonly generationId: number | null } | undefined
  /** Whether the coordinator is being looked up. No heartbeat is sent in the meantime. */
  searching: boolean
}

/** Wraps `heartbeat`: it looks for a coordinator that has moved or died, and never waits long. */
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

/** Sends a heartbeat. Rejects only with errors that need a join. */
function beat(group: BeatingGroup, own: Beats, send: () => Promise<void>): Promise<void> {
  const { generationId, memberId } = group
  return send()
    .catch((error: unknown) => {
      // Errors of a former generation or member id are ignored.
      if (group.generationId !== generationId || group.memberId !== memberId) return
      if (!hasMoved(error) && !isDisconnection(error)) throw error
      void search(group, own)
    })
    .finally(() => (own.underWay = undefined))
}

/** Waits for the heartbeat in progress, for at most `answerMs`. */
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

/**
 * Looks up the coordinator until it is found, the member joins again, or its client is disconnected: a member that could not leave its group keeps its id and
 * generation. The new coordinator has the same group and generation.
 */
async function search(group: BeatingGroup, own: Beats): Promise<void> {
  const { generationId, memberId, groupId } = group
  const goesOn = (): boolean =>
    group.generationId === generationId && group.memberId === memberId && memberId !== null && !isClosed(group.cluster)
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
 * kafkajs' consumer sends its heartbeats to the broker at which it joined, even if that is dead, until its session expires and it is removed from its
 * group. If a broker answers that it is not the coordinator any more, the consumer joins again, and the whole group rebalances. While a heartbeat has
 * no answer, nothing is fetched. With this mend the consumer looks up the coordinator in the background and continues.
 */
export const movedCoordinatorMend: Mend = {
  defect: 'a member does not find the coordinator of its group when it moves',
  apply(modules) {
    followCoordinator((modules.load('src/consumer/consumerGroup.js') as { prototype: Methods }).prototype)
  },
}
