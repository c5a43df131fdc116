import { randomUUID } from 'node:crypto'
import { createTopics } from '../../topology/runtime/topics/topic-admin.ts'
import { createKafka, readTopic, TopicWriter, type Kafka, type TopicRecord } from '../../topology/runtime/index.ts'
import type { WriterRecord } from '../../topology/runtime/topics/topic-writer.ts'

export interface TopicSpec {
  readonly partitions?: number
  readonly compact?: boolean
}

/** Topics of one test on the broker that the test run brought up, under names of their own. */
export class KafkaFixture {
  /** Prefix of every name: also good for an application id. */
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
          configEntries: compact ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
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

  /** Everything that the topic holds now, partition by partition, in offset order. */
  async readAll(name: string): Promise<TopicRecord[]> {
    const records: TopicRecord[] = []
    for await (const batch of readTopic(this.kafka, { topic: this.topic(name), from: 'beginning', until: 'end' }))
      records.push(...batch.records)
    return records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Reads again and again until the topic holds at least so many records, or a minute is over. */
  async readAtLeast(name: string, count: number): Promise<TopicRecord[]> {
    return eventually(
      () => this.readAll(name),
      records => records.length >= count,
    )
  }

  /** Deletes all topics under this fixture's name, internal ones too. */
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

/** Asks until the answer is good, for a minute at most; then the last answer is returned, for the test to complain about. */
export async function eventually<T>(ask: () => Promise<T> | T, good: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask()
    if (good(answer) || tries >= 600) return answer
    await new Promise(resolve => {
      setTimeout(resolve, 100)
    })
  }
}

/** Makes the cleaner take what it can, as soon as it can. */
export const eagerCompaction = {
  'cleanup.policy': 'compact',
  'segment.ms': '100',
  'min.cleanable.dirty.ratio': '0.001',
  'delete.retention.ms': '100',
}

/** One topic with settings of its own. */
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

/** Resolves once nobody knows it any more. */
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
