import { orderedHeaders } from './record-headers.ts'
import type { RawRecord } from './stream-record.ts'

/** A batch of an input partition that cannot be read. */
export interface UnreadableOffsets {
  readonly topic: string
  readonly partition: number
  readonly first: number
  readonly last: number
  /** The newest timestamp in it, epoch ms. */
  readonly timestamp: number
  readonly error: Error
}

/** Header of a dead letter that stands for several offsets: the first of them; `sluice.source.offset` is the last. */
export const firstOffsetHeader = 'sluice.source.offset.first'

/** The property with the error. A copy has it too. */
const unreadable = Symbol('unreadable')

/** A record without key and value in place of a batch that cannot be read, at its last offset. Its source makes a dead letter of it. */
export function unreadableRecord({ topic, partition, first, last, timestamp, error }: UnreadableOffsets): RawRecord {
  const record: RawRecord = {
    key: null,
    value: null,
    timestamp: Math.max(0, timestamp),
    headers: orderedHeaders([[firstOffsetHeader, String(first)]]),
    topic,
    partition,
    offset: last,
    source: undefined,
  }
  return Object.assign(record, { [unreadable]: error })
}

/** Why the record stands for a batch that cannot be read; undefined: it is a record like others. */
export function unreadableCause(record: RawRecord): Error | undefined {
  return record.value === null && record.key === null ? (record as { readonly [unreadable]?: Error })[unreadable] : undefined
}
