import type { BatchFailure, UnreadableBatch } from '../codecs/index.ts'
import { filterAbortedMessages, type AbortedTransaction, type FetchedMessage } from './filter-aborted-messages.ts'

/** The part of a fetch answer for one partition. */
export interface PartitionData<M extends FetchedMessage> {
  readonly partition: number
  readonly highWatermark: string
  readonly lastStableOffset?: string
  readonly abortedTransactions?: readonly AbortedTransaction[] | null
  /**
   * In offset order. `nextOffset`: the offset after the last record batch, if known; `failure`: why the first batch cannot be read; `size`: bytes
   * in memory.
   */
  readonly messages: readonly M[] & { readonly nextOffset?: number; readonly size?: number; readonly failure?: BatchFailure }
}

/**
 * The fetched records of one partition. It replaces kafkajs' Batch: it compares offsets as numbers, and knows where the record batches end.
 * `messages` has only committed data records.
 */
export class ConsumerBatch<M extends FetchedMessage> {
  readonly topic: string
  readonly partition: number
  readonly fetchedOffset: string
  readonly highWatermark: string
  /** The last stable offset, up to which a reader of committed records can read; undefined with brokers before 0.11. */
  readonly lastStableOffset: string | undefined
  readonly rawMessages: readonly M[]
  readonly messages: readonly M[]
  /** Why the batch cannot be read, and its offsets from the position on; it has no messages then, and the position stays unless it is skipped. */
  readonly failure: UnreadableRange | undefined
  #nextOffset: number
  /** The bytes of memory of which the records are views, including those of filtered records. */
  readonly size: number

  constructor(topic: string, fetchedOffset: string, data: PartitionData<M>) {
    const { messages, abortedTransactions = null } = data
    const from = Number(fetchedOffset)
    const last = messages.at(-1)
    this.topic = topic
    this.partition = data.partition
    this.fetchedOffset = fetchedOffset
    this.size = messages.size ?? 0
    this.highWatermark = data.highWatermark
    this.lastStableOffset = data.lastStableOffset
    this.rawMessages = messages
    this.failure = rangeOf(messages.failure, { topic, partition: data.partition, from })
    this.#nextOffset = Math.max(from, messages.nextOffset ?? (last ? offsetOf(last) + 1 : from))
    // Brokers answer with whole record batches, so the first may begin before the requested offset.
    this.messages = filterAbortedMessages({ messages, abortedTransactions }).filter(
      message => !message.isControlRecord && offsetOf(message) >= from,
    )
  }

  /** The position after the batch, which includes control, aborted and compacted records. */
  get nextOffset(): number {
    return this.#nextOffset
  }

  /** Moves the position past a batch that cannot be read. */
  skip(): void {
    if (this.failure !== undefined) this.#nextOffset = this.failure.last + 1
  }

  /** A batch that cannot be read is given to the consumer, though it has no messages. */
  isEmpty(): boolean {
    return this.messages.length === 0 && this.failure === undefined
  }

  /** Whether the batch has no record to process, but moves the position. */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.nextOffset > Number(this.fetchedOffset)
  }

  firstOffset(): string | null {
    const from = Number(this.fetchedOffset)
    return this.rawMessages.find(message => offsetOf(message) >= from)?.offset ?? null
  }

  /** The offset before `nextOffset`; for an answer without any record, the last offset of the partition. */
  lastOffset(): string {
    const moves = this.failure !== undefined || this.nextOffset > Number(this.fetchedOffset)
    return String((moves ? this.nextOffset : Number(this.highWatermark)) - 1)
  }

  offsetLag(): string {
    return String(Number(this.highWatermark) - 1 - Number(this.lastOffset()))
  }

  offsetLagLow(): string {
    const first = this.firstOffset()
    return first === null ? '0' : String(Number(this.highWatermark) - 1 - Number(first))
  }
}

/** A batch that cannot be read. */
export interface UnreadableRange {
  readonly error: UnreadableBatch
  readonly first: number
  readonly last: number
  readonly timestamp: number
}

function rangeOf(
  failure: BatchFailure | undefined,
  { topic, partition, from }: { readonly topic: string; readonly partition: number; readonly from: number },
): UnreadableRange | undefined {
  if (failure === undefined) return undefined
  const { error, offset, last, timestamp } = failure
  return { error: error.at(topic, partition, offset), first: Math.max(from, offset), last, timestamp }
}

function offsetOf(message: FetchedMessage): number {
  return message.offsetNumber ?? Number(message.offset)
}
