import { pause } from '../../../base/index.ts'
import type { RawRecord } from '../../stream-record.ts'
import { type UnreadableOffsets, unreadableRecord } from '../../unreadable-records.ts'
import type { Batch } from '../kafka/index.ts'
import type { ConsumerBatch, FetchedRecord } from '../kafka/kafkajs-mends/index.ts'
import type { BufferedBytes, RecordQueue } from '../tasks/index.ts'
import type { StreamsConfig } from '../config/index.ts'

/** After a batch of fewer than `smallBatch` records, the next fetch waits for `trickleMs`, in ms. */
const smallBatch = 64
const trickleMs = 2

/**
 * The bytes of heap of a waiting record, measured with Node 20: its object; each view (key, value) of the fetched bytes; its headers object with its
 * view; each header in it. `fetchHeap`: the bytes of one fetch for all its records, besides the fetched bytes.
 */
const recordHeap = 113
const viewHeap = 96
const headersHeap = 152
const headerHeap = 104
const fetchHeap = 560

interface TopicPartitions {
  readonly topic: string
  readonly partitions: number[]
}

export interface RecordIntakeParts {
  readonly config: StreamsConfig
  pause(topicPartitions: TopicPartitions[]): void
  resume(topicPartitions: TopicPartitions[]): void
  /** A batch cannot be read: its partition stands still now, or the batch is skipped. */
  onUnreadable(batch: UnreadableOffsets, policy: StreamsConfig['unreadableBatches']): void
}

/** Moves fetched records into the tasks' queues, and pauses partitions whose buffered bytes exceed the limits. */
export class RecordIntake {
  readonly #parts: RecordIntakeParts
  /** By topic, then by partition. A name made of both would have to be made for each batch. */
  readonly #queues = new Map<string, Map<number, RecordQueue>>()
  readonly #paused = new Set<RecordQueue>()
  /** Partitions that stand still before a batch that cannot be read, until the next assignment. */
  readonly #stopped = new Set<RecordQueue>()
  #total: BufferedBytes = { bytes: 0 }

  constructor(parts: RecordIntakeParts) {
    this.#parts = parts
  }

  /** Replaces the queues by those of all tasks. Partitions whose queues are already full are paused, all others resumed. */
  assign(queues: Iterable<RecordQueue>): void {
    for (const queue of [...this.#paused, ...this.#stopped]) this.#resume(queue)
    this.#queues.clear()
    this.#total = { bytes: 0 }
    for (const queue of queues) {
      const partitions = this.#queues.get(queue.topic) ?? new Map<number, RecordQueue>()
      this.#queues.set(queue.topic, partitions.set(queue.partition, queue))
      queue.countIn(this.#total)
    }
    for (const partitions of this.#queues.values()) for (const queue of partitions.values()) this.#pauseIfFull(queue)
  }

  /**
   * Adds a batch to its queue. Await a returned promise before the next fetch: with few records at a time, a fetch costs more than their
   * processing.
   */
  addRecords(batch: Batch): Promise<void> | undefined {
    const fetched = batch as unknown as ConsumerBatch<FetchedRecord>
    const { topic, partition, nextOffset, lastStableOffset, messages, size, failure } = fetched
    const queue = this.#queueOf(topic, partition)
    if (queue === undefined) return undefined
    if (failure !== undefined) return this.#unreadable(queue, fetched, { topic, partition, ...failure })
    const records: RawRecord[] = []
    let objects = 0
    for (const message of messages) {
      const { key, value, timestampNumber, offsetNumber } = message
      if (offsetNumber < queue.position) continue
      objects += heapOf(message)
      records.push({
        key,
        value,
        timestamp: timestampNumber,
        headers: message.headers,
        topic,
        partition,
        offset: offsetNumber,
        source: undefined,
      })
    }
    queue.addRecords(records, objects, nextOffset, size + fetchHeap)
    queue.end = Math.max(queue.end, Number(lastStableOffset ?? 0))
    this.#pauseIfFull(queue)
    return records.length < smallBatch ? pause(trickleMs) : undefined
  }

  /** Passes a dead letter's record in place of the batch, or stops the partition before it. Other partitions go on in both cases. */
  #unreadable(queue: RecordQueue, batch: ConsumerBatch<FetchedRecord>, offsets: UnreadableOffsets): undefined {
    const { unreadableBatches: policy } = this.#parts.config
    queue.end = Math.max(queue.end, Number(batch.lastStableOffset ?? 0))
    if (policy === 'skip') {
      batch.skip()
      if (offsets.last >= queue.position) queue.addRecords([unreadableRecord(offsets)], recordHeap, batch.nextOffset)
    } else {
      queue.stopped = true
      this.#stopped.add(queue)
      this.#parts.pause([{ topic: queue.topic, partitions: [queue.partition] }])
    }
    this.#parts.onUnreadable(offsets, policy)
  }

  /** Moves the position past `lastOffset` after a batch that held only markers and aborted records. */
  passed(topic: string, partition: number, lastOffset: number): void {
    const queue = this.#queueOf(topic, partition)
    if (queue !== undefined && lastOffset >= queue.position) queue.addRecords([], 0, lastOffset + 1)
  }

  /** Resumes paused partitions whose buffered bytes have fallen to half of the limits. */
  resumeWhereRoom(): void {
    if (this.#paused.size === 0) return
    for (const queue of this.#paused) if (!this.#isFull(queue, 0.5) && !this.#stopped.has(queue)) this.#resume(queue)
  }

  #pauseIfFull(queue: RecordQueue): void {
    if (this.#paused.has(queue) || !this.#isFull(queue, 1)) return
    this.#paused.add(queue)
    this.#parts.pause([{ topic: queue.topic, partitions: [queue.partition] }])
  }

  #resume(queue: RecordQueue): void {
    this.#paused.delete(queue)
    this.#stopped.delete(queue)
    queue.stopped = false
    this.#parts.resume([{ topic: queue.topic, partitions: [queue.partition] }])
  }

  #queueOf(topic: string, partition: number): RecordQueue | undefined {
    return this.#queues.get(topic)?.get(partition)
  }

  /** Whether the buffered bytes of this partition or of all partitions exceed `share` of their limit. */
  #isFull(queue: RecordQueue, share: number): boolean {
    const { maxBufferedBytes, maxBufferedTotalBytes } = this.#parts.config
    if (queue.bytes > maxBufferedBytes * share) return true
    // An empty queue is never full: other queues may be waiting for its records, and would then never make room.
    if (queue.size === 0) return false
    return this.#total.bytes > maxBufferedTotalBytes * share
  }
}

function heapOf({ key, value, headerCount }: FetchedRecord): number {
  const views = (key === null ? 0 : viewHeap) + (value === null ? 0 : viewHeap)
  return recordHeap + views + (headerCount === 0 ? 0 : headersHeap + headerCount * headerHeap)
}
