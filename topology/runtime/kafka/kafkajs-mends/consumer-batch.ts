import type { BatchFailure } from '../codecs/index.ts'
import { filterAbortedMessages, type AbortedTransaction, type FetchedMessage } from './filter-aborted-messages.ts'

/** One partition's part of a fetch answer. */
export interface PartitionData<M extends FetchedMessage> {
  readonly partition: number
  readonly highWatermark: string
  readonly lastStableOffset?: string
  readonly abortedTransactions?: readonly AbortedTransaction[] | null
  /** In offset order; `nextOffset` where the record batches told where they end, `failure` where the first cannot be unpacked; `size`: their bytes. */
  readonly messages: readonly M[] & { readonly nextOffset?: number; readonly size?: number; readonly failure?: BatchFailure }
}

/**
 * What a fetch brought of one partition: kafkajs' Batch, which compares offsets as numbers and knows where the record batches ended.
 * `messages` has committed data records alone.
 */
export class ConsumerBatch<M extends FetchedMessage> {
  readonly topic: string
  readonly partition: number
  readonly fetchedOffset: string
  readonly highWatermark: string
  /** What a reader of committed records can reach at most; undefined from brokers before 0.11. */
  readonly lastStableOffset: string | undefined
  readonly rawMessages: readonly M[]
  readonly messages: readonly M[]
  /** The position after the batch: control records, aborted and compacted ones count. */
  readonly nextOffset: number
  /** Bytes in memory that the records are views of, those of filtered records among them. */
  readonly size: number

  /** Throws UnreadableBatch. */
  constructor(topic: string, fetchedOffset: string, data: PartitionData<M>) {
    const { messages, abortedTransactions = null } = data
    if (messages.failure) throw messages.failure.error.at(topic, data.partition, messages.failure.offset)
    const from = Number(fetchedOffset)
    const last = messages.at(-1)
    this.topic = topic
    this.partition = data.partition
    this.fetchedOffset = fetchedOffset
    this.size = messages.size ?? 0
    this.highWatermark = data.highWatermark
    this.lastStableOffset = data.lastStableOffset
    this.rawMessages = messages
    this.nextOffset = Math.max(from, messages.nextOffset ?? (last ? offsetOf(last) + 1 : from))
    // A broker answers with whole record batches: the first may begin before what was asked for.
    this.messages = filterAbortedMessages({ messages, abortedTransactions }).filter(
      message => !message.isControlRecord && offsetOf(message) >= from,
    )
  }

  isEmpty(): boolean {
    return this.messages.length === 0
  }

  /** Whether the batch has nothing to process and yet moves the position. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.nextOffset > Number(this.fetchedOffset)
  }

  firstOffset(): string | null {
    const from = Number(this.fetchedOffset)
    return this.rawMessages.find(message => offsetOf(message) >= from)?.offset ?? null
  }

  /** Before the position after the batch; for an answer without any record, the last offset of the partition. */
  lastOffset(): string {
    return this.nextOffset > Number(this.fetchedOffset) ? String(this.nextOffset - 1) : String(Number(this.highWatermark) - 1)
  }

  offsetLag(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()))
  }

  offsetLagLow(): string {
    const first = this.firstOffset()
    return first === null ? '0' : String(Number(this.highWatermark) - 1 - Number(first))
  }
}

function offsetOf(message: FetchedMessage): number {
  return message.offsetNumber ?? Number(message.offset)
}
