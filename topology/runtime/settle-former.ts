import { pause } from './kafka-clients.ts'
import { describeTransaction, type DescribedTransaction } from './kafkajs-mends/describe-transaction.ts'
import type { ProducerCluster, TransactionCoordinator } from './kafkajs-mends/producer-cluster.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface FormerWrites {
  readonly transactionalId: string
  /** Whose offsets the transactions commit. */
  readonly groupId: string
  /** Where they write. */
  readonly targets: readonly TopicPartition[]
  /** That the coordinator grants them otherwise, ms. */
  readonly timeoutMs: number
}

/**
 * A transaction that commits what one before it has committed tells so by this timeout: cut short, it is not to be aborted. Long enough for a broker
 * to come back, and below the fifteen minutes that brokers allow unless told.
 */
export const settlingTimeoutMs = 600_001
const transactionCoordinator = 1
const retryMs = 5
const maxTries = 2000

/**
 * A broker that stops while it ends a transaction can forget the end in some of its partitions (seen with Kafka 4.3.1): the next end that is
 * written there by the same transactional id ends those records too. So whoever takes the id over, before anything else, ends everything that
 * may be open as the last transaction ended. What is done is in the coordinator's log at each step: who comes after one that was cut
 * short goes on with it.
 */
export async function settleFormer(cluster: ProducerCluster, former: FormerWrites): Promise<void> {
  const ask = asking(cluster, former.transactionalId)
  for (;;) {
    const last = await ask(coordinator => describe(coordinator, former))
    if (last === undefined) return
    const marked = last.timeoutMs === settlingTimeoutMs || last.timeoutMs === shortSettling(former)
    const settling = marked && (last.state === 'Empty' || last.state === 'Ongoing')
    const commit = settling || last.state === 'PrepareCommit' || last.state === 'CompleteCommit'
    if (!settling || last.state === 'Empty') return end(ask, former, commit)
    await ask(coordinator => endTransaction(coordinator, former, last, true))
  }
}

type Producer = Pick<DescribedTransaction, 'producerEpoch'> & { readonly producerId: unknown }
type Ask = <T>(request: (coordinator: TransactionCoordinator) => Promise<T>) => Promise<T>

/** One transaction, without a record, in all that may be open. */
async function end(ask: Ask, former: FormerWrites, commit: boolean): Promise<void> {
  const { transactionalId, groupId, targets } = former
  const begin = (transactionTimeout: number): Promise<Producer> =>
    ask(coordinator => coordinator.initProducerId({ transactionalId, transactionTimeout }))
  const producer = await (commit ? begin(settlingTimeoutMs).catch(error => begin(allowed(error, former))) : begin(former.timeoutMs))
  const topics = [...new Set(targets.map(({ topic }) => topic))].map(topic => ({
    topic,
    partitions: targets.filter(each => each.topic === topic).map(({ partition }) => partition),
  }))
  const { producerId, producerEpoch } = producer
  const own = { transactionalId, producerId, producerEpoch }
  if (topics.length > 0) await ask(coordinator => coordinator.addPartitionsToTxn({ ...own, topics }))
  await ask(coordinator => coordinator.addOffsetsToTxn({ ...own, groupId }))
  await ask(coordinator => endTransaction(coordinator, former, producer, commit))
}

/** Where brokers allow less, the mark is one millisecond. */
function shortSettling({ timeoutMs }: FormerWrites): number {
  return timeoutMs + 1
}

function allowed(error: unknown, former: FormerWrites): number {
  if ((error as { readonly type?: unknown }).type !== 'INVALID_TRANSACTION_TIMEOUT') throw error
  return shortSettling(former)
}

async function endTransaction(
  coordinator: TransactionCoordinator,
  { transactionalId }: FormerWrites,
  { producerId, producerEpoch }: Producer,
  commit: boolean,
): Promise<void> {
  await coordinator.endTxn({ transactionalId, producerId, producerEpoch, transactionResult: commit })
}

async function describe(coordinator: TransactionCoordinator, { transactionalId }: FormerWrites): Promise<DescribedTransaction | undefined> {
  const described = await describeTransaction(coordinator, transactionalId)
  if (described === 'elsewhere') throw Object.assign(new Error('the coordinator is elsewhere'), { type: 'NOT_COORDINATOR_FOR_GROUP' })
  return described
}

/** The coordinator is completing the transaction before, loading, or another one by now. */
const passing: ReadonlySet<unknown> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
])

/** Asks the coordinator, whichever that is, until it is ready to answer. */
function asking(cluster: ProducerCluster, transactionalId: string): Ask {
  let known: TransactionCoordinator | undefined
  return async request => {
    for (let tries = 1; ; tries++) {
      try {
        known ??= await cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: transactionCoordinator })
        return await request(known)
      } catch (error) {
        const { type } = error as { readonly type?: unknown }
        if (!passing.has(type) || tries >= maxTries) throw error
        if (type !== 'CONCURRENT_TRANSACTIONS') known = undefined
        await pause(retryMs)
      }
    }
  }
}
