import { sluice } from '../../proto/messages.js'
import { wholeOf } from '../../serving/index.ts'
import { partitionForKey, readTopic, type TopicRecord } from '../../topology/runtime/topics/index.ts'
import { type Connection, owned, partitionsIn, type Place } from './record-at.ts'

/** A record of a topic of results. */
export interface FoundResult {
  readonly record: TopicRecord
  readonly result: sluice.ScoreResult
}

export interface AnswersOptions {
  /** The topic of results. */
  readonly topic: string
  /** The input record. */
  readonly input: Pick<TopicRecord, 'partition' | 'offset' | 'timestamp' | 'key'>
  /** Whether to read on after the first one: results that were written twice, or several models. */
  readonly all: boolean
}

/** Decodes a result; undefined: it is none. */
export function resultIn({ value }: Pick<TopicRecord, 'value'>): sluice.ScoreResult | undefined {
  if (value === null) return undefined
  try {
    const result = sluice.ScoreResult.decode(value)
    // Bytes of another message may be readable as this one, but a result always names its data type.
    return result.dataType === '' ? undefined : result
  } catch {
    return undefined
  }
}

/**
 * The results of an input record in a topic, in their order. Results have the key and the timestamp of their input, so they are on one partition, not before its
 * timestamp; a topic that stamps records itself is read from its beginning.
 */
export async function answersTo(connection: Connection, { topic, input, all }: AnswersOptions): Promise<readonly FoundResult[]> {
  const partitions = await partitionsIn(connection, topic)
  if (partitions === undefined) return []
  const partition = input.key === null ? input.partition % partitions : partitionForKey(input.key, partitions)
  const from = await offsetAt(connection, topic, { partition, timestamp: input.timestamp })
  const found = from === undefined ? [] : await answersFrom(connection, { topic, input, all }, { partition, offset: from })
  if (found.length > 0) return found
  const [low] = (await connection.admin.fetchTopicOffsets(topic)).filter(each => each.partition === partition)
  return answersFrom(connection, { topic, input, all }, { partition, offset: Number(low?.low ?? 0) })
}

async function answersFrom(
  { kafka }: Connection,
  { topic, input, all }: AnswersOptions,
  { partition, offset }: Place,
): Promise<readonly FoundResult[]> {
  const found: FoundResult[] = []
  const from = new Map([[partition, offset]])
  for await (const { records } of readTopic(kafka, { topic, partitions: [partition], from, until: 'end' })) {
    for (const record of records) {
      const result = resultIn(record)
      if (result === undefined || result.inputPartition !== input.partition || wholeOf(result.inputOffset) !== input.offset) continue
      found.push({ record: owned(record), result })
      if (!all) return found
    }
  }
  return found
}

/** The first offset with that timestamp or a later one; undefined: there is none. */
async function offsetAt(
  { admin }: Connection,
  topic: string,
  { partition, timestamp }: { readonly partition: number; readonly timestamp: number },
): Promise<number | undefined> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, timestamp)
  const offset = Number(offsets.find(each => each.partition === partition)?.offset ?? -1)
  return offset < 0 ? undefined : offset
}
