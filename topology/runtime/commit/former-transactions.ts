import { env, messageOf, pause, SluiceError, topicPartition } from '../../../base/index.ts'
import { goneMember, type TopicPartitions } from '../group/index.ts'
import { protocolErrorOf, type Cluster, type KafkaLog } from '../kafka/index.ts'
import { CoordinatorLookup } from '../kafka/transactions/index.ts'
import { askAgain, describeTransaction, TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import {
  fetchStableOffsets,
  initProducerId,
  listTransactions,
  openStates,
  type ProducerIdentity,
  type WireBroker,
} from '../kafka/wire/index.ts'
import { settleHangingTransaction } from './hanging-transaction.ts'
import { openPartitions } from './open-partitions.ts'
import type { GroupMember } from './thread-transactions.ts'

export interface FormerTransactions {
  readonly applicationId: string
  /**
   * The transactional ids of all members of the generation. Without this member's own id, the leader is of an older build, which does not send them.
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
/** How long to wait for brokers that do not answer or are loading, ms. After that only the offsets and changelogs have to be stable. */
const listingMs = 2000
/**
 * If offsets are still not stable this long after the last transaction of a former member has ended, a broker has forgotten to write an end marker,
 * ms.
 */
const hangingMs = 5000
/** Errors that mean that the transaction has changed in the meantime; it is described again. */
const changed: ReadonlySet<string | undefined> = new Set(['CONCURRENT_TRANSACTIONS', 'PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'])

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
export async function endFormerTransactions(cluster: Cluster, former: FormerTransactions): Promise<void> {
  const { timeoutMs, log } = former
  const started = env.monotonic()
  const deadline = started + 2 * timeoutMs
  let settled = false
  for (;;) {
    const listed = await listedTransactions(cluster, openStates)
    const ids = listed.ids.filter(id => isFormer(id, former))
    const ongoing = (await Promise.all(ids.map(id => ongoingOf(cluster, id, deadline)))).filter(found => found !== undefined)
    // After the transactions were looked up: each of them is then of this generation or of one before, and is known by an identity that no later one has.
    if (ongoing.length > 0) await checkMember(cluster, former, deadline)
    await Promise.all(ongoing.map(each => abort(cluster, each, former, deadline)))
    const open = await openOf(cluster, former, deadline)
    const waited = env.monotonic() - started
    if (open.length === 0 && ids.length === 0 && (listed.complete || waited >= listingMs)) return
    if (env.monotonic() >= deadline)
      throw new SluiceError(
        'COMMIT_FAILED',
        `a transaction does not end (${[...ids, ...open].join(', ')}): what is committed cannot be told; kafka-transactions.sh find-hanging finds it, and abort ends it`,
      )
    if (!settled && ids.length === 0 && listed.complete && waited >= Math.min(hangingMs, timeoutMs)) {
      settled = true
      await checkMember(cluster, former, deadline)
      log?.('warn', 'an end of a transaction is missing: it is written, as its transaction ended', { where: open.join(', ') })
      await settleFormer(cluster, former)
    }
    await pause(askAgainMs)
  }
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

/** The inputs of whose offsets a transaction holds a later one, in words. */
async function unstableOf(
  cluster: Cluster,
  { applicationId, inputs }: Pick<FormerTransactions, 'applicationId' | 'inputs'>,
  deadline: number,
): Promise<readonly string[]> {
  const group = new CoordinatorLookup(cluster, 'group', applicationId)
  const offsets = await group.ask(coordinator => fetchStableOffsets(coordinator, applicationId, inputs), deadline)
  return [...offsets].flatMap(([topic, found]) =>
    [...found].flatMap(([partition, offset]) => (offset === undefined ? [`the offset of ${topicPartition(topic, partition)}`] : [])),
  )
}

/**
 * Writes a missing end marker. No coordinator has an open transaction, so a broker that was killed while it ended one has not written a marker. The
 * marker belongs to the last transaction of its id: the end of a later one would have ended it too, and a producer whose transaction fails begins no
 * other.
 */
async function settleFormer(cluster: Cluster, former: FormerTransactions): Promise<void> {
  const { applicationId: groupId, timeoutMs, changelogs } = former
  const targets = Object.entries(changelogs).flatMap(([topic, partitions]) => partitions.map(partition => ({ topic, partition })))
  const { ids } = await listedTransactions(cluster, [])
  const lookup = cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
  for (const transactionalId of ids.filter(id => isFormer(id, former))) {
    const session = new TransactionSession(lookup, { transactionalId, timeoutMs })
    await settleHangingTransaction(session, { transactionalId, groupId, targets, timeoutMs })
  }
}

function isFormer(id: string, { applicationId, members, own, tasks }: FormerTransactions): boolean {
  if (tasks.some(task => id === `${applicationId}-${task}`)) return true
  return id.startsWith(memberTransactionalId(applicationId, '')) && members.includes(own) && !members.includes(id)
}

interface Ongoing {
  readonly id: string
  readonly identity: ProducerIdentity
}

/** The transaction of an id that is not told to end yet. */
function ongoingOf(cluster: Cluster, id: string, deadline: number): Promise<Ongoing | undefined> {
  return new CoordinatorLookup(cluster, 'transaction', id).ask(async each => {
    const found = await describeTransaction(each as Parameters<typeof describeTransaction>[0], id)
    if (found === undefined || found === 'elsewhere' || found.state !== 'Ongoing') return undefined
    return { id, identity: { producerId: BigInt(found.producerId), epoch: found.producerEpoch } }
  }, deadline)
}

/** Aborts a transaction by its identity: if it is told to end meanwhile, nothing is done, and its outcome stays in the coordinator's log. */
async function abort(cluster: Cluster, { id, identity }: Ongoing, { timeoutMs, log }: FormerTransactions, deadline: number): Promise<void> {
  await new CoordinatorLookup(cluster, 'transaction', id).ask(async each => {
    try {
      await initProducerId(each, id, timeoutMs, identity)
    } catch (error) {
      if (!changed.has(protocolErrorOf(error))) throw error
    }
  }, deadline)
  log?.('info', 'aborted the open transaction of a former member', { transactionalId: id })
}

/** Throws TASK_FENCED if the group has gone on without the member. */
async function checkMember(cluster: Cluster, { applicationId: groupId, member }: FormerTransactions, deadline: number): Promise<void> {
  if (member === undefined) return
  const request = { groupId, groupGenerationId: member.generationId, memberId: member.memberId }
  const group = new CoordinatorLookup(cluster, 'group', groupId)
  const cause = await goneMember(() => group.ask(each => (each as unknown as WithHeartbeat).heartbeat(request), deadline))
  if (cause === undefined) return
  throw new SluiceError(
    'TASK_FENCED',
    `a takeover was given up: group ${groupId} has gone on without this member, which must not end the transactions of members that it does not know. The thread joins again`,
    { cause },
  )
}

/** kafkajs' broker, as far as a membership is asked for. */
interface WithHeartbeat {
  heartbeat(request: object): Promise<unknown>
}

/** Methods of kafkajs' cluster that its types lack. */
interface WithNodes {
  getNodeIds(): readonly string[]
  findBroker(query: { readonly nodeId: string }): Promise<WireBroker>
}

/** The transactional ids whose last transactions are in one of the states; without states, all. `complete`: every broker has answered. */
async function listedTransactions(
  cluster: Cluster,
  states: readonly string[],
): Promise<{ readonly ids: readonly string[]; readonly complete: boolean }> {
  await cluster.refreshMetadataIfNecessary()
  const nodes = cluster as unknown as WithNodes
  const ask = async (nodeId: string): Promise<readonly string[]> =>
    (await listTransactions(await nodes.findBroker({ nodeId }), states)).map(({ transactionalId }) => transactionalId)
  const answers = await Promise.all(
    nodes.getNodeIds().map(nodeId => Promise.race([ask(nodeId).catch(messageOf), pause(listingMs).then(() => 'no answer')])),
  )
  return { ids: answers.flatMap(each => (typeof each === 'string' ? [] : each)), complete: answers.every(each => typeof each !== 'string') }
}
