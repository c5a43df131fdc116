import type { ChangelogStanding } from '../../../stores/index.ts'
import { headerEntries } from '../../record-headers.ts'
import { type FetchedRecords, type FetchedRecord, filterAbortedMessages, type AbortedTransaction } from '../kafka/kafkajs-mends/index.ts'

/** A record of a topic. Key, value and headers are views of the fetched bytes. */
export interface TopicRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Event time or append time, epoch ms. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Header values by name: the last value of a name that occurs more than once; empty for null. */
  readonly headers: Readonly<Record<string, Buffer>> | undefined
}

/** Records of one partition, in offset order. */
export interface TopicBatch {
  readonly partition: number
  readonly records: readonly TopicRecord[]
  /** The position after the batch, past control records and aborted records. */
  readonly nextOffset: number
  /** With `until: 'end'`: the share of the partition that has been read, from 0 to 1. */
  readonly share?: number
  /** With `kept`: the standing of the rows up to `nextOffset`. */
  readonly standing?: ChangelogStanding
}

/** The part of a fetch answer that belongs to one partition. */
export interface FetchedPartition {
  readonly partition: number
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  readonly messages: FetchedRecords
  readonly lastStableOffset?: string | null
}

/** A batch with facts about its place in the partition. */
export interface FetchedBatch extends TopicBatch {
  /** The number of offsets from the position to `nextOffset` that have neither a record nor a marker. */
  readonly missing: number
  /** Whether `nextOffset` is the end for readers of committed records. */
  readonly atEnd: boolean
}

/** The committed data records from `position` on. Earlier records are dropped: a broker answers with whole record batches. Throws UnreadableBatch. */
export function committedBatch(topic: string, fetched: FetchedPartition, position: number): FetchedBatch {
  const { partition, messages, abortedTransactions, lastStableOffset } = fetched
  if (messages.failure) throw messages.failure.error.at(topic, partition, messages.failure.offset)
  const records: TopicRecord[] = []
  for (const message of filterAbortedMessages({ messages, abortedTransactions })) {
    const { key, value, offsetNumber: offset, timestampNumber: timestamp } = message
    if (message.isControlRecord || offset < position) continue
    records.push({ topic, partition, offset, timestamp, key, value, headers: headersOf(message) })
  }
  const nextOffset = Math.max(position, messages.nextOffset ?? 0)
  const earlier = messages.findIndex(({ offsetNumber }) => offsetNumber >= position)
  const present = earlier < 0 ? 0 : messages.length - earlier
  const atEnd = nextOffset >= Number(lastStableOffset ?? Infinity)
  return { partition, records, nextOffset, missing: nextOffset - position - present, atEnd }
}

function headersOf(message: FetchedRecord): Readonly<Record<string, Buffer>> | undefined {
  if (!message.headerBytes) return undefined
  // Not by assignment: a header may have the name `__proto__`.
  return Object.fromEntries(headerEntries(message.headers).map(([name, value]) => [name, (value as Buffer | null) ?? noBytes]))
}

const noBytes = Buffer.alloc(0)
