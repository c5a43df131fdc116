import { messageOf, SluiceError, type TopicPartition } from '../../../base/index.ts'
import { type ConsumedOffset, offsetsByTopic, type OffsetsOfMember } from '../group/index.ts'
import { outageRetry, protocolErrorOf, transactionRetry, type Kafka, type KafkaLog, type Producer } from '../kafka/index.ts'
import { sessionOf } from '../kafka/kafkajs-mends/index.ts'
import { ordinaryTimeoutMs } from '../kafka/transactions/index.ts'
import { againWhenLost, takeoverDeadline } from './again-when-lost.ts'
import { type FormerWrites, settleHangingTransaction } from './hanging-transaction.ts'
import { sendBatch, type OutgoingBatch, type SentOffsets } from '../topics/index.ts'

/** Sends the commits of one task to Kafka. */
export interface TaskProducer {
  /**
   * Writes the records and commits the offsets; resolves when both are durable. May be called once: the next commit needs the returned producer, so that
   * nothing can be committed after a failed commit. Throws SEND_FAILED, COMMIT_FAILED, TASK_FENCED: then it is unknown whether the commit took effect,
   * and the producer can only be closed.
   */
  commit(batch: OutgoingBatch, offsets: readonly ConsumedOffset[]): Promise<Committed>
  close(): Promise<void>
}

export interface Committed {
  readonly sent: SentOffsets
  /** The producer for the next commit. */
  readonly next: TaskProducer
}

/**
 * Opens a producer for at_least_once: the records are acknowledged first, then the group's offsets are committed. Records that come with offsets may be rows,
 * so they are written only for a member that the group has still.
 */
export async function openPlainProducer(kafka: Kafka, member: OffsetsOfMember): Promise<TaskProducer> {
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, retry: outageRetry })
  await producer.connect()
  return oneByOne(
    async (batch, offsets) => {
      if (offsets.length > 0) await member.checkMember()
      const sent = await sendBatch(batch, request => producer.send(request))
      if (offsets.length > 0) await member.commitOffsets(offsets)
      return sent
    },
    () => producer.disconnect(),
  )
}

type Write = (batch: OutgoingBatch, offsets: readonly ConsumedOffset[]) => Promise<SentOffsets>

/** A producer that accepts one commit; a successful commit returns the producer for the next one. */
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
  /** `transaction.timeout.ms`: the broker aborts a transaction that is open for longer. A new owner of the task ends it at once. */
  readonly timeoutMs: number
  /** The partitions that the owners of the transactional id may write. */
  readonly targets: readonly TopicPartition[]
  readonly log?: KafkaLog | undefined
}

/**
 * Opens a producer for exactly_once: records and offsets are written in one transaction. Opening fences the former producer of the transactional id
 * (KIP-98), and resolves only when its last transaction is complete: the committed offsets and the changelogs must be read after that. Throws
 * COMMIT_FAILED.
 */
export async function openTransactionalProducer(
  kafka: Kafka,
  { transactionalId, groupId, timeoutMs, targets, log }: TransactionalProducerOptions,
): Promise<TaskProducer> {
  const options = {
    transactionalId,
    transactionTimeout: ordinaryTimeoutMs(timeoutMs),
    idempotent: true,
    allowAutoTopicCreation: false,
  }
  const producer = kafka.producer({ ...options, retry: transactionRetry })
  await producer.connect()
  try {
    await fenceFormer(producer, { transactionalId, groupId, targets, timeoutMs, deadline: takeoverDeadline(timeoutMs) }, log)
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

/**
 * Ends the former producer's transaction and fences it. kafkajs requests the producer id, which fences, with the first transaction; this happens on the
 * connection on which the former transaction was settled.
 */
async function fenceFormer(producer: Producer, former: FormerWrites, log: KafkaLog | undefined): Promise<void> {
  const session = sessionOf(producer)
  const once = async (): Promise<void> => {
    session.forget()
    await settleHangingTransaction(session, former)
    await (await producer.transaction()).abort()
  }
  await againWhenLost(once, { ...former, log })
}

async function commitTransaction(
  producer: Producer,
  batch: OutgoingBatch,
  offsets: readonly ConsumedOffset[],
  groupId: string,
): Promise<SentOffsets> {
  const transaction = await producer.transaction()
  try {
    // Records first: once their partitions are added, the previous transaction is complete everywhere. If offsets were sent at the same time, they could
    // fail when a broker stops meanwhile, and the abort could then also abort records of the previous transaction whose end marker is missing.
    const sent = await sendBatch(batch, request => transaction.send(request))
    if (offsets.length > 0) await transaction.sendOffsets({ consumerGroupId: groupId, topics: offsetsByTopic(offsets) })
    await transaction.commit()
    return sent
  } catch (error) {
    // Best effort: releases records that readers wait for. The next owner ends the transaction in any case.
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
