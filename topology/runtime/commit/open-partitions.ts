import { topicPartition } from '../../../base/index.ts'
import type { TopicPartitions } from '../group/index.ts'
import type { Cluster } from '../kafka/index.ts'

/** The part of kafkajs' broker that returns offsets. */
interface OffsetsBroker {
  listOffsets(request: object): Promise<{
    readonly responses: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[]
  }>
}

const latest = -1
const [uncommitted, committed] = [0, 1] as const

/**
 * Returns the partitions that have records of open transactions, or of transactions whose end marker is not written yet, as "topic-partition". Throws
 * kafkajs' errors.
 */
export async function openPartitions(cluster: Cluster, partitions: TopicPartitions): Promise<readonly string[]> {
  const topics = Object.keys(partitions)
  if (topics.length === 0) return []
  await cluster.addMultipleTargetTopics(topics)
  // The stable ends are fetched first: a transaction that begins in between can make a partition look open, but never an open one stable.
  const stable = await endsOf(cluster, partitions, committed)
  const ends = await endsOf(cluster, partitions, uncommitted)
  return [...ends].flatMap(([name, end]) => (stable.get(name) === end ? [] : [name]))
}

async function endsOf(cluster: Cluster, partitions: TopicPartitions, isolationLevel: number): Promise<ReadonlyMap<string, string>> {
  const byLeader = new Map<string, { topic: string; partitions: { partition: number; timestamp: number }[] }[]>()
  for (const [topic, asked] of Object.entries(partitions)) {
    for (const [leader, led] of Object.entries(cluster.findLeaderForPartitions(topic, [...asked]))) {
      const known = byLeader.get(leader) ?? []
      byLeader.set(leader, known)
      known.push({ topic, partitions: led.map(partition => ({ partition, timestamp: latest })) })
    }
  }
  const answers = await Promise.all(
    [...byLeader].map(async ([nodeId, topics]) => {
      const broker = (await cluster.findBroker({ nodeId })) as unknown as OffsetsBroker
      return (await broker.listOffsets({ isolationLevel, topics })).responses
    }),
  )
  const found = answers.flat().flatMap(({ topic, partitions: each }) => each.map(({ partition, offset }) => ({ topic, partition, offset })))
  return new Map(found.map(({ topic, partition, offset }) => [topicPartition(topic, partition), offset]))
}
