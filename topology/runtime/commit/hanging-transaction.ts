import type { TopicPartition } from '../../../base/index.ts'
import { describeTransaction, type DescribedTransaction, type TransactionSession } from '../kafka/kafkajs-mends/index.ts'

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

/**
 * A broker that stops while it ends a transaction can forget the end in some of its partitions (seen with Kafka 4.3.1 and 4.4.0): the next end that
 * is written there by the same transactional id ends those records too. A session begins no transaction after one that may have been
 * forgotten, so that one is the last that the coordinator knows: whoever takes the id over, before anything else, ends everything that may be
 * open as that one ended. What is done is in the coordinator's log at each step: who comes after one that was cut short goes on with
 * it. Throws TransactionLostError when it is cut short itself; else the session has settled, or nothing had been done under the id.
 */
export async function settleHangingTransaction(session: TransactionSession, former: FormerWrites): Promise<void> {
  for (;;) {
    const last = await describe(session, former)
    if (last === undefined) return
    const marked = last.timeoutMs === settlingTimeoutMs || last.timeoutMs === shortSettling(former)
    const settling = marked && (last.state === 'Empty' || last.state === 'Ongoing')
    const commit = settling || last.state === 'PrepareCommit' || last.state === 'CompleteCommit'
    if (!settling || last.state === 'Empty') return end(session, former, commit)
    const { producerId, producerEpoch } = last
    const { transactionalId } = former
    await session.askCoordinator(coordinator => coordinator.endTxn({ transactionalId, producerId, producerEpoch, transactionResult: true }))
  }
}

type Owner = Pick<DescribedTransaction, 'producerEpoch'> & { readonly producerId: unknown }

/** One transaction, without a record, in all that may be open. */
async function end(session: TransactionSession, former: FormerWrites, commit: boolean): Promise<void> {
  const { transactionalId, groupId, targets } = former
  const take = async (transactionTimeout: number): Promise<Owner> =>
    (await session.ask('initProducerId', { transactionalId, transactionTimeout })) as Owner
  const owner = await (commit ? take(settlingTimeoutMs).catch(error => take(allowed(error, former))) : take(former.timeoutMs))
  const topics = [...new Set(targets.map(({ topic }) => topic))].map(topic => ({
    topic,
    partitions: targets.filter(each => each.topic === topic).map(({ partition }) => partition),
  }))
  const { producerId, producerEpoch } = owner
  const own = { transactionalId, producerId, producerEpoch }
  if (topics.length > 0) await session.ask('addPartitionsToTxn', { ...own, topics })
  await session.ask('addOffsetsToTxn', { ...own, groupId })
  await session.ask('endTxn', { ...own, transactionResult: commit })
}

/** Where brokers allow less, the mark is one millisecond. */
function shortSettling({ timeoutMs }: FormerWrites): number {
  return timeoutMs + 1
}

function allowed(error: unknown, former: FormerWrites): number {
  if ((error as { readonly type?: unknown }).type !== 'INVALID_TRANSACTION_TIMEOUT') throw error
  return shortSettling(former)
}

function describe(session: TransactionSession, { transactionalId }: FormerWrites): Promise<DescribedTransaction | undefined> {
  return session.askCoordinator(async coordinator => {
    const described = await describeTransaction(coordinator, transactionalId)
    if (described === 'elsewhere') throw Object.assign(new Error('the coordinator is elsewhere'), { type: 'NOT_COORDINATOR_FOR_GROUP' })
    return described
  })
}
