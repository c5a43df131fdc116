import limitConcurrency from 'p-limit'
import { env, pause, SluiceError, topicPartition } from '../../../base/index.ts'
import type { TopicPartitions } from '../group/index.ts'
import { protocolErrorOf, type Cluster, type KafkaLog } from '../kafka/index.ts'
import { CoordinatorLookup, ordinaryTimeoutMs } from '../kafka/transactions/index.ts'
import { askAgain, TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import { canRequireStable, fetchStableOffsets, initProducerId, openStates } from '../kafka/wire/index.ts'
import { againWhenLost, takeoverDeadline } from './again-when-lost.ts'
import { checkMember, type GroupMember } from './check-member.ts'
import { describedTransactionalIds } from './described-members.ts'
import { settleHangingTransaction } from './hanging-transaction.ts'
import { listingMs } from './ask-each-broker.ts'
import { listedTransactions } from './listed-transactions.ts'
import { type Ongoing, ongoingAt, ongoingTransaction } from './ongoing-transaction.ts'
import { openPartitions } from './open-partitions.ts'
import { taskTransactionalId } from './task-owners.ts'

export interface FormerTransactions {
  readonly applicationId: string
  /**
   * The transactional ids of all members of the generation. Without this member's own id, the leader is of an older build, which does not send them: then the
   * group's coordinator is asked.
   */
  readonly members: readonly string[]
  /** The transactional id of this member. */
  readonly own: string
  /** The tasks that are taken over; members of older builds have a transactional id for each. */
  readonly tasks: readonly string[]
  /** The inputs whose committed offsets have to be stable. */
  readonly inputs: TopicPartitions
  /** The changelog partitions of the tasks. */
  readonly changelogs: TopicPartitions
  readonly timeoutMs: number
  /** The membership that `members` is of; undefined: it is nobody's, and is not asked for. */
  readonly member?: GroupMember | undefined
  readonly log?: KafkaLog | undefined
}

const askAgainMs = 10
/** How many former ids are settled at the same time: there is one for each thread of the last days. */
const atOnce = 16
/**
 * If offsets are still not stable this long after the last transaction of a former member has ended, a broker has forgotten to write an end marker,
 * ms.
 */
const hangingMs = 5000
/** How much later than the member before it each member writes a missing end, ms, and the most members that do so one after the other. */
const turnMs = 500
const mostTurns = 8
/** The pause before missing ends are looked for again, where that was cut short or not all brokers have answered, ms. */
const settleAgainMs = 250
const unheard =
  'a takeover went on although not all brokers say which transactions are open: no offset and no row waits for one, and what only outputs wait for ends at its timeout'
/** Errors that mean that the transaction has changed in the meantime; it is described again. */
const changed: ReadonlySet<string | undefined> = new Set(['CONCURRENT_TRANSACTIONS', 'PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'])
/** Errors that mean that somebody else has taken the id, or has ended its transaction. */
const taken: ReadonlySet<string | undefined> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
])

/** The transactional id of a member. No application id contains a slash, so the ids of different applications never have the same prefix. */
export function memberTransactionalId(applicationId: string, unique: string): string {
  return `${applicationId}-thread/${unique}`
}

/**
 * Ends the open transactions of former members. Resolves once the committed offsets of the inputs are stable (KIP-447) and the changelogs contain no
 * records of open transactions. Transactions that a former member did not end are aborted; for those that it has ended this waits. A former member
 * that is still alive is fenced by the abort, and cannot commit another transaction, because its generation is over. If a broker has forgotten to
 * write an end marker, it is written with the outcome of its transaction. A member that was frozen in the meantime and has left the group does not know
 * the members after it, so it ends nothing: TASK_FENCED. Throws COMMIT_FAILED if something stays open for twice the transaction timeout.
 */
