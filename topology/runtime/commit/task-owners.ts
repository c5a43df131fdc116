import limitConcurrency from 'p-limit'
import { env, type TopicPartition } from '../../../base/index.ts'
import type { Cluster, KafkaLog } from '../kafka/index.ts'
import { TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import { againWhenLost } from './again-when-lost.ts'
import { checkMember, type GroupMember } from './check-member.ts'
import { settleEverywhere } from './hanging-transaction.ts'
import { allTransactionalIds } from './listed-transactions.ts'

export interface TaskOwners {
  readonly applicationId: string
  /** The tasks that are taken over. */
  readonly tasks: readonly string[]
  /** The partitions that a task may write. */
  readonly targetsOf: (task: string) => readonly TopicPartition[]
  readonly timeoutMs: number
  /** The membership of the takeover; undefined: it is nobody's, and is not asked for. */
  readonly member: GroupMember | undefined
  readonly log?: KafkaLog | undefined
}

const atOnce = 16

/** The transactional id of a task, for members that commit each task by itself. */
export function taskTransactionalId(applicationId: string, task: string): string {
  return `${applicationId}-${task}`
}

/**
 * Fences members that commit each task by itself, in transactions that are named by the task: those of older builds, and those that were started before the
 * cluster's `transaction.version` was raised to 2. Their offsets are not those of a member of a generation, so the group's coordinator takes them from a
 * member that the group has long removed. One that was frozen with no open transaction would commit once more when it wakes. Does nothing where no such
 * id was ever used. Throws TASK_FENCED if the group has gone on without this member, and Kafka's errors.
 */
export async function fenceTaskOwners(cluster: Cluster, owners: TaskOwners): Promise<void> {
  const { applicationId, tasks, timeoutMs, member, log } = owners
  const byId = new Map(tasks.map(task => [taskTransactionalId(applicationId, task), task]))
  const used = (await allTransactionalIds(cluster)).filter(id => byId.has(id))
  if (used.length === 0) return
  if (member !== undefined) await checkMember(cluster, applicationId, member, env.monotonic() + timeoutMs)
  const fencing = limitConcurrency(atOnce)
  await Promise.all(used.map(id => fencing(() => fence(cluster, id, byId.get(id) as string, owners))))
  log?.('debug', 'fenced former owners of tasks, which commit each task by itself', { tasks: used.map(id => byId.get(id)).join(' ') })
}

/** Ends what the last transaction of the id has left open, as it ended, or by an abort. For that the id is taken, which fences its owner. */
async function fence(
  cluster: Cluster,
  transactionalId: string,
  task: string,
  { applicationId, targetsOf, timeoutMs }: TaskOwners,
): Promise<void> {
  const lookup = cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
  const former = { transactionalId, groupId: applicationId, targets: targetsOf(task), timeoutMs }
  await againWhenLost(() => settleEverywhere(new TransactionSession(lookup, { transactionalId, timeoutMs }), former))
}
