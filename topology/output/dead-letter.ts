import { topicPartition, messageOf, SluiceError } from '../../base/index.ts'
import { countBeyond, limits } from '../../base/limits/index.ts'
import type { OutputRecord } from './collector.ts'
import { headerBytes, headerEntries, orderedHeaders, type HeaderEntry } from '../record-headers.ts'
import type { RawRecord, StreamRecord } from '../stream-record.ts'
import { firstOffsetHeader, unreadableCause } from '../unreadable-records.ts'
import { batchHeadBytes, recordBytes, type TopicGate } from './topic-gate.ts'

/** Headers of a dead letter: the cause, and the origin of the record (KIP-1034 names the same facts). */
export const deadLetterHeaders = {
  code: 'sluice.error.code',
  message: 'sluice.error.message',
  topic: 'sluice.source.topic',
  partition: 'sluice.source.partition',
  offset: 'sluice.source.offset',
  timestamp: 'sluice.source.timestamp',
  node: 'sluice.task',
  /** Present only if a part was cut because of the size limit of the dead-letter topic, or is unreadable: its original number of bytes or headers. */
  keyBytes: 'sluice.source.key.bytes',
  valueBytes: 'sluice.source.value.bytes',
  headers: 'sluice.source.headers',
} as const

/** What a record's own headers of these names say is left out: its producer, who may be a stranger, would tell another cause or origin than there is. */
const told: ReadonlySet<string> = new Set([...Object.values(deadLetterHeaders), firstOffsetHeader])

const maxMessageChars = 4096
/** If less of the value than this fits, in bytes, the record's own headers are left out first. */
const worthwhileBytes = 1024

/** The stand-in for the input of a punctuation, which has none. Its dead letter has neither key nor value (KIP-1034). */
export function withoutOrigin(partition: number, timestamp: number): RawRecord {
  return { key: null, value: null, timestamp, headers: undefined, topic: '', partition, offset: -1, source: undefined }
}

/** Whether the record has a valid origin: a processor may forward any object. */
export function hasOrigin(record: StreamRecord): boolean {
  const { topic, partition, offset } = record.source ?? record
  return typeof topic === 'string' && Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
}

/** The readable parts of an input record: a processor may pass any object, and may have changed its input. */
interface Readable extends Pick<RawRecord, 'timestamp' | 'topic' | 'partition' | 'offset'> {
  /** undefined: they are no valid headers. */
  readonly own: readonly HeaderEntry[] | undefined
  /** undefined: neither bytes nor null. */
  readonly key: Uint8Array | null | undefined
  readonly value: Uint8Array | null | undefined
}

/** The header value in place of a size or a count of an unreadable part. */
const unreadable = 'unreadable'

function readable(input: RawRecord): Readable {
  const { key, value, timestamp, headers, topic, partition, offset } = hasOrigin(input) ? input : { ...input, ...nowhere }
  return {
    key: bytesOf(key),
    value: bytesOf(value),
    timestamp: typeof timestamp === 'number' ? timestamp : NaN,
    own: ownHeaders(headers, unreadableCause(input) !== undefined),
    topic,
    partition,
    offset,
  }
}

const nowhere = { topic: '', partition: 0, offset: -1 }

function bytesOf(bytes: unknown): Uint8Array | null | undefined {
  return bytes === null || bytes instanceof Uint8Array ? bytes : undefined
}

interface Cut {
  /** Whether the record's own headers, and its key, are kept. */
  readonly headers: boolean
  readonly key: boolean
  readonly messageChars: number
  /** At least this many bytes of the value, or the whole value if it is shorter, must fit; Infinity: the whole value. */
  readonly valueBytes: number
}

/** The attempts to fit a dead letter into its topic, each of which leaves out more. */
const cuts: readonly Cut[] = [
  { headers: true, key: true, messageChars: maxMessageChars, valueBytes: Infinity },
  { headers: true, key: true, messageChars: maxMessageChars, valueBytes: worthwhileBytes },
  { headers: false, key: true, messageChars: maxMessageChars, valueBytes: worthwhileBytes },
  { headers: false, key: true, messageChars: 200, valueBytes: 0 },
  { headers: false, key: false, messageChars: 200, valueBytes: 0 },
  { headers: false, key: false, messageChars: 0, valueBytes: 0 },
]

/** What is known of the place and the way of a dead letter. */
export interface LetterTarget {
  readonly taskId: string
  readonly gate: TopicGate
  /** Bytes of output that wait for the same commit. */
  readonly pendingBytes?: number
}

/**
 * The most bytes of a dead letter, also where its topic takes more: a request, which may hold one for each of several partitions, has to be below what a broker
 * reads (100 MB).
 */
const largestLetter = limits.dead_letter.most
/** When so much output waits for the commit, further letters are small: bad records must not hold up the commits of the good ones beside them. */
const muchPending = 2 * 1024 * 1024
const smallLetter = 64 * 1024

