import type { RawRecord } from '../../stream-record.ts'
import { pause, type Batch } from '../kafka/index.ts'
import type { ConsumerBatch, FetchedRecord } from '../kafka/kafkajs-mends/index.ts'
import type { RecordQueue } from '../tasks/index.ts'
import type { StreamsConfig } from '../config/index.ts'

/** After a batch of fewer than `smallBatch` records, the next fetch waits for `trickleMs`, in ms. */
const smallBatch = 64
const trickleMs = 2

interface TopicPartitions {
  readonly topic: string
  readonly partitions: number[]
}

export interface RecordIntakeParts {
  readonly config: StreamsConfig
  /** The queues of all tasks. */
  queues(): readonly RecordQueue[]
  pause(topicPartitions: TopicPartitions[]): void
  resume(topicPartitions: TopicPartitions[]): void
}

/** Moves fetched records into the tasks' queues, and pauses partitions whose buffered bytes exceed the limits. */
export class RecordIntake {
  readonly #parts: RecordIntakeParts
  readonly #paused = new Set<RecordQueue>()

  constructor(parts: RecordIntakeParts) {
    this.#parts = parts
  }

  /**
   * Adds a batch to its queue. Await a returned promise before the next fetch: with few records at a time, a fetch costs more than their
   * processing.
   */
  addRecords(batch: Batch): Promise<void> | undefined {
    const { topic, partition, nextOffset, lastStableOffset, messages } = batch as unknown as ConsumerBatch<FetchedRecord>
    const queue = this.#queueOf(topic, partition)
    if (queue === undefined) return undefined
    const records: RawRecord[] = []
    let bytes = 0
    for (const { key, value, timestampNumber, headers, offsetNumber } of messages) {
      if (offsetNumber < queue.position) continue
      bytes += (key?.length ?? 0) + (value?.length ?? 0)
      records.push({ key, value, timestamp: timestampNumber, headers, topic, partition, offset: offsetNumber, source: undefined })
    }
    queue.addRecords(records, bytes, nextOffset)
    queue.end = Math.max(queue.end, Number(lastStableOffset ?? 0))
    if (!this.#paused.has(queue) && this.#isFull(queue, 1)) {
      this.#paused.add(queue)
      this.#parts.pause([{ topic, partitions: [partition] }])
    }
    return records.length < smallBatch ? pause(trickleMs) : undefined
  }

  /** Moves the position past `lastOffset` after a batch that held only markers and aborted records. */
  passed(topic: string, partition: number, lastOffset: number): void {
    const queue = this.#queueOf(topic, partition)
    if (queue !== undefined && lastOffset >= queue.position) queue.addRecords([], 0, lastOffset + 1)
  }

  /** Resumes paused partitions whose buffered bytes have fallen to half of the limits. */
  resumeWhereRoom(): void {
    if (this.#paused.size === 0) return
    for (const queue of this.#paused) if (!this.#isFull(queue, 0.5)) this.#resume(queue)
  }

  /** Resumes all paused partitions, before new queues replace the present ones. */
  reset(): void {
    for (const queue of this.#paused) this.#resume(queue)
  }

  #resume(queue: RecordQueue): void {
    this.#paused.delete(queue)
    this.#parts.resume([{ topic: queue.topic, partitions: [queue.partition] }])
  }

  #queueOf(topic: string, partition: number): RecordQueue | undefined {
    return this.#parts.queues().find(queue => queue.topic === topic && queue.partition === partition)
  }

  /** Whether the buffered bytes of this partition or of all partitions exceed `share` of their limit. */
  #isFull(queue: RecordQueue, share: number): boolean {
    const { maxBufferedBytes, maxBufferedTotalBytes } = this.#parts.config
    if (queue.bytes > maxBufferedBytes * share) return true
    // An empty queue is never full: other queues may be waiting for its records, and would then never make room.
    if (queue.size === 0) return false
    let total = 0
    for (const each of this.#parts.queues()) total += each.bytes
    return total > maxBufferedTotalBytes * share
  }
}
