import type { RawRecord } from '../../stream-record.ts'
import { pause, type Batch } from '../kafka/index.ts'
import type { ConsumerBatch, FetchedRecord } from '../kafka/kafkajs-mends/index.ts'
import type { RecordQueue } from '../tasks/index.ts'
import type { StreamsConfig } from '../config/index.ts'

/** After fewer records than this of a partition, the next fetch is made so much later, ms. */
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

/** Takes what the consumer fetched over into the tasks' queues, at once, and stops fetching where too much waits. */
export class RecordIntake {
  readonly #parts: RecordIntakeParts
  readonly #paused = new Set<RecordQueue>()

  constructor(parts: RecordIntakeParts) {
    this.#parts = parts
  }

  /** Takes a batch over. What it returns is to be awaited before the next fetch: where records trickle, one fetch each would cost more than they do. */
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

  /** The partition goes on after `lastOffset`, though nothing came of it: markers, aborted records. */
  passed(topic: string, partition: number, lastOffset: number): void {
    const queue = this.#queueOf(topic, partition)
    if (queue !== undefined && lastOffset >= queue.position) queue.addRecords([], 0, lastOffset + 1)
  }

  /** Fetches again where there is room: half of what was too much. */
  resumeWhereRoom(): void {
    if (this.#paused.size === 0) return
    for (const queue of this.#paused) if (!this.#isFull(queue, 0.5)) this.#resume(queue)
  }

  /** Forgets what was paused: other queues take over. */
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

  /** Whether so many bytes wait, of this partition or of all, that it fetches no more; `share` of the limits. */
  #isFull(queue: RecordQueue, share: number): boolean {
    const { maxBufferedBytes, maxBufferedTotalBytes } = this.#parts.config
    if (queue.bytes > maxBufferedBytes * share) return true
    // With nothing of its own it would wait for others to make room, which may wait for it.
    if (queue.size === 0) return false
    let total = 0
    for (const each of this.#parts.queues()) total += each.bytes
    return total > maxBufferedTotalBytes * share
  }
}
