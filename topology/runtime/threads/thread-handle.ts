import { messageOf } from '../../../base/index.ts'
import type { MetricFamily } from '../../metrics/index.ts'
import type { StreamsCounters, TaskId, TaskStatus } from '../../queryable-streams.ts'
import type { ThreadQueries } from '../queries/index.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { KafkaLog } from '../kafka/index.ts'

/** The status of a stream thread. That of a worker is the last one that it sent: at most 250 ms old, unless the worker is busy. */
export interface ThreadStatus {
  /** Whether the thread is joining the group, for the first time or again. */
  readonly joining: boolean
  /** The member id; '' before the first join. */
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
  /** The thread's metrics; those that it sent last if a worker does not answer within 500 ms or has ended. Never rejects. */
  metrics(): Promise<readonly MetricFamily[]>
  /** Resolves once the thread has joined the group. A thread whose start failed must be closed too. */
  start(): Promise<void>
  /** Commits, closes the tasks and leaves the group; after a failure it does not commit. */
  close(): Promise<void>
  /** Terminates a worker at once, whatever it is doing; safe to call after `close`. Has no effect on an inline thread. */
  discard(): Promise<void>
}

/** The events of a thread, for its supervisor. */
export interface ThreadEvents {
  /** Whether this is the thread of its instance that checks for partitions that were added to inputs. */
  readonly watchesInputs: boolean
  /** The thread cannot go on: close it and start another. A failure before the first join makes `start` reject; a later one may do both. */
  onFailure(error: unknown): void
  /** Tasks were added or removed, or changed their state. */
  onTasks(): void
}

/** Returns a function that logs a dead letter with its origin and cause. */
export function deadLetterLog(log: KafkaLog | undefined): (task: TaskId, record: StreamRecord, cause: unknown) => void {
  return (task, { topic, partition, offset }, cause) =>
    log?.('warn', 'dead letter', { task, topic, partition, offset, cause: messageOf(cause) })
}