export async function endFormerTransactions(cluster: Cluster, told: FormerTransactions): Promise<void> {
  const { applicationId, own, timeoutMs, log } = told
  const started = env.monotonic()
  const deadline = takeoverDeadline(timeoutMs)
  const members = told.members.includes(own) ? told.members : await describedTransactionalIds(cluster, applicationId, deadline)
  const former = { ...told, members }
  const turn = Math.min(Math.max(0, members.toSorted().indexOf(own)), mostTurns)
  let settleAt = started + Math.min(hangingMs, timeoutMs) + turn * turnMs
  const settled = new Set<string>()
  for (;;) {
    const { ids: listed, unanswered } = await listedTransactions(cluster, openStates)
    const ids = listed.filter(id => isFormer(id, former))
    await endOpen(cluster, ids, former, deadline)
    const open = await openOf(cluster, former, deadline)
    const now = env.monotonic()
    if (open.length === 0 && ids.length === 0 && (unanswered.length === 0 || now - started >= listingMs)) {
      if (unanswered.length > 0) log?.('warn', unheard, { brokers: unanswered.join('; ') })
      return
    }
    if (now >= deadline) throw new SluiceError('COMMIT_FAILED', notEnding([...ids, ...open], unanswered))
    if (ids.length === 0 && now >= settleAt) {
      log?.('warn', 'an end of a transaction is missing: it is written, as its transaction ended', { where: open.join(', ') })
      const isComplete = await settleAll(cluster, former, settled, deadline)
      settleAt = isComplete ? Infinity : env.monotonic() + settleAgainMs
    }
    await pause(askAgainMs)
  }
}

function notEnding(what: readonly string[], unanswered: readonly string[]): string {
  const unknown = unanswered.length === 0 ? '' : `; not all brokers say what is open (${unanswered.join('; ')})`
  return `a transaction does not end (${what.join(', ')}): what is committed cannot be told${unknown}; kafka-transactions.sh find-hanging finds it, and abort ends it`
}

/** Ends the transactions of the ids that are not told to end yet: by commit those that make a commit once more, by abort all others. */
async function endOpen(cluster: Cluster, ids: readonly string[], former: FormerTransactions, deadline: number): Promise<void> {
  const ongoing = (await Promise.all(ids.map(id => ongoingTransaction(cluster, id, deadline)))).filter(found => found !== undefined)
  // After the transactions were looked up: each of them is then of this generation or of one before, and is known by an identity that no later one has.
  if (ongoing.length > 0) await checkFormer(cluster, former, deadline)
  await Promise.all(
    ongoing.map(each => (each.settling ? settle(cluster, each.id, former, deadline) : abort(cluster, each, former, deadline))),
  )
}

/**
 * Writes the ends that the last transactions of former members may lack, of those that are not `settled` yet, and adds them. false: it is to be done again, because
 * somebody else has taken an id meanwhile, or a broker that does not answer may know more of them.
 */
async function settleAll(cluster: Cluster, former: FormerTransactions, settled: Set<string>, deadline: number): Promise<boolean> {
  const { ids, unanswered } = await listedTransactions(cluster, [])
  // After the ids were looked up: those of members that came later are not among them.
  await checkFormer(cluster, former, deadline)
  const settling = limitConcurrency(atOnce)
  const left = ids.filter(id => isFormer(id, former) && !settled.has(id))
  const done = await Promise.all(left.map(id => settling(() => settle(cluster, id, former, deadline))))
  left.forEach((id, at) => void (done[at] === true && settled.add(id)))
  return unanswered.length === 0 && done.every(Boolean)
}

/** Whether no transaction that commits offsets of the inputs is open or not ended everywhere, so that the committed offsets are the last ones. */
export async function hasStableOffsets(
  cluster: Cluster,
  { applicationId, inputs, timeoutMs }: Pick<FormerTransactions, 'applicationId' | 'inputs' | 'timeoutMs'>,
): Promise<boolean> {
  if (Object.keys(inputs).length === 0) return true
  return (await unstableOf(cluster, { applicationId, inputs }, env.monotonic() + timeoutMs)).length === 0
}

