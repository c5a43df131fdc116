import { randomUUID } from 'node:crypto'
import { newCluster } from '../../topology/runtime/kafka/kafka-client.ts'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka, readTopic, TopicWriter, type Kafka, type TopicRecord } from '../../topology/runtime/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'
import { eventually, holds } from '../support/eventually.ts'

export { eventually, holds } from '../support/eventually.ts'

export interface TopicSpec {
  readonly partitions?: number
  readonly compact?: boolean
}

export interface CommittedOffset {
  readonly partition: number
  readonly offset: string
  readonly metadata: string | null
}

/** kafkajs' broker that coordinates a group. */
interface Coordinator {
  offsetCommit(request: object): Promise<unknown>
}

/**
 * Retention goes by the timestamps of records, not by when they were written. A broker looks half a minute after its start, and then every five minutes, and takes
 * records of long ago, also those that nobody has read yet.
 */
const keptForEver = { name: 'retention.ms', value: '-1' } as const

/** The topics of one test, with unique names, on the broker of the test run. */
export class KafkaFixture {
  /** The prefix of every name; can also be used as an application id. */
  readonly id = `test-${randomUUID().slice(0, 8)}`
  readonly brokers: readonly string[]
  readonly kafka: Kafka

  constructor(brokers: string) {
    this.brokers = brokers.split(',')
    this.kafka = createKafka({ brokers: this.brokers, clientId: 'test' })
  }

  topic(name: string): string {
    return `${this.id}-${name}`
  }

  async createTopics(topics: Readonly<Record<string, TopicSpec>>): Promise<void> {
    const admin = this.kafka.admin()
    await admin.connect()
    try {
      await createTopics(
        admin,
        Object.entries(topics).map(([name, { partitions = 4, compact = false }]) => ({
          topic: this.topic(name),
          numPartitions: partitions,
          configEntries: [compact ? { name: 'cleanup.policy', value: 'compact' } : keptForEver],
        })),
      )
    } finally {
      await admin.disconnect()
    }
  }

  async produce(name: string, records: Iterable<WriterRecord>): Promise<void> {
    const writer = await TopicWriter.open(this.kafka, this.topic(name))
    try {
      for (const record of records) await writer.write(record)
      await writer.flush()
    } finally {
      await writer.close()
    }
  }

  /** All records that the topic has now, by partition and in offset order. */
  async readAll(name: string): Promise<TopicRecord[]> {
    return this.#read(name, 'end')
  }

  /**
   * Like `readAll`, but waits for the transactions that are open now. To be used after a commit that no other read has shown: the coordinator answers
   * an end before it has written the marker of each partition.
   */
  async readSettled(name: string): Promise<TopicRecord[]> {
    return this.#read(name, 'logEnd')
  }

  async #read(name: string, until: 'end' | 'logEnd'): Promise<TopicRecord[]> {
    const records: TopicRecord[] = []
    for await (const batch of readTopic(this.kafka, { topic: this.topic(name), from: 'beginning', until })) records.push(...batch.records)
    return records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Reads the topic repeatedly until it has at least `count` records, or a minute is over. */
  async readAtLeast(name: string, count: number): Promise<TopicRecord[]> {
    return eventually(
      () => this.readAll(name),
      records => records.length >= count,
    )
  }

  /** Commits offsets of the topic for the group of that name, as tools do: kafkajs' own method joins the group, and drops the metadata. */
  async commitOffsets(name: string, partitions: readonly CommittedOffset[]): Promise<void> {
    const cluster = newCluster(this.kafka)
    await cluster.connect()
    try {
      const topics = [{ topic: this.topic(name), partitions }]
      // A coordinator that has just begun still loads its groups.
      await holds(async () => {
        const coordinator = (await cluster.findGroupCoordinator({ groupId: this.id })) as unknown as Coordinator
        await coordinator.offsetCommit({ groupId: this.id, memberId: '', groupGenerationId: -1, topics })
      })
    } finally {
      await cluster.disconnect()
    }
  }

  /** Deletes all topics with the prefix of this fixture, including internal ones. */
  async close(): Promise<void> {
    const admin = this.kafka.admin()
    await admin.connect()
    try {
      const topics = (await admin.listTopics()).filter(topic => topic.startsWith(this.id))
      if (topics.length > 0) await admin.deleteTopics({ topics })
    } finally {
      await admin.disconnect()
    }
  }
}

/** For consumers of kafkajs: one that is disconnected waits for its last fetch, by default for 5 s. */
export const briefFetches = { maxWaitTimeInMs: 100 } as const

/** Settings with which the log cleaner compacts as much as possible, as soon as possible. */
export const eagerCompaction = {
  'cleanup.policy': 'compact',
  'segment.ms': '100',
  'min.cleanable.dirty.ratio': '0.001',
  'delete.retention.ms': '100',
}

/** Creates a topic with these settings. */
export async function makeTopic(
  fixture: KafkaFixture,
  name: string,
  settings: Readonly<Record<string, string>>,
  partitions = 1,
): Promise<void> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }))
  await createTopics(admin, [{ topic: fixture.topic(name), numPartitions: partitions, configEntries }])
  await admin.disconnect()
}

/** Deletes a topic. Resolves once the brokers no longer list it. */
export async function deleteTopic(fixture: KafkaFixture, name: string): Promise<void> {
  const admin = fixture.kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [fixture.topic(name)] })
  await eventually(
    () => admin.listTopics(),
    topics => !topics.includes(fixture.topic(name)),
  )
  await admin.disconnect()
}
