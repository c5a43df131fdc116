import type { Headers } from './record-headers.ts'

export type { Headers }

/** A record in flight. Records are never changed: a processor forwards a new one. */
export interface StreamRecord<K = unknown, V = unknown> {
  /** As the source's serde gave it, or the processor that made it; null: none. */
  readonly key: K
  /** As the source's serde gave it, or the processor that made it; null: a deletion. */
  readonly value: V
  /** Event time, ms since the epoch. */
  readonly timestamp: number
  /** undefined: none. */
  readonly headers: Headers | undefined
  /** The input record that this one stems from, however many processors lie between. */
  readonly topic: string
  /** Of the topic. */
  readonly partition: number
  /** In the partition. */
  readonly offset: number
  /** The input record's bytes, for the dead-letter topic; undefined when the record is that very input. */
  readonly source: RawRecord | undefined
}

/** A record as it came from Kafka. */
export type RawRecord = StreamRecord<Uint8Array | null, Uint8Array | null>
