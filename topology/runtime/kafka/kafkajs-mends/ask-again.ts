import { pause } from '../../../../base/index.ts'

/** The coordinator is loading or not available, or another broker is the coordinator now. */
const moved: ReadonlySet<unknown> = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP'])
/** Errors of a broker that is not the leader of a partition, or of a new partition, not yet. */
const ledElsewhere: ReadonlySet<unknown> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
])
/** The coordinator is still completing the previous transaction, which takes milliseconds unless a broker is away. */
export const concurrent = 'CONCURRENT_TRANSACTIONS'
/** A transaction that commits offsets has no end yet at the group's coordinator, where only stable ones are asked for. */
const unstable = 'UNSTABLE_OFFSET_COMMIT'

const firstPauseMs = 1
const maxPauseMs = 20

export interface AskAgainOptions {
  /** No try begins after this time, by `now`. */
  readonly deadline: number
  readonly now: () => number
  /** Called when the broker is not the coordinator any more, or cannot be reached, before the next try. */
  readonly onMoved: () => void
  /** Called when the connection was lost: the request may have been sent, and may still arrive at the broker. */
  readonly onUnanswered?: () => void
}

/**
 * Repeats a request to a coordinator or a leader while it is not available, has moved, or is completing the previous transaction, also where that holds committed
 * offsets. Throws any other error, and the last error after the deadline.
 */
export async function askAgain<T>(request: () => Promise<T>, { deadline, now, onMoved, onUnanswered }: AskAgainOptions): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await request()
    } catch (error) {
      const type = typeOf(error)
      if (isDisconnection(error)) onUnanswered?.()
      const elsewhere = moved.has(type) || ledElsewhere.has(type) || isDisconnection(error)
      if ((!elsewhere && type !== concurrent && type !== unstable) || now() >= deadline) throw error
      if (elsewhere) onMoved()
      await pauseBefore(tries)
    }
  }
}

export function hasMoved(error: unknown): boolean {
  return moved.has(typeOf(error))
}

/** Kafka's name of an error, which kafkajs keeps in `type`. */
export function typeOf(error: unknown): unknown {
  return (error as { readonly type?: unknown }).type
}

/** Waits 1 ms for each try so far, at most 20 ms. */
export function pauseBefore(tries: number): Promise<void> {
  return pause(Math.min(firstPauseMs * tries, maxPauseMs))
}

export function isDisconnection(error: unknown): boolean {
  return error instanceof Error && /^KafkaJS(Connection(Closed)?Error|RequestTimeout|BrokerNotFound)/.test(error.name)
}
