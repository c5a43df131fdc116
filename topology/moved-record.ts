import { topicPartition } from '../base/index.ts'
import { type Headers, withHeader } from './record-headers.ts'
import type { RawRecord } from './stream-record.ts'

/** Header of a record that the application wrote again on the right partition of its topic: where it was before, as `topic-partition@offset`. */
export const movedFromHeader = 'sluice.moved.from'

/** Where a moved record was before, in the topic in which it is. */
export interface MovedFrom {
  readonly partition: number
  readonly offset: number
}

type Placed = Pick<RawRecord, 'topic' | 'partition' | 'offset' | 'headers'>

const place = /^-(0|[1-9]\d{0,9})@(0|[1-9]\d{0,15})$/
const mostPartition = 2 ** 31 - 1
/** Of the header: a topic's name has 249 characters at most. */
const mostBytes = 300

/** The headers of the record's copy on another partition, or later on the same one. */
export function movedHeaders({ headers, topic, partition, offset }: Placed): Headers {
  return withHeader(headers, movedFromHeader, `${topicPartition(topic, partition)}@${offset}`)
}

/**
 * What the record's header says; undefined: it has none, or one that no application writes, such as that of a record which was copied from another
 * topic. Any producer can write the header: it is a claim of this record about itself, and nothing about other records may follow from it.
 */
export function movedFrom(record: Placed): MovedFrom | undefined {
  const value = record.headers?.[movedFromHeader]
  if (value === undefined || value === null || Array.isArray(value) || value.length > mostBytes) return undefined
  const text = typeof value === 'string' ? value : Buffer.from(value as Uint8Array).toString('utf8')
  const [, partitionText, offsetText] = text.startsWith(record.topic) ? (place.exec(text.slice(record.topic.length)) ?? []) : []
  const [partition, offset] = [Number(partitionText), Number(offsetText)]
  if (offsetText === undefined || partition > mostPartition || !Number.isSafeInteger(offset)) return undefined
  return partition === record.partition && offset >= record.offset ? undefined : { partition, offset }
}
