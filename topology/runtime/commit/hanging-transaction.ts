import type { TopicPartition } from '../../../base/index.ts'
import {
  describeTransaction,
  type DescribedTransaction,
  TransactionLostError,
  type TransactionSession,
  uncertainEnd,
} from '../kafka/kafkajs-mends/index.ts'

export interface FormerWrites {
  readonly transactionalId: string
  /** The group whose offsets the transactions commit. */
  readonly groupId: string
  /** The partitions that the transactions may write. */
  readonly targets: readonly TopicPartition[]
  /** `transaction.timeout.ms` of ordinary transactions. */
  readonly timeoutMs: number
}

/**
 * `transaction.timeout.ms` that marks a recovery transaction which commits: a successor that finds it unfinished commits it instead of aborting it. Long
 * enough for a broker to restart, and below the brokers' default maximum of 15 minutes.
 */
export const settlingTimeoutMs = 600_001

/**
 * Ends what the last transaction of a transactional id may have left open. A broker that stops while it ends a transaction can fail to write the end
 * marker to some partitions (seen with Kafka 4.3.1 and 4.4.0); the next marker that the same transactional id writes there ends those records too. A
 * session begins no transaction after one whose end is uncertain, so that one is the last that the coordinator knows. Whoever takes over the id first
 * runs a recovery transaction over all partitions that may be open, which ends in the same way, by commit or abort. Each step is in the coordinator's
 * log, so a successor of an interrupted recovery continues it. Throws TransactionLostError if it is interrupted itself, or if its end is uncertain. Does
 * nothing if the coordinator knows no transaction of the id.
 */
export async function settleHangingTransaction(session: TransactionSession, former: FormerWrites): Promise<void> {
  await settle(session, former)
}

/**
 * The same, and resolves once the end is in all partitions, so that the id may be taken for other transactions. Taking it makes a coordinator forget how its last
 * transaction ended; one that has been started anew meanwhile may take it although the end is missing somewhere. So it is first taken with the mark of that end, on
 * the connection on which the end was answered, or not at all.
 */
export async function settleEverywhere(session: TransactionSession, former: FormerWrites): Promise<void> {
  const transactionTimeout = await settle(session, former)
  if (transactionTimeout === undefined) return
  await session.ask('initProducerId', { transactionalId: former.transactionalId, transactionTimeout })
}

/** The timeout that marks how it ended; undefined: the coordinator knows no transaction of the id. */
async function settle(session: TransactionSession, former: FormerWrites): Promise<number | undefined> {
  for (;;) {
    const last = await describe(session, former)
    if (last === undefined) return undefined
    const settling = isSettling(last, former.timeoutMs) && (last.state === 'Empty' || last.state === 'Ongoing')
    const commit = settling || last.state === 'PrepareCommit' || last.state === 'CompleteCommit'
    if (!settling || last.state === 'Empty') return end(session, former, commit)
    const { producerId, producerEpoch } = last
    const { transactionalId } = former
    await session.askCoordinator(coordinator => coordinator.endTxn({ transactionalId, producerId, producerEpoch, transactionResult: true }))
  }
}

interface Owner {
  readonly producerId: unknown
  readonly producerEpoch: number
  /** That the id was taken with. */
  readonly transactionTimeout: number
}

/** Runs one transaction without records over all partitions that may be open, and ends it by commit or abort. Returns its timeout. */
async function end(session: TransactionSession, former: FormerWrites, commit: boolean): Promise<number> {
  const { transactionalId, groupId, targets } = former
  const take = async (transactionTimeout: number): Promise<Owner> => {
    const taken = (await session.ask('initProducerId', { transactionalId, transactionTimeout })) as Omit<Owner, 'transactionTimeout'>
    return { ...taken, transactionTimeout }
  }
  const owner = await (commit ? take(settlingTimeoutMs).catch(error => take(allowed(error, former))) : take(former.timeoutMs))
  const topics = [...new Set(targets.map(({ topic }) => topic))].map(topic => ({
    topic,
    partitions: targets.filter(each => each.topic === topic).map(({ partition }) => partition),
  }))
  const { producerId, producerEpoch, transactionTimeout } = owner
  const own = { transactionalId, producerId, producerEpoch }
  if (topics.length > 0) await session.ask('addPartitionsToTxn', { ...own, topics })
  await session.ask('addOffsetsToTxn', { ...own, groupId })
  await session.ask('endTxn', { ...own, transactionResult: commit })
  if (!session.settled) throw new TransactionLostError(uncertainEnd)
  return transactionTimeout
}

/** Whether it is a recovery transaction that commits, by its timeout. `ordinaryMs`: that of ordinary transactions. */
export function isSettling({ timeoutMs }: Pick<DescribedTransaction, 'timeoutMs'>, ordinaryMs: number): boolean {
  return timeoutMs === settlingTimeoutMs || timeoutMs === shortSettling({ timeoutMs: ordinaryMs })
}

/** The mark if the brokers' maximum is below `settlingTimeoutMs`: the ordinary timeout plus one millisecond. */
function shortSettling({ timeoutMs }: Pick<FormerWrites, 'timeoutMs'>): number {
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
