import { randomUUID } from 'node:crypto'
import { newCluster, type Admin, type Cluster, type Kafka } from '../../topology/runtime/kafka/kafka-client.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { readTopic, type TopicReaderOptions } from '../../topology/runtime/topics/topic-reader.ts'

/** The connected clients of one test of transactions, and its topic, which has two partitions. */
export interface TransactionTopic {
  admin: Admin
  cluster: Cluster
  topic: string
}

/** Connects and creates a topic; its name begins with `prefix`. */
export async function openTransactionTopic(kafka: Kafka, prefix: string): Promise<TransactionTopic> {
  const [admin, cluster, topic] = [kafka.admin(), newCluster(kafka), `${prefix}-${randomUUID()}`]
  await admin.connect()
  await cluster.connect()
  await createTopics(admin, [{ topic, numPartitions: 2 }])
  return { admin, cluster, topic }
}

/** Deletes the topic and disconnects. */
export async function closeTransactionTopic({ admin, cluster, topic }: TransactionTopic): Promise<void> {
  await admin.deleteTopics({ topics: [topic] })
  await Promise.all([admin.disconnect(), cluster.disconnect()])
}

/** Runs `work` with an admin client of its own. */
export async function withAdmin(kafka: Kafka, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** One record for each text, in one partition. */
export function textsFor(topic: string, partition: number, ...texts: readonly string[]) {
  return { topic, partition, messages: texts.map(text => ({ partition, value: Buffer.from(text), timestamp: Date.now() })) }
}

/** The same texts for each of the two partitions. */
export function textsForBoth(topic: string, ...texts: readonly string[]) {
  return [0, 1].map(partition => textsFor(topic, partition, ...texts))
}

/** The values of the visible records, sorted; `until` as in `readTopic`. */
export async function visibleTexts(kafka: Kafka, topic: string, until: TopicReaderOptions['until']): Promise<string[]> {
  const texts: string[] = []
  for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until }))
    for (const { value } of records) texts.push(String(value))
  return texts.toSorted()
}

/** The committed offset of partition 0 for the group that is named as the topic; '-1': none. */
export async function committedOffset(admin: Admin, topic: string): Promise<string | undefined> {
  const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] })
  return found?.partitions.find(({ partition }) => partition === 0)?.offset
}
