import { env, messageOf, pause, type TopicPartition, topicPartition } from '../../../base/index.ts'
import type { TopicPartitions } from '../group/index.ts'
import type { Cluster, KafkaLog } from '../kafka/index.ts'
import { TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import { describeOpenTransactions, listTransactions, type OpenTransaction, type WireBroker } from '../kafka/wire/index.ts'
import { againWhenLost, takeoverDeadline } from './again-when-lost.ts'
import { askEachBroker } from './ask-each-broker.ts'
import { settleHangingTransaction } from './hanging-transaction.ts'
import { ongoingTransaction } from './ongoing-transaction.ts'

export interface MissingEndsParts {
  readonly cluster: Cluster
  readonly groupId: string
  readonly timeoutMs: number
  /** Whether a transactional id is one of this application's. */
  readonly isOwn: (transactionalId: string) => boolean
  readonly log?: KafkaLog | undefined
}

/** A transaction that its coordinator has completed, or that makes such a one once more, and that is open in a partition nevertheless. */
interface MissingEnd extends TopicPartition {
  readonly transactionalId: string
  readonly from: bigint
}

/** States of transactions whose end is in all partitions, as far as the coordinator knows; and of those that may make a commit once more. */
const looked = ['Empty', 'CompleteCommit', 'CompleteAbort', 'Ongoing'] as const
/** A transaction is looked at twice: what began before the first look and is open at the second one, although it was complete in between, has no end. */
const betweenLooksMs = 1000

/**
 * Writes the ends of transactions that a broker has forgotten in partitions of outputs: one that was killed while it ended
 * a transaction may complete it without an end there (seen with Kafka 4.3.1 and 4.4.0). Readers of committed records would wait at the first of its records for ever. Each
 * end is written as its transaction ended. So is one that somebody was writing who did not come to its end: it would stay open until its long timeout, and be aborted then.
 * An ordinary transaction that is open is left alone. Throws Kafka's errors; what is not written is found the next time.
 */
export async function writeMissingEnds(parts: MissingEndsParts, outputs: TopicPartitions): Promise<void> {
  const first = await missingEnds(parts, outputs)
  if (first.length === 0) return
  await pause(betweenLooksMs)
  const second = await missingEnds(parts, outputs)
  const missing = second.filter(each => first.some(before => isSame(before, each)))
  for (const transactionalId of new Set(missing.map(each => each.transactionalId))) {
    const targets = missing.filter(each => each.transactionalId === transactionalId)
    const where = targets.map(({ topic, partition }) => topicPartition(topic, partition)).join(', ')
    parts.log?.('warn', 'an end of a transaction is missing in an output: it is written, as its transaction ended', { where })
    await settle(parts, transactionalId, targets).catch((error: unknown) => {
      parts.log?.('warn', 'a missing end of a transaction could not be written; it is tried again', { where, error: messageOf(error) })
    })
  }
}

async function settle(
  { cluster, groupId, timeoutMs, log }: MissingEndsParts,
  transactionalId: string,
  targets: readonly TopicPartition[],
): Promise<void> {
  const lookup = cluster as unknown as ConstructorParameters<typeof TransactionSession>[0]
  const deadline = takeoverDeadline(timeoutMs)
  const former = { transactionalId, groupId, targets, timeoutMs, deadline, shared: true }
  const once = (): Promise<void> =>
    settleHangingTransaction(new TransactionSession(lookup, { transactionalId, timeoutMs, deadline }), former)
  await againWhenLost(once, { transactionalId, deadline, log })
}

/**
 * Asks what is open first, and for the states afterwards: an open transaction that is complete by then either ended in the meantime, or lacks an end. One that makes
 * a commit once more, and that nobody has ended, lacks it too. What brokers that are away know is not found.
 */
async function missingEnds({ cluster, isOwn, timeoutMs }: MissingEndsParts, outputs: TopicPartitions): Promise<readonly MissingEnd[]> {
  const open = await openTransactions(cluster, outputs)
  if (open.length === 0) return []
  const producers = [...new Set(open.map(({ producerId }) => producerId))]
  const { answers } = await askEachBroker(cluster, broker => listTransactions(broker, looked, producers))
  const own = answers.flat().filter(({ transactionalId }) => isOwn(transactionalId))
  const deadline = env.monotonic() + timeoutMs
  const lacking = await Promise.all(
    own.map(async ({ transactionalId: id, state }) => state !== 'Ongoing' || (await ongoingTransaction(cluster, id, deadline))?.settling),
  )
  const ids = new Map(own.filter((_, at) => lacking[at] === true).map(({ producerId, transactionalId }) => [producerId, transactionalId]))
  return open.flatMap(({ topic, partition, producerId, from }) => {
    const transactionalId = ids.get(producerId)
    return transactionalId === undefined ? [] : [{ topic, partition, from, transactionalId }]
  })
}

async function openTransactions(cluster: Cluster, outputs: TopicPartitions): Promise<readonly OpenTransaction[]> {
  const topics = Object.keys(outputs)
  if (topics.length === 0) return []
  await cluster.addMultipleTargetTopics(topics)
  await cluster.refreshMetadataIfNecessary()
  const byLeader = new Map<string, { readonly topic: string; readonly partitions: readonly number[] }[]>()
  for (const [topic, partitions] of Object.entries(outputs))
    for (const [leader, led] of Object.entries(cluster.findLeaderForPartitions(topic, [...partitions])))
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), { topic, partitions: led }])
  const ask = (broker: WireBroker, leader: string): Promise<readonly OpenTransaction[]> =>
    describeOpenTransactions(broker, byLeader.get(leader) ?? [])
  const { answers, unanswered } = await askEachBroker(cluster, ask, byLeader.keys())
  if (answers.length === 0 && unanswered.length > 0) throw new Error(unanswered.join('; '))
  return answers.flat()
}

function isSame(a: MissingEnd, b: MissingEnd): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.from === b.from && a.transactionalId === b.transactionalId
}
