import { messageOf } from '../../../base/sluice-error.ts'
import type { MetricFamily } from '../../metrics/metrics-recorder.ts'
import type {
  KeyVersions,
  KeyVersionsQuery,
  PartitionQuery,
  PartitionShare,
  ReadOptions,
  StaleValue,
  StreamsCounters,
  TaskId,
  TaskStatus,
} from '../../queryable-streams.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { KafkaLog } from '../kafka/kafka-client.ts'
import type { StreamThread } from './stream-thread.ts'

/** Questions to the stores of one thread's tasks. Values are plain data: they cross threads. */
export interface ThreadQueries {
  /** Throws STORE_UNKNOWN, STORE_NOT_READY (the key's task is not here, or restoring), INPUT_INVALID. */
  query(store: string, key: string, options?: ReadOptions): Promise<unknown>
  /** What the thread's standby or suspended task has of the key. Throws as `QueryableStreams.queryStale`. */
  queryStale(store: string, key: string): Promise<StaleValue>
  /** Throws as `QueryableStreams.queryVersions`. */
  queryVersions(store: string, key: string, query: KeyVersionsQuery): Promise<KeyVersions>
  /** A share for each partition, in their order; `limit` holds for each. Throws STORE_UNKNOWN, STORE_NOT_READY, INPUT_INVALID. */
  queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]>
  /** The value used last; undefined: none yet. Throws STORE_UNKNOWN. */
  queryLatest(store: string, key?: string): Promise<unknown>
}

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

/** What a thread needs of its instance while it is a member of the group. */
export interface ThreadMembership {
  /** Awaited after each join, before the member's work. */
  joined(memberId: string): Promise<void>
  /** The member is one no longer. `orderly`: it surely left the group; else it is removed from it before another thread joins. */
  left(memberId: string, orderly: boolean): Promise<void>
}

export const noCounts: StreamsCounters = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0, rebalances: 0 }

export function addCounts(a: StreamsCounters, b: StreamsCounters): StreamsCounters {
  const names = Object.keys(noCounts) as (keyof StreamsCounters)[]
  return Object.fromEntries(names.map(name => [name, a[name] + b[name]])) as unknown as StreamsCounters
}

export function statusOf({ joining, memberId, tasks, rebalances }: StreamThread): ThreadStatus {
  const own = tasks.tasks.map(({ id, state, stateManager }) => ({
    task: id,
    state,
    restored: state === 'running' ? stateManager.restored : undefined,
  }))
  const followed = tasks.standbys.map(({ id, lag }) => ({ task: id, state: 'standby', restored: undefined, lag }))
  return { joining, memberId, tasks: [...own, ...followed], counters: { ...tasks.counts(), rebalances } }
}

/** Writes every dead letter to the log, with where it came from. */
export function deadLetterLog(log: KafkaLog | undefined): (task: TaskId, record: StreamRecord, cause: unknown) => void {
  return (task, { topic, partition, offset }, cause) =>
    log?.('warn', 'dead letter', { task, topic, partition, offset, cause: messageOf(cause) })
}
