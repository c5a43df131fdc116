import { SluiceError } from '../../base/index.ts'
import { type Admin, type Kafka } from '../../topology/runtime/kafka/index.ts'
import { existingTopics, readTopic, type TopicRecord } from '../../topology/runtime/topics/index.ts'

/** A partition and an offset. */
export interface Place {
  readonly partition: number
  readonly offset: number
}

/** A connection to Kafka. */
export interface Connection {
  readonly kafka: Kafka
  readonly admin: Admin
}

/** The number of partitions of a topic; undefined: there is no such topic. */
export async function partitionsIn({ admin }: Connection, topic: string): Promise<number | undefined> {
  return (await existingTopics(admin, [topic])).get(topic)
}

/** The committed record at a place. Throws TOPIC_MISSING, OFFSET_OUT_OF_RANGE: the place holds no record, which says why. */
export async function recordAt(connection: Connection, topic: string, { partition, offset }: Place): Promise<TopicRecord> {
  const partitions = await partitionsIn(connection, topic)
  if (partitions === undefined) throw new SluiceError('TOPIC_MISSING', `topic ${topic} does not exist`)
  if (partition >= partitions)
    throw new SluiceError('TOPIC_MISSING', `topic ${topic} has no partition ${partition}: it has ${partitions} (0 to ${partitions - 1})`)
  const range = (await connection.admin.fetchTopicOffsets(topic)).find(each => each.partition === partition)
  const [low, high] = [Number(range?.low ?? 0), Number(range?.high ?? 0)]
  const where = `partition ${partition} of topic ${topic}`
  if (offset >= high) throw outOfRange(`${where} ends before offset ${offset}: its next record gets offset ${high}`)
  if (offset < low)
    throw outOfRange(`${where} begins at offset ${low}: the record at ${offset} has expired (retention.ms, retention.bytes)`)
  for await (const { records } of readTopic(connection.kafka, {
    topic,
    partitions: [partition],
    from: new Map([[partition, offset]]),
    until: 'end',
  })) {
    const [first] = records
    if (first?.offset === offset) return owned(first)
    if (first !== undefined) break
  }
  throw outOfRange(
    `there is no record at offset ${offset} of ${where}: it is of a transaction that was aborted or is still open, a marker of one, or was compacted away`,
  )
}

/** The same, or undefined where the record has gone, or never was. */
export async function recordStillAt(connection: Connection, topic: string, place: Place): Promise<TopicRecord | undefined> {
  try {
    return await recordAt(connection, topic, place)
  } catch (error) {
    if (error instanceof SluiceError && ['OFFSET_OUT_OF_RANGE', 'TOPIC_MISSING'].includes(error.code)) return undefined
    throw error
  }
}

/** A record whose bytes are its own, and not a view of what was fetched. */
export function owned(record: TopicRecord): TopicRecord {
  const { key, value } = record
  return { ...record, key: key && Buffer.from(key), value: value && Buffer.from(value) }
}

function outOfRange(message: string): SluiceError {
  return new SluiceError('OFFSET_OUT_OF_RANGE', message)
}
