import type { Headers } from '../stream-record.ts'

/** A record on its way out, as the sinks give it. */
export interface OutputRecord {
  /** null: it has none. */
  readonly key: Uint8Array | null
  /** null: a deletion. */
  readonly value: Uint8Array | null
  /** Event time, ms since the epoch. */
  readonly timestamp: number
  /** undefined: none. */
  readonly headers: Headers | undefined
}

/**
 * Takes what a task writes. It only buffers: the records leave with the task's commit.
 * Records of one topic-partition keep their order.
 */
export interface Collector {
  /**
   * `partition` undefined: by the key (murmur2, as Kafka's default partitioner); without a key, the input's partition. Throws what `TopicGate`
   * throws for a record that its topic will never take: nothing was taken then.
   */
  send(topic: string, partition: number | undefined, record: OutputRecord): void
  /** A point to go back to. */
  mark(): CollectorMark
  /** Takes back what was sent since the mark; before anything left, and only where no earlier mark was gone back to. */
  rollback(mark: CollectorMark): void
}

/** Opaque to all but the collector that made it. */
export type CollectorMark = object
