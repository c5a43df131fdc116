import type { Headers } from '../stream-record.ts'

/** A serialized record that a task writes. */
export interface OutputRecord {
  /** The key; null if there is none. */
  readonly key: Uint8Array | null
  /** The value; null marks a deletion. */
  readonly value: Uint8Array | null
  /** Event time, ms since the epoch. */
  readonly timestamp: number
  /** The headers; undefined if there are none. */
  readonly headers: Headers | undefined
}

/**
 * Buffers the records that a task writes until the task's commit sends them.
 * Records of one topic-partition keep their order.
 */
export interface Collector {
  /**
   * Adds a record. If `partition` is undefined, the key chooses the partition (murmur2, as Kafka's default partitioner does); without a key, the number of
   * the input partition does. Throws what `TopicGate.check` throws for a record that the topic would never accept; the record is not added then.
   */
  send(topic: string, partition: number | undefined, record: OutputRecord): void
  /** A mark to roll back to. */
  mark(): CollectorMark
  /** Removes the records that were added after the mark. The mark is invalid once records were sent, or after a rollback to an earlier mark. */
  rollback(mark: CollectorMark): void
}

/** Opaque except to the collector that made it. */
export type CollectorMark = object
