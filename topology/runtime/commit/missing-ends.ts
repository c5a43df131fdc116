import { messageOf, pause, type TopicPartition, topicPartition } from '../../../base/index.ts'
import type { TopicPartitions } from '../group/index.ts'
import type { Cluster, KafkaLog } from '../kafka/index.ts'
import { TransactionSession } from '../kafka/kafkajs-mends/index.ts'
import { describeOpenTransactions, listTransactions, type OpenTransaction, type WireBroker } from '../kafka/wire/index.ts'
import { settleHangingTransaction } from './hanging-transaction.ts'

export interface MissingEndsParts {
  readonly cluster: Cluster
  readonly groupId: string
  readonly timeoutMs: number
  /** Whether a transactional id is one of this application's. */
  readonly isOwn: (transactionalId: string) => boolean
  readonly log?: KafkaLog | undefined
}

/** A transaction that its coordinator has completed, and that is open in a partition nevertheless. */
interface MissingEnd extends TopicPartition {
  readonly transactionalId: string
  readonly from: bigint
}

/** States of transactions whose end is in all partitions, as far as the coordinator knows. */
const completed = ['Empty', 'CompleteCommit', 'CompleteAbort'] as const
/** A transaction is looked at twice: what began before the first look and is open at the second one, although it was complete in between, has no end. */
const betweenLooksMs = 1000

/** The part of kafkajs' cluster that its types lack. */
interface WithNodes {
  getNodeIds(): readonly string[]
  findBroker(query: { readonly nodeId: string }): Promise<WireBroker>
}

/**
 * Writes the ends of transactions that a broker has forgotten in partitions of outputs: one that was killed while it ended
 * a transaction may complete it without an end there (seen with Kafka 4.3.1 and 4.4.0). Readers of committed records would wait at the first of its records for ever. Each
 * end is written as its transaction ended. Throws Kafka's errors; what is not written is found the next time.
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
  { cluster, groupId, timeoutMs }: MissingEndsParts,
  transactionalId: string,
  targets: readonly TopicPartition[],
): Promise<void> {
  const session = new TransactionSession(cluster as unknown as ConstructorParameters<typeof TransactionSession>[0], {
    transactionalId,
    timeoutMs,
  })
  await settleHangingTransaction(session, { transactionalId, groupId, targets, timeoutMs, shared: true })
}

/** Asks what is open first, and for the states afterwards: an open transaction that is complete by then either ended in the meantime, or lacks an end. */
async function missingEnds({ cluster, isOwn }: MissingEndsParts, outputs: TopicPartitions): Promise<readonly MissingEnd[]> {
  const open = await openTransactions(cluster, outputs)
  if (open.length === 0) return []
  const nodes = cluster as unknown as WithNodes
  const producers = [...new Set(open.map(({ producerId }) => producerId))]
  const listed = await Promise.all(
    nodes.getNodeIds().map(async nodeId => listTransactions(await nodes.findBroker({ nodeId }), completed, producers)),
  )
  const ids = new Map(listed.flat().map(({ producerId, transactionalId }) => [producerId, transactionalId]))
  return open.flatMap(({ topic, partition, producerId, from }) => {
    const transactionalId = ids.get(producerId)
    return transactionalId === undefined || !isOwn(transactionalId) ? [] : [{ topic, partition, from, transactionalId }]
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
  const nodes = cluster as unknown as WithNodes
  const found = await Promise.all(
    [...byLeader].map(async ([nodeId, led]) => describeOpenTransactions(await nodes.findBroker({ nodeId }), led)),
  )
  return found.flat()
}

function isSame(a: MissingEnd, b: MissingEnd): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.from === b.from && a.transactionalId === b.transactionalId
}
