import limitConcurrency from 'p-limit'
import { env, messageOf, pause, SluiceError, type TopicPartition } from '../../../base/index.ts'
import type { Cluster, KafkaLog } from '../kafka/index.ts'
import { describeTransaction, isClosed, TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import { CoordinatorLookup } from '../kafka/transactions/index.ts'
import { againWhenLost, takeoverDeadline } from './again-when-lost.ts'
import { listingMs } from './ask-each-broker.ts'
import { checkMember, type GroupMember } from './check-member.ts'
import { settleEverywhere } from './hanging-transaction.ts'
import { listedTransactions } from './listed-transactions.ts'

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
/** For how long coordinators are asked one by one, where not all brokers list their ids, and the pause before that is done again later, ms. */
const askMs = 500
const laterMs = 1000

/** The transactional id of a task, for members that commit each task by itself. */
export function taskTransactionalId(applicationId: string, task: string): string {
  return `${applicationId}-${task}`
}

/** Whether an id is one of those, of any task of the application. */
function isTaskId(applicationId: string, id: string): boolean {
  return id.startsWith(`${applicationId}-`) && /^\d+_\d+$/.test(id.slice(applicationId.length + 1))
}

/**
 * Fences members that commit each task by itself, in transactions that are named by the task: those of older builds, and those that were started before the
 * cluster's `transaction.version` was raised to 2. Their offsets are not those of a member of a generation, so the group's coordinator takes them from a
 * member that the group has long removed. One that was frozen with no open transaction would commit once more when it wakes. Does nothing where no such
 * id was ever used.
 *
 * Where a broker is away, each id's own coordinator is asked. While that is away too, nobody can commit under the id; but it may come back to both. If the application
 * is known to have committed task by task, this waits for it: COMMIT_FAILED. Otherwise the takeover goes on, and the id is fenced, if it was ever used, as soon as its
 * coordinator says so. Throws TASK_FENCED if the group has gone on without this member, and Kafka's errors.
 */
export async function fenceTaskOwners(cluster: Cluster, owners: TaskOwners): Promise<void> {
  const { applicationId, tasks, timeoutMs, member, log } = owners
  const [asked, deadline] = [env.monotonic(), takeoverDeadline(timeoutMs)]
  const byId = new Map(tasks.map(task => [taskTransactionalId(applicationId, task), task]))
  const { ids, unanswered } = await listedTransactions(cluster, [])
  const listed = new Set(ids)
  const used = [...byId.keys()].filter(id => listed.has(id))
  if (unanswered.length > 0) {
    const unlisted = [...byId.keys()].filter(id => !listed.has(id))
    const first = await usedOf(cluster, unlisted, Math.max(asked + listingMs, env.monotonic() + askMs))
    const mayBe = first.used.length > 0 || ids.some(id => isTaskId(applicationId, id))
    const last = mayBe ? await usedOf(cluster, first.unknown, deadline) : { used: [], unknown: first.unknown }
    const about = { tasks: last.unknown.map(id => byId.get(id)).join(' '), brokers: unanswered.join('; ') }
    if (mayBe && last.unknown.length > 0) throw notFenced(about)
    if (last.unknown.length > 0) {
      log?.('warn', 'a takeover went on although it is not known whether tasks have owners that commit each task by itself', about)
      void fenceLater(cluster, last.unknown, byId, owners)
    }
    used.push(...first.used, ...last.used)
  }
  if (used.length === 0) return
  if (member !== undefined) await checkMember(cluster, applicationId, member, env.monotonic() + timeoutMs)
  const fencing = limitConcurrency(atOnce)
  await Promise.all(used.map(id => fencing(() => fence(cluster, id, byId.get(id) as string, owners, deadline))))
  log?.('debug', 'fenced former owners of tasks, which commit each task by itself', { tasks: used.map(id => byId.get(id)).join(' ') })
}

function notFenced({ tasks, brokers }: { readonly tasks: string; readonly brokers: string }): SluiceError {
  return new SluiceError(
    'COMMIT_FAILED',
    `former owners that commit each task by itself could not be fenced (${tasks}): the coordinators of their transactional ids do not answer (${brokers}). The thread tries again`,
  )
}

interface UsedIds {
  readonly used: readonly string[]
  /** Those whose coordinators do not answer in time. */
  readonly unknown: readonly string[]
}

/** Which of the ids were ever used, as their own coordinators say. */
async function usedOf(cluster: Cluster, ids: readonly string[], deadline: number): Promise<UsedIds> {
  const asking = limitConcurrency(atOnce)
  const over = new AbortController()
  const tooLate = pause(deadline - env.monotonic(), over.signal)
  const told = await Promise.all(ids.map(id => asking(() => Promise.race([isUsed(cluster, id, deadline), tooLate]))))
  over.abort()
  return { used: ids.filter((_, at) => told[at] === true), unknown: ids.filter((_, at) => told[at] === undefined) }
}

/** undefined: its coordinator does not answer. */
async function isUsed(cluster: Cluster, id: string, deadline: number): Promise<boolean | undefined> {
  const describe = async (coordinator: object): Promise<boolean> =>
    (await describeTransaction(coordinator as Parameters<typeof describeTransaction>[0], id)) !== undefined
  return new CoordinatorLookup(cluster, 'transaction', id).ask(describe, deadline).catch(() => undefined)
}

/** Fences owners as soon as their coordinators answer, until the cluster is disconnected. An id that nobody has used needs no fence. */
async function fenceLater(cluster: Cluster, ids: readonly string[], byId: ReadonlyMap<string, string>, owners: TaskOwners): Promise<void> {
  const { timeoutMs, log } = owners
  for (let left = ids; left.length > 0;) {
    await pause(laterMs)
    if (isClosed(cluster)) return
    const { used, unknown } = await usedOf(cluster, left, env.monotonic() + listingMs)
    const fenced = await Promise.all(
      used.map(id =>
        fence(cluster, id, byId.get(id) as string, owners, takeoverDeadline(timeoutMs)).then(
          () =>
            log?.('warn', 'fenced a former owner of a task only after its takeover, once its coordinator answered', { task: byId.get(id) }),
          (error: unknown) => {
            log?.('warn', 'a former owner of a task could not be fenced; it is tried again', {
              task: byId.get(id),
              error: messageOf(error),
            })
            return id
          },
        ),
      ),
    )
    left = [...unknown, ...fenced.filter(id => id !== undefined)]
  }
}

/** Ends what the last transaction of the id has left open, as it ended, or by an abort. For that the id is taken, which fences its owner. */
async function fence(
  cluster: Cluster,
  transactionalId: string,
  task: string,
  { applicationId, targetsOf, timeoutMs, log }: TaskOwners,
  deadline: number,
): Promise<void> {
  const lookup = cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
  const former = { transactionalId, groupId: applicationId, targets: targetsOf(task), timeoutMs, deadline }
  const once = (): Promise<void> => settleEverywhere(new TransactionSession(lookup, { transactionalId, timeoutMs, deadline }), former)
  await againWhenLost(once, { transactionalId, deadline, log })
}