/** The committed offsets of inputs and the changelog partitions that are affected by transactions without an end in all partitions; for messages. */
async function openOf(
  cluster: Cluster,
  { applicationId, inputs, changelogs }: FormerTransactions,
  deadline: number,
): Promise<readonly string[]> {
  const onMoved = (): void => void cluster.refreshMetadata().catch(() => undefined)
  const [unstable, open] = await Promise.all([
    unstableOf(cluster, { applicationId, inputs }, deadline),
    askAgain(() => openPartitions(cluster, changelogs), { deadline, now: () => env.monotonic(), onMoved }),
  ])
  return [...unstable, ...open]
}

/** The inputs of whose offsets a transaction holds a later one, in words; none where the brokers cannot tell. */
export async function unstableOf(
  cluster: Cluster,
  { applicationId, inputs }: Pick<FormerTransactions, 'applicationId' | 'inputs'>,
  deadline: number,
): Promise<readonly string[]> {
  const group = new CoordinatorLookup(cluster, 'group', applicationId)
  const offsets = await group.ask(
    async coordinator => (canRequireStable(coordinator) ? fetchStableOffsets(coordinator, applicationId, inputs) : []),
    deadline,
  )
  return [...offsets].flatMap(([topic, found]) =>
    [...found].flatMap(([partition, committed]) => (committed === undefined ? [`the offset of ${topicPartition(topic, partition)}`] : [])),
  )
}

/**
 * Writes the ends that the last transaction of the id may lack. To be called where no coordinator has an open transaction, so that a broker that was killed while it
 * ended one has not written a marker: that one belongs to the last transaction of its id. The end of a later one would have ended it too, and a producer whose
 * transaction fails begins no other. false: somebody else has taken the id meanwhile, as another member does that takes over tasks of the same thread.
 */
async function settle(
  cluster: Cluster,
  transactionalId: string,
  { applicationId: groupId, timeoutMs, changelogs, log }: FormerTransactions,
  deadline: number,
): Promise<boolean> {
  const targets = Object.entries(changelogs).flatMap(([topic, partitions]) => partitions.map(partition => ({ topic, partition })))
  const lookup = cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
  const former = { transactionalId, groupId, targets, timeoutMs, deadline, shared: true }
  const once = (): Promise<void> =>
    settleHangingTransaction(new TransactionSession(lookup, { transactionalId, timeoutMs, deadline }), former)
  try {
    await againWhenLost(once, { transactionalId, deadline, log })
    return true
  } catch (error) {
    if (!taken.has(protocolErrorOf(error))) throw error
    return false
  }
}

function isFormer(id: string, { applicationId, members, own, tasks }: FormerTransactions): boolean {
  if (tasks.some(task => id === taskTransactionalId(applicationId, task))) return true
  return id.startsWith(memberTransactionalId(applicationId, '')) && members.includes(own) && !members.includes(id)
}

/**
 * Aborts a transaction by its identity: if it is told to end meanwhile, nothing is done, and its outcome stays in the coordinator's log. Before each try it must still be
 * open: the id of one that was completed in the meantime, as by a coordinator that was started anew, would be given by its last identity too, and its outcome be forgotten.
 */
async function abort(cluster: Cluster, { id, identity }: Ongoing, { timeoutMs, log }: FormerTransactions, deadline: number): Promise<void> {
  const aborted = await new CoordinatorLookup(cluster, 'transaction', id).ask(async each => {
    const open = (await ongoingAt(each, id))?.identity
    if (open?.producerId !== identity.producerId || open.epoch !== identity.epoch) return false
    try {
      await initProducerId(each, id, ordinaryTimeoutMs(timeoutMs), identity)
    } catch (error) {
      if (!changed.has(protocolErrorOf(error))) throw error
    }
    return true
  }, deadline)
  if (aborted) log?.('info', 'aborted the open transaction of a former member', { transactionalId: id })
}

/** Throws TASK_FENCED if the group has gone on without the member. */
async function checkFormer(cluster: Cluster, { applicationId, member }: FormerTransactions, deadline: number): Promise<void> {
  if (member !== undefined) await checkMember(cluster, applicationId, member, deadline)
}
