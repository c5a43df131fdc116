import { messageOf } from '../../../base/index.ts'
import type { MetricFamily } from '../../metrics/index.ts'
import type { StreamsCounters, TaskId, TaskStatus } from '../../queryable-streams.ts'
import type { ThreadQueries } from '../queries/index.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { KafkaLog } from '../kafka/index.ts'

/** How a thread stands. Of a worker: as it told last, a quarter of a second ago at most unless it is busy. */
export interface ThreadStatus {
  /** Whether the group is being joined, for the first time or again. */
  readonly joining: boolean
  /** The coordinator's name for it; '' before the first join. */
  readonly memberId: string
  readonly tasks: readonly TaskStatus[]
  readonly counters: StreamsCounters
}

/**
 * One stream thread as the rest of the instance sees it, inline or in a worker thread: a member of the group with its own tasks, stores and
 * Kafka clients.
 *
 *     start ─▶ (tasks come and go) ─▶ close, or after a failure: close, and discard where that hangs
 */
export interface ThreadHandle extends ThreadQueries {
  readonly status: ThreadStatus
  /** Its figures; of a worker that does not answer at once, or has ended, those that it told last. Never rejects. */
  metrics(): Promise<readonly MetricFamily[]>
  /** Resolves once it has joined the group. A thread whose start failed is closed like any other. */
  start(): Promise<void>
  /** Commits, closes the tasks, leaves the group; after a failure nothing is committed. */
  close(): Promise<void>
  /** Ends at once what can be ended, whatever it was doing; safe to call after `close`. */
  discard(): Promise<void>
}

/** What a thread tells its supervisor. */
export interface ThreadEvents {
  /** It cannot go on: close it and start another. A failure before the first join makes `start` reject; one after it may do both. */
  onFailure(error: unknown): void
  /** Tasks came, went, or changed their state. */
  onTasks(): void
}

/** Writes every dead letter to the log, with where it came from. */
export function deadLetterLog(log: KafkaLog | undefined): (task: TaskId, record: StreamRecord, cause: unknown) => void {
  return (task, { topic, partition, offset }, cause) =>
    log?.('warn', 'dead letter', { task, topic, partition, offset, cause: messageOf(cause) })
}
