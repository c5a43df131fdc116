import { type TopicPartition, messageOf, SluiceError } from '../../../base/index.ts'
import { type ConsumedOffset, offsetsByTopic } from '../group/index.ts'
import { outageRetry, pause, protocolErrorOf, transactionRetry, type Kafka, type Producer } from '../kafka/index.ts'
import { sessionOf, TransactionLostError } from '../kafka/kafkajs-mends/index.ts'
import { settleHangingTransaction, type FormerWrites } from './hanging-transaction.ts'
import { sendBatch, type OutgoingBatch, type SentOffsets } from '../topics/index.ts'

/** How a task's commits reach Kafka. */
export interface TaskProducer {
  /**
   * Writes the records and commits the offsets; resolves when both are durable. Uses the producer up: whoever commits next needs the one that this
   * gives back, so that nothing can be committed after a commit that failed. Throws SEND_FAILED, COMMIT_FAILED, TASK_FENCED: then what became
   * of it is unknown, and closing is all that is left.
   */
  commit(batch: OutgoingBatch, offsets: readonly ConsumedOffset[]): Promise<Committed>
  close(): Promise<void>
}

export interface Committed {
  readonly sent: SentOffsets
  /** For the next commit. */
  readonly next: TaskProducer
}

/** A transaction that its owner does not end is ended by the broker after so long; a new owner ends it at once. */
const transactionTimeoutMs = 10_000

/** At least once: the records are acknowledged first, then the group's offsets are committed by `commitOffsets`. */
export async function openPlainProducer(
  kafka: Kafka,
  commitOffsets: (offsets: readonly ConsumedOffset[]) => Promise<void>,
): Promise<TaskProducer> {
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, retry: outageRetry })
  await producer.connect()
  return oneByOne(
    async (batch, offsets) => {
      const sent = await sendBatch(batch, request => producer.send(request))
      if (offsets.length > 0) await commitOffsets(offsets)
      return sent
    },
    () => producer.disconnect(),
  )
}

type Write = (batch: OutgoingBatch, offsets: readonly ConsumedOffset[]) => Promise<SentOffsets>

/** A producer whose every commit can be made once, and only after the one before it succeeded. */
function oneByOne(write: Write, close: () => Promise<void>): TaskProducer {
  let used = false
  return {
    async commit(batch, offsets) {
      if (used) throw new SluiceError('COMMIT_FAILED', 'this producer has already been used for a commit')
      used = true
      return { sent: await write(batch, offsets), next: oneByOne(write, close) }
    },
    close,
  }
}

export interface TransactionalProducerOptions {
  readonly transactionalId: string
  readonly groupId: string
  /** Where its owners write. */
  readonly targets: readonly TopicPartition[]
}

/**
 * Exactly once: records and offsets in one transaction. Opening it fences whoever wrote under the same transactional id before (KIP-98), and
 * returns only when what that one had begun is complete: the group's committed offsets and the changelog are to be read after that.
 */
export async function openTransactionalProducer(
  kafka: Kafka,
  { transactionalId, groupId, targets }: TransactionalProducerOptions,
): Promise<TaskProducer> {
  const options = {
    transactionalId,
    transactionTimeout: transactionTimeoutMs,
    idempotent: true,
    allowAutoTopicCreation: false,
  }
  const producer = kafka.producer({ ...options, retry: transactionRetry })
  await producer.connect()
  try {
    await fenceFormer(producer, { transactionalId, groupId, targets, timeoutMs: transactionTimeoutMs })
  } catch (error) {
    await producer.disconnect().catch(() => undefined)
    throw new SluiceError('COMMIT_FAILED', `transactional id ${transactionalId} could not be taken over: ${messageOf(error)}`, {
      cause: error,
    })
  }
  return oneByOne(
    (batch, offsets) => commitTransaction(producer, batch, offsets, groupId),
    () => producer.disconnect(),
  )
}

/** How often a takeover may be cut short by the coordinator's end. */
const maxTakeovers = 100
const retryTakeoverMs = 50

/** kafkajs asks for the producer id, and with it fences, at the first transaction: on the connection that has settled what came before. */
async function fenceFormer(producer: Producer, former: FormerWrites): Promise<void> {
  const session = sessionOf(producer)
  for (let tries = 1; ; tries++) {
    session.forget()
    try {
      await settleHangingTransaction(session, former)
      return await (await producer.transaction()).abort()
    } catch (error) {
      if (!(error instanceof TransactionLostError) || tries >= maxTakeovers) throw error
      await pause(retryTakeoverMs)
    }
  }
}

async function commitTransaction(
  producer: Producer,
  batch: OutgoingBatch,
  offsets: readonly ConsumedOffset[],
  groupId: string,
): Promise<SentOffsets> {
  const transaction = await producer.transaction()
  try {
    // Records first: once their partitions are added, the transaction before is complete everywhere. Offsets that are begun beside them could
    // fail where a broker stops in the middle of that, and what is aborted then would take along what the broker forgot to end.
    const sent = await sendBatch(batch, request => transaction.send(request))
    if (offsets.length > 0) await transaction.sendOffsets({ consumerGroupId: groupId, topics: offsetsByTopic(offsets) })
    await transaction.commit()
    return sent
  } catch (error) {
    // Best effort: frees what others wait for. The next owner ends it in any case.
    if (transaction.isActive()) await transaction.abort().catch(() => undefined)
    if (protocolErrorOf(error) === 'INVALID_PRODUCER_EPOCH')
      throw new SluiceError(
        'TASK_FENCED',
        `a transaction was refused: another instance owns its task, or the transaction timed out: ${messageOf(error)}`,
        {
          cause: error,
        },
      )
    if (error instanceof SluiceError) throw error
    throw new SluiceError('COMMIT_FAILED', `a transaction failed: ${messageOf(error)}`, { cause: error })
  }
}
