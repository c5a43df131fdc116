import { inspect } from 'node:util'
import { type Bytes, env, type ErrorCode, SluiceError, varbytesSize, varintSize } from '../../base/index.ts'
import type { TaskBinding } from '../../stores/index.ts'
import type { OutputRecord } from './collector.ts'
import { headerBytes } from '../record-headers.ts'
import type { TopicLimits } from './topic-limits.ts'

/** Size of the header of a record batch, in bytes. */
export const batchHeadBytes = 61
/** Bytes by which a record may grow in a batch with others: the varints of its offset, timestamp and length. */
export const batchedGrowth = 10
/** The most bytes that a changelog record has in addition to its key and value. */
const maxRowOverhead = 24
/** The greatest timestamp, ms since the epoch, that is accepted: in the year 144683. */
const lastTimestamp = 2 ** 52 - 1
/** Margin for the difference between the broker's clock and ours, and for the time until a record is sent. */
const clockMarginMs = 5000

/** The size of a record that is alone in its batch, without the batch header, in bytes. `headers`: in Kafka's encoding. */
export function recordBytes(key: Bytes, value: Bytes, headers: Uint8Array | undefined): number {
  // One byte each for the attributes, the timestamp delta and the offset delta, which are 0.
  const body = 3 + varbytesSize(key) + varbytesSize(value) + (headers?.length ?? 1)
  return varintSize(body) + body
}

/**
 * Checks records against the limits of their topic before they are buffered, so that a record which the broker would always refuse fails alone instead
 * of failing the commit.
 */
export class TopicGate {
  readonly topic: string
  readonly limits: TopicLimits
  readonly #clock: () => number
  /** Timestamps up to this one are not too far ahead; it is updated only when a newer one comes. */
  #newest = -1
  /** Results for the record that was checked last: its size as `recordBytes` counts it, and its encoded headers. */
  size = 0
  headers: Buffer | undefined

  constructor(topic: string, limits: TopicLimits, clock: () => number = () => env.now()) {
    this.topic = topic
    this.limits = limits
    this.#clock = clock
  }

  /**
   * Throws SluiceError KEY_INVALID, VALUE_INVALID, TIMESTAMP_INVALID, HEADERS_INVALID, KEY_MISSING, RECORD_TOO_LARGE. Types are checked too, since a
   * program may pass any object as a record.
   */
  check({ key, value, timestamp, headers }: OutputRecord): void {
    if (key !== null && !(key instanceof Uint8Array)) throw this.#refusal('KEY_INVALID', `a key must be bytes or null, not ${shown(key)}`)
    if (value !== null && !(value instanceof Uint8Array))
      throw this.#refusal('VALUE_INVALID', `a value must be bytes or null, not ${shown(value)}`)
    this.#checkTimestamp(timestamp)
    if (key === null && this.limits.compacted)
      throw this.#refusal('KEY_MISSING', 'the record has no key, and the topic is compacted (cleanup.policy)')
    try {
      this.headers = headerBytes(headers)
    } catch (error) {
      throw this.#refusal('HEADERS_INVALID', (error as Error).message)
    }
    this.size = recordBytes(key, value, this.headers)
    if (batchHeadBytes + this.size > this.limits.maxMessageBytes)
      throw this.#refusal(
        'RECORD_TOO_LARGE',
        `the record has ${batchHeadBytes + this.size} bytes, but the topic allows ${this.limits.maxMessageBytes} (${this.limits.sizeSetting})`,
      )
  }

  /** Checks a store's row as a record of its changelog; a null value is a deletion. Throws what `check` throws. */
  checkRow(key: Uint8Array, value: Uint8Array | null): void {
    this.check({ key, value, timestamp: this.#clock(), headers: undefined })
  }

  /**
   * The timestamp if it is accepted for certain, otherwise the clock's. Only half of what the topic allows is used, because the broker goes by its own
   * clock: the two may be that far apart.
   */
  certainTimestamp(timestamp: number): number {
    const { maxAheadMs, maxBehindMs } = this.limits
    const now = this.#clock()
    const isCertain =
      timestamp - now <= maxAheadMs / 2 && now - timestamp <= maxBehindMs / 2 && timestamp >= 0 && timestamp <= lastTimestamp
    return isCertain ? Math.trunc(timestamp) : now
  }

  #checkTimestamp(timestamp: number): void {
    // Fast path: the clock is read only for a timestamp above `#newest`, or if old timestamps are limited.
    if (Number.isSafeInteger(timestamp) && timestamp >= 0 && timestamp <= this.#newest && this.limits.maxBehindMs > lastTimestamp) return
    if (!Number.isSafeInteger(timestamp) || timestamp < 0 || timestamp > lastTimestamp)
      throw this.#refusal('TIMESTAMP_INVALID', `a timestamp must be a whole number of milliseconds since 1970, not ${shown(timestamp)}`)
    const { maxAheadMs, maxBehindMs } = this.limits
    const now = this.#clock()
    this.#newest = Math.min(lastTimestamp, now + maxAheadMs - margin(maxAheadMs))
    if (timestamp > this.#newest)
      throw this.#refusal(
        'TIMESTAMP_INVALID',
        `its timestamp ${timestamp} is ${timestamp - now} ms ahead of the clock, but the topic allows ${maxAheadMs} ms (message.timestamp.after.max.ms)`,
      )
    if (now - timestamp > maxBehindMs - margin(maxBehindMs))
      throw this.#refusal(
        'TIMESTAMP_INVALID',
        `its timestamp ${timestamp} is ${now - timestamp} ms behind the clock, but the topic allows ${maxBehindMs} ms (message.timestamp.before.max.ms)`,
      )
  }

  #refusal(code: ErrorCode, why: string): SluiceError {
    return new SluiceError(code, `a record cannot be written to topic "${this.topic}": ${why}`)
  }
}

/** The part of a task's unit of work that its stores use. */
export type WorkBinding = Pick<TaskBinding, 'journal' | 'underWay'>

/** Binds a store to its task. `changelog`: undefined for a store that is not logged. */
export function taskBinding(work: WorkBinding, changelog: TopicGate | undefined): TaskBinding {
  if (changelog === undefined) return work
  const uncheckedBytes = changelog.limits.maxMessageBytes - batchHeadBytes - maxRowOverhead
  return { ...work, uncheckedBytes, checkRow: (key, value) => changelog.checkRow(key, value) }
}

function margin(limitMs: number): number {
  return Math.min(clockMarginMs, limitMs / 2)
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0 }).slice(0, 60)
}
