import { type Kafka, readTopic, type TopicRecord } from '../../topology/runtime/index.ts'

/** All committed records of a topic. Keys and values are copies. */
export async function readAll(kafka: Kafka, topic: string): Promise<TopicRecord[]> {
  const all: TopicRecord[] = []
  for await (const { records } of readTopic(kafka, { topic, from: 'beginning', until: 'end' }))
    for (const record of records)
      all.push({ ...record, key: record.key && Buffer.from(record.key), value: record.value && Buffer.from(record.value) })
  return all
}