/**
 * The dead letter of an input record: its unchanged key, value and headers, but for those of the names that tell of it, with the cause in such headers. It always fits its topic: parts that are
 * too large are cut, and headers say so; a timestamp that the topic may refuse becomes the clock's.
 */
export function deadLetterOf(record: StreamRecord, cause: unknown, { taskId, gate, pendingBytes = 0 }: LetterTarget): OutputRecord {
  const most = pendingBytes > muchPending ? smallLetter : largestLetter
  const input = readable(record.source ?? (record as RawRecord))
  for (const cut of cuts) {
    const letter = letterOf(input, { cause, taskId, gate, cut, most })
    if (letter === undefined) continue
    if (letter.value?.length !== input.value?.length) countBeyond('dead_letter')
    return letter
  }
  // Even the headers with the origin do not fit: keep the error code alone.
  const headers = orderedHeaders([[deadLetterHeaders.code, codeOf(cause)]])
  return { key: keyFor(input, gate), value: null, timestamp: gate.certainTimestamp(input.timestamp), headers }
}

interface LetterParts {
  readonly cause: unknown
  readonly taskId: string
  readonly gate: TopicGate
  readonly cut: Cut
  readonly most: number
}

/** The dead letter with this cut; undefined if it does not fit. */
function letterOf(input: Readable, { cause, taskId, gate, cut, most }: LetterParts): OutputRecord | undefined {
  const { own } = input
  const key = cut.key ? (input.key ?? keyFor(input, gate)) : keyFor(input, gate)
  const facts: HeaderEntry[] = [...(cut.headers ? (own ?? []) : []), ...factsOf(input, cause, { taskId, chars: cut.messageChars })]
  if (input.key === undefined) facts.push([deadLetterHeaders.keyBytes, unreadable])
  else if (key !== input.key && input.key !== null) facts.push([deadLetterHeaders.keyBytes, String(input.key.length)])
  if (input.value === undefined) facts.push([deadLetterHeaders.valueBytes, unreadable])
  if (own === undefined || (!cut.headers && own.length > 0))
    facts.push([deadLetterHeaders.headers, own === undefined ? unreadable : String(own.length)])
  const timestamp = gate.certainTimestamp(input.timestamp)
  const whole = orderedHeaders(facts)
  const size = Math.min(most, gate.limits.maxMessageBytes)
  const room = roomIn(size, key, whole)
  const bytes = input.value?.length ?? 0
  if (bytes <= room) return { key, value: input.value ?? null, timestamp, headers: whole }
  if (cut.valueBytes === Infinity) return undefined
  const headers = orderedHeaders([...facts, [deadLetterHeaders.valueBytes, String(bytes)]])
  const left = roomIn(size, key, headers)
  if (left < Math.min(bytes, cut.valueBytes)) return undefined
  return { key, value: (input.value as Uint8Array).subarray(0, left), timestamp, headers }
}

/** The number of bytes that are left for a value beside the key and headers; below 0 if none fits. */
function roomIn(size: number, key: Uint8Array | null, headers: OutputRecord['headers']): number {
  // The length fields of the value and of the record are up to four bytes longer each than those of a record without a value.
  return size - batchHeadBytes - recordBytes(key, null, headerBytes(headers)) - 8
}

function factsOf(input: Readable, cause: unknown, { taskId, chars }: { readonly taskId: string; readonly chars: number }): HeaderEntry[] {
  const facts: HeaderEntry[] = [[deadLetterHeaders.code, codeOf(cause)]]
  if (chars > 0) facts.push([deadLetterHeaders.message, textOf(messageOf(cause).slice(0, chars))])
  if (input.offset >= 0) {
    facts.push(
      [deadLetterHeaders.topic, textOf(input.topic)],
      [deadLetterHeaders.partition, String(input.partition)],
      [deadLetterHeaders.offset, String(input.offset)],
      [deadLetterHeaders.timestamp, String(input.timestamp)],
    )
  }
  facts.push([deadLetterHeaders.node, taskId])
  return facts
}

/** The record's own headers; undefined if they are not valid headers. `made`: the record was made here, and its header says which offsets it stands for. */
function ownHeaders(headers: RawRecord['headers'], made: boolean): readonly HeaderEntry[] | undefined {
  try {
    const entries = headerEntries(headers)
    return made ? entries : entries.filter(([name]) => !told.has(name))
  } catch {
    return undefined
  }
}

/** The key of a dead letter whose own key is missing or cut: a compacted topic refuses records without a key. */
function keyFor({ topic, partition, offset }: Readable, gate: TopicGate): Uint8Array | null {
  return gate.limits.compacted ? Buffer.from(`${topicPartition(topic, partition)}-${offset}`) : null
}

function codeOf(cause: unknown): string {
  return cause instanceof SluiceError ? cause.code : 'PROCESSING_FAILED'
}

/** The text with lone surrogates replaced, so that UTF-8 can encode it. */
function textOf(text: string): string {
  return Buffer.from(text).toString()
}
