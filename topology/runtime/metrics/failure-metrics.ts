import { SluiceError } from '../../../base/index.ts'
import type { CorruptionKind } from '../../../stores/index.ts'
import type { MetricDefinition } from '../../metrics/index.ts'
import { isPassing, protocolErrorOf } from '../kafka/index.ts'
import type { LostReason } from '../topics/index.ts'

const counter = (name: string, help: string, labels: readonly string[]): MetricDefinition => ({ name, kind: 'counter', help, labels })

/** Why a store was deleted and restored: its rows are damaged, or its changelog cannot be read on from its position. */
export type RebuildReason = CorruptionKind | LostReason

/** Why a member was removed: its process is dead, it belonged to an earlier process of this instance, or its thread has failed. */
export type EvictionReason = 'dead' | 'former' | 'failed'

export const threadFailures = counter(
  'sluice_thread_failures_total',
  'Stream threads that failed, by error code; each is replaced, up to ten failures in a row.',
  ['code'],
)
export const brokerAway = counter(
  'sluice_broker_away_seconds_total',
  'Seconds without an answer of a broker, counted from three seconds on, of stream threads and of waits for a broker.',
  [],
)
export const membersEvicted = counter('sluice_members_evicted_total', 'Members that this instance removed from the group.', ['reason'])
export const storesRebuilt = counter(
  'sluice_stores_rebuilt_total',
  'Stores whose rows were deleted, to be restored from the beginning of the changelog.',
  ['store', 'reason'],
)
export const statesRemoved = counter(
  'sluice_task_states_removed_total',
  'Tasks that moved to another instance and whose local state was removed after the delay.',
  [],
)
export const tasksAbandoned = counter(
  'sluice_tasks_abandoned_total',
  'Tasks that a rebalance closed without a commit, by error code; their records since the last commit are consumed again.',
  ['code'],
)
export const followerRetries = counter(
  'sluice_follower_retries_total',
  'Failures of standby tasks and global stores, by error code; each is retried after one second.',
  ['kind', 'code'],
)

export const offsetsForward = counter(
  'sluice_offsets_brought_forward_total',
  'Committed input offsets that a broker had lost and that were brought forward to where the rows of the same commit stand.',
  ['task'],
)

export const foreignRows = counter(
  'sluice_foreign_rows_total',
  'Changelog records of another writer that a task found beside its own, and replaced by its own rows.',
  ['task'],
)

/** What each stream thread counts. */
export const ownFailures: readonly MetricDefinition[] = [
  offsetsForward,
  foreignRows,
  brokerAway,
  storesRebuilt,
  tasksAbandoned,
  followerRetries,
]

/** The metrics that an instance counts outside its stream threads. */
export const instanceFailures: readonly MetricDefinition[] = [threadFailures, membersEvicted, statesRemoved, ...ownFailures]

/**
 * The code of a failure, for a label: the code of the first SluiceError among the error and its causes, else Kafka's name of the error, else
 * BROKER_UNREACHABLE if no broker answered, else OTHER.
 */
export function failureCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SluiceError) return cause.code
    if (cause.cause === cause) break
  }
  return protocolErrorOf(error) ?? (isPassing(error) ? 'BROKER_UNREACHABLE' : 'OTHER')
}
