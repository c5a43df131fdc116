import { messageOf, SluiceError } from '../../../base/index.ts'
import type { TopicPartitions } from '../group/index.ts'
import { pause, type Cluster, type KafkaLog } from '../kafka/index.ts'
import { CoordinatorLookup } from '../kafka/transactions/index.ts'
import { fetchStableOffsets, initProducerId, listTransactions, type WireBroker } from '../kafka/wire/index.ts'

export interface FormerTransactions {
  readonly applicationId: string
  /** The ids of the transactions of all members of the generation. If this member's is not among them, the leader is of an older build, and does not tell. */
  readonly members: readonly string[]
  /** This member's. */
  readonly own: string
  /** The tasks that are taken over; members of older builds have a transactional id for each. */
  readonly tasks: readonly string[]
  /** The inputs whose committed offsets are to be stable. */
  readonly inputs: TopicPartitions
  readonly timeoutMs: number
  readonly log?: KafkaLog | undefined
}

const askAgainMs = 10
/** How long to wait for brokers that do not answer, or are loading, ms: the offsets are what counts in the end. */
const listingMs = 2000

/** The id of a member's transactions. The slash is in no application id, so that no other application's ids begin as one's own do. */
export function memberTransactionalId(applicationId: string, unique: string): string {
  return `${applicationId}-thread/${unique}`
}

/**
 * Ends the open transactions of former members, and resolves once the committed offsets of the inputs are stable (KIP-447). What a former member did not
 * end is aborted; what it has ended is waited for. A former member that is still alive is fenced by that, and cannot begin another transaction that
 * commits: its generation is over. Throws COMMIT_FAILED if offsets stay unstable for longer than transactions may last.
 */
export async function endFormerTransactions(cluster: Cluster, former: FormerTransactions): Promise<void> {
  const { applicationId, inputs, timeoutMs } = former
  const group = new CoordinatorLookup(cluster, 'group', applicationId)
  const started = performance.now()
  const deadline = started + 2 * timeoutMs
  for (;;) {
    const listed = await openTransactions(cluster)
    await Promise.all(listed.ids.filter(id => isFormer(id, former)).map(id => end(cluster, id, former, deadline)))
    const offsets = await group.ask(coordinator => fetchStableOffsets(coordinator, applicationId, inputs), deadline)
    const unstable = [...offsets].flatMap(([topic, found]) =>
      [...found].flatMap(([partition, offset]) => (offset === undefined ? [`${topic}-${partition}`] : [])),
    )
    const waited = performance.now() - started
    if (unstable.length === 0 && (listed.complete || waited >= listingMs)) return
    if (performance.now() >= deadline)
      throw new SluiceError(
        'COMMIT_FAILED',
        `the committed offsets of ${unstable.join(', ')} are held by a transaction that does not end: find it by kafka-transactions.sh find-hanging`,
      )
    await pause(askAgainMs)
  }
}

function isFormer(id: string, { applicationId, members, own, tasks }: FormerTransactions): boolean {
  if (tasks.some(task => id === `${applicationId}-${task}`)) return true
  return id.startsWith(memberTransactionalId(applicationId, '')) && members.includes(own) && !members.includes(id)
}

/** Takes the id, as its next owner would. */
async function end(cluster: Cluster, id: string, { timeoutMs, log }: FormerTransactions, deadline: number): Promise<void> {
  const coordinator = new CoordinatorLookup(cluster, 'transaction', id)
  await coordinator.ask(each => initProducerId(each, id, timeoutMs), deadline)
  log?.('info', 'ended the open transaction of a former member', { transactionalId: id })
}

/** What kafkajs' cluster has, and its types do not name. */
interface WithNodes {
  getNodeIds(): readonly string[]
  findBroker(query: { readonly nodeId: string }): Promise<WireBroker>
}

/** The ids of all open transactions; `complete` if every broker has answered. */
async function openTransactions(cluster: Cluster): Promise<{ readonly ids: readonly string[]; readonly complete: boolean }> {
  await cluster.refreshMetadataIfNecessary()
  const nodes = cluster as unknown as WithNodes
  const ask = async (nodeId: string): Promise<readonly string[]> =>
    (await listTransactions(await nodes.findBroker({ nodeId }))).map(({ transactionalId }) => transactionalId)
  const answers = await Promise.all(
    nodes.getNodeIds().map(nodeId => Promise.race([ask(nodeId).catch(messageOf), pause(listingMs).then(() => 'no answer')])),
  )
  return { ids: answers.flatMap(each => (typeof each === 'string' ? [] : each)), complete: answers.every(each => typeof each !== 'string') }
}
