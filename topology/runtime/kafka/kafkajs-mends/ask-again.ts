import { pause } from '../../../../base/index.ts'
/** The coordinator is loading, not there, or another one by now. */
const moved: ReadonlySet<unknown> = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP'])
/** The partition is led elsewhere, or, if it is a new one, its leader does not know yet. */
const ledElsewhere: ReadonlySet<unknown> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
])
/** It is completing the transaction before: within milliseconds, unless a broker is away. */
export const concurrent = 'CONCURRENT_TRANSACTIONS'

const firstPauseMs = 1
const maxPauseMs = 20

export interface AskAgainOptions {
  /** The last try begins before it, by `now`. */
  readonly deadline: number
  readonly now: () => number
  /** Whoever was asked is not the one any more, or cannot be reached. */
  readonly onMoved: () => void
  /** A request may have been sent whose answer will not come: it may still arrive, late. */
  readonly onUnanswered?: () => void
}

/** Asks a coordinator or a leader again as long as it is not there, not the one, or busy with what was asked before. What else it says is thrown. */
export async function askAgain<T>(request: () => Promise<T>, { deadline, now, onMoved, onUnanswered }: AskAgainOptions): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await request()
    } catch (error) {
      const type = typeOf(error)
      if (isDisconnection(error)) onUnanswered?.()
      const elsewhere = moved.has(type) || ledElsewhere.has(type) || isDisconnection(error)
      if ((!elsewhere && type !== concurrent) || now() >= deadline) throw error
      if (elsewhere) onMoved()
      await pauseBefore(tries)
    }
  }
}

export function hasMoved(error: unknown): boolean {
  return moved.has(typeOf(error))
}

/** Kafka's name of an error, as kafkajs gives it. */
export function typeOf(error: unknown): unknown {
  return (error as { readonly type?: unknown }).type
}

/** Longer with each try. */
export function pauseBefore(tries: number): Promise<void> {
  return pause(Math.min(firstPauseMs * tries, maxPauseMs))
}

export function isDisconnection(error: unknown): boolean {
  return error instanceof Error && /^KafkaJS(Connection(Closed)?Error|RequestTimeout|BrokerNotFound)/.test(error.name)
}
