import type { TopicRecord } from '../../topology/runtime/topics/index.ts'
import type { RecordedRecord } from './recorded-lines.ts'

/** A record as a recording has it. */
export function recordedRecord({ partition, offset, timestamp, key, value, headers }: TopicRecord): RecordedRecord {
  const named = Object.entries(headers ?? {}).map(([name, bytes]) => [name, bytes.toString('base64')] as const)
  return {
    partition,
    offset,
    timestamp,
    key: key && key.toString('base64'),
    value: value && value.toString('base64'),
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }),
  }
}

/** The record of that topic which a recording has. Throws TypeError: it is none. */
export function topicRecord(topic: string, recorded: RecordedRecord): TopicRecord {
  const { partition, offset, timestamp, key, value, headers } = recorded
  for (const [name, number] of Object.entries({ partition, offset }))
    if (!Number.isSafeInteger(number)) throw new TypeError(`${name} is not a whole number`)
  // A producer may give any 64-bit one.
  if (!Number.isInteger(timestamp)) throw new TypeError('timestamp is not a whole number')
  const named = headers && Object.entries(headers).map(([name, text]) => [name, bytesIn(name, text)] as const)
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key === null ? null : bytesIn('key', key),
    value: value === null ? null : bytesIn('value', value),
    headers: named && Object.fromEntries(named),
  }
}

/** Throws TypeError: it is not base64. */
export function bytesIn(name: string, text: unknown): Buffer {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    throw new TypeError(`${name} is not base64`)
  return Buffer.from(text, 'base64')
}
