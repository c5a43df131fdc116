import type { ChangelogStanding } from '../../../stores/index.ts'
import { headerEntries } from '../../record-headers.ts'
import { type FetchedRecords, type FetchedRecord, filterAbortedMessages, type AbortedTransaction } from '../kafka/kafkajs-mends/index.ts'

/** A record as a topic holds it. Key, value and headers are views of the fetched bytes. */
export interface TopicRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Epoch ms. */
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Of a name that comes more than once, the last value; a null value is empty here. */
  readonly headers: Readonly<Record<string, Buffer>> | undefined
}

/** Records of one partition, in offset order. */
export interface TopicBatch {
  readonly partition: number
  readonly records: readonly TopicRecord[]
  /** The position after the batch: control records and aborted ones count. */
  readonly nextOffset: number
  /** Of a reading that has an end: how much of the partition is read, from 0 to 1. */
  readonly share?: number
  /** Of a reading that is kept: of what the rows are that were read up to `nextOffset`. */
  readonly standing?: ChangelogStanding
}

/** One partition's part of a fetch answer. */
export interface FetchedPartition {
  readonly partition: number
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  readonly messages: FetchedRecords
  readonly lastStableOffset?: string | null
}

/** A partition's batch, and how it lies in the partition. */
export interface FetchedBatch extends TopicBatch {
  /** How many offsets before `nextOffset` have neither record nor marker. */
  readonly missing: number
  /** Readers of committed records have nothing more to read. */
  readonly atEnd: boolean
}

/** The committed data records from `position` on; a broker answers with whole record batches, so earlier ones may come with them. Throws UnreadableBatch. */
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
  const headers: Record<string, Buffer> = {}
  for (const [name, value] of headerEntries(message.headers)) headers[name] = (value as Buffer | null) ?? noBytes
  return headers
}

const noBytes = Buffer.alloc(0)
