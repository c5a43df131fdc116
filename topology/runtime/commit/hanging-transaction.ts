import { env, pause, type TopicPartition } from '../../../base/index.ts'
import { protocolErrorOf } from '../kafka/index.ts'
import {
  describeTransaction,
  type DescribedTransaction,
  hasMoved,
  isDisconnection,
  TransactionLostError,
  type TransactionSession,
  uncertainEnd,
} from '../kafka/kafkajs-mends/index.ts'
import { isSettlingTimeout, ordinaryTimeoutMs, settlingTimeouts } from '../kafka/transactions/index.ts'

export interface FormerWrites {
  readonly transactionalId: string
  /** The group whose offsets the transactions commit. */
  readonly groupId: string
  /** The partitions that the transactions may write. */
  readonly targets: readonly TopicPartition[]
  /** `transaction.timeout.ms` of ordinary transactions, as it is configured. */
  readonly timeoutMs: number
  /** When to give up, by `env.monotonic`. */
  readonly deadline: number
  /** Whether others may do the same for the same id at the same time. */
  readonly shared?: boolean
}

/** How long the coordinator may be away or complete a transaction, and the pause between two questions, ms. */
const patienceMs = 30_000
const askAgainMs = 20
/**
 * How long everybody waits who first sees that an id was taken to make a commit once more, ms: others that have described it before take it in this time, which aborts
 * what has begun under it. Whoever describes it later sees that it is taken.
 */
const othersTakeMs = 100
/**
 * How old a description may be where others may take the id, ms. Older ones are asked for again, so that a process which stood still meanwhile does not take the id
 * from others who have begun.
 */
const freshMs = 60
/**
 * After so many old descriptions answers take long here. Then one is used that is about as young as the youngest of them: the process did not stand still, and what
 * stays possible is that it takes the id, over a slow connection, in the few milliseconds in which the transaction of somebody with a fast one is open.
 */
const maxStale = 5
const aboutAsYoung = 1.5
/** The states in which a transaction that makes a commit once more is joined. */
const made: ReadonlySet<string> = new Set(['Empty', 'Ongoing', 'CompleteCommit'])

/**
 * Ends what the last transaction of a transactional id may have left open. A broker that stops while it ends a transaction can fail to write the end
 * marker to some partitions (seen with Kafka 4.3.1 and 4.4.0); the next marker that the same transactional id writes there ends those records too. A
 * session begins no transaction after one whose end is uncertain, so that one is the last that the coordinator knows. Whoever takes over the id first
 * runs a recovery transaction over all partitions that may be open, which ends in the same way, by commit or abort. Each step is in the coordinator's
 * log, so a successor of an interrupted recovery continues it. Several may do so at once, as the members that take over the tasks of one thread do: taking an id
 * aborts what is open under it, so those that commit take part in one transaction, under the identity that one of them has taken. Throws TransactionLostError if it
 * is interrupted itself, or if its end is uncertain, and Kafka's errors where somebody has taken the id from it. Does nothing if the coordinator knows no transaction of the id.
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
  const deadline = Math.min(env.monotonic() + patienceMs, former.deadline)
  const ages: number[] = []
  const seen = new Set<string>()
  const goOn = (): void => {
    if (env.monotonic() >= deadline) throw new TransactionLostError(uncertainEnd)
  }
  for (;;) {
    const asked = env.monotonic()
    const last = await describe(session, former)
    if (last === undefined) return undefined
    const { state, timeoutMs, producerId, producerEpoch } = last
    const isMade = isSettlingTimeout(timeoutMs)
    if (isMade && made.has(state)) {
      const identity = `${producerId} ${producerEpoch}`
      if (!former.shared || state !== 'Empty' || seen.has(identity)) {
        await session.adopt()
        return end(session, former, { producerId, producerEpoch, timeoutMs, commit: true })
      }
      seen.add(identity)
      goOn()
      await pause(othersTakeMs)
      continue
    }
    // One that made a commit once more and was aborted by whoever came too late: what it has not ended yet belongs to a commit still.
    const commit = state === 'CompleteCommit' || (isMade && state === 'CompleteAbort')
    if (former.shared && isOld(env.monotonic() - asked, ages)) {
      goOn()
      continue
    }
    const taken = state.startsWith('Prepare') ? undefined : await take(session, former, commit)
    if (taken !== undefined && !(commit && former.shared)) return end(session, former, taken)
    goOn()
    if (taken === undefined) await pause(askAgainMs)
  }
}

/** Whether a description of this age, ms, is too old to take an id by it; `ages`: those of the descriptions that were too old before. */
function isOld(age: number, ages: number[]): boolean {
  const bound = ages.length < maxStale ? freshMs : Math.max(freshMs, aboutAsYoung * Math.min(...ages))
  if (age <= bound) return false
  ages.push(age)
  return true
}

/** The identity of the transaction that is to be made, which commits or aborts; `timeoutMs`: that its id was taken with. */
interface Taken {
  readonly producerId: unknown
  readonly producerEpoch: number
  readonly timeoutMs: number
  readonly commit: boolean
}

/**
 * Takes the id at once after its last transaction was described. undefined: not yet, because the coordinator is away, or has a transaction to end. It is to be described
 * again then: somebody else may have begun to make a commit once more, which would be aborted by whoever takes the id from them.
 */
async function take(
  session: TransactionSession,
  { transactionalId, timeoutMs }: FormerWrites,
  commit: boolean,
): Promise<Taken | undefined> {
  for (const timeout of commit ? settlingTimeouts(timeoutMs) : [ordinaryTimeoutMs(timeoutMs)]) {
    try {
      const taken = await session.takeOnce({ transactionalId, transactionTimeout: timeout })
      return { ...(taken as Pick<Taken, 'producerId' | 'producerEpoch'>), timeoutMs: timeout, commit }
    } catch (error) {
      const type = protocolErrorOf(error)
      if (type === 'CONCURRENT_TRANSACTIONS' || hasMoved(error) || isDisconnection(error) || error instanceof TransactionLostError)
        return undefined
      if (type !== 'INVALID_TRANSACTION_TIMEOUT' || !commit || timeout === settlingTimeouts(timeoutMs).at(-1)) throw error
    }
  }
  return undefined
}

/** Makes one transaction without records over all partitions that may be open, and ends it by commit or abort. Returns its timeout. */
async function end(session: TransactionSession, former: FormerWrites, { commit, timeoutMs, ...taken }: Taken): Promise<number> {
  const { transactionalId, groupId, targets } = former
  const topics = [...new Set(targets.map(({ topic }) => topic))].map(topic => ({
    topic,
    partitions: targets.filter(each => each.topic === topic).map(({ partition }) => partition),
  }))
  const own = { transactionalId, ...taken }
  if (topics.length > 0) await session.ask('addPartitionsToTxn', { ...own, topics })
  await session.ask('addOffsetsToTxn', { ...own, groupId })
  await session.ask('endTxn', { ...own, transactionResult: commit })
  if (!session.settled) throw new TransactionLostError(uncertainEnd)
  return timeoutMs
}

function describe(session: TransactionSession, { transactionalId }: FormerWrites): Promise<DescribedTransaction | undefined> {
  return session.askCoordinator(coordinator => describeTransaction(coordinator, transactionalId))
}
