import type { Headers } from './record-headers.ts'

export type { Headers }

/** A record within a topology. Records are never changed: a processor forwards a new one. */
export interface StreamRecord<K = unknown, V = unknown> {
  /** The key, as the source's serde decoded it or a processor set it; null if there is none. */
  readonly key: K
  /** The value, as the source's serde decoded it or a processor set it; null marks a deletion. */
  readonly value: V
  /** Event time, ms since the epoch. */
  readonly timestamp: number
  /** The headers; undefined if there are none. */
  readonly headers: Headers | undefined
  /** The topic of the input record that this record stems from. */
  readonly topic: string
  /** The partition of that input record. */
  readonly partition: number
  /** The offset of that input record. */
  readonly offset: number
  /** The input record with its bytes, for the dead-letter topic; undefined if this record is that input record itself. */
  readonly source: RawRecord | undefined
}

/** A record as it came from Kafka. */
export type RawRecord = StreamRecord<Uint8Array | null, Uint8Array | null>
