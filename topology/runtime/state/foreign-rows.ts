import type { Kafka } from '../kafka/index.ts'
import { readTopic } from '../topics/index.ts'

/** A part of a changelog in which somebody else has written, beside or between the rows of the task's own commit. */
export interface ForeignRows {
  readonly store: string
  readonly topic: string
  readonly partition: number
  /** The first offset. */
  readonly from: number
  /** The offset after the last one. */
  readonly to: number
  /** How many records of it the task did not write. */
  readonly count: number
}

/** Copies of the keys of all records in that part of the changelog, the task's own too. Throws what `readTopic` throws. */
export async function keysOf(
  kafka: Kafka,
  { topic, partition, from, to }: Omit<ForeignRows, 'store' | 'count'>,
): Promise<readonly Uint8Array[]> {
  const keys: Uint8Array[] = []
  const reading = readTopic(kafka, { topic, partitions: [partition], from: new Map([[partition, from]]), until: 'logEnd' })
  for await (const { records, nextOffset } of reading) {
    for (const { key, offset } of records) if (key !== null && offset < to) keys.push(Uint8Array.from(key))
    if (nextOffset >= to) break
  }
  return keys
}
