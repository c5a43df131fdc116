import { inspect } from 'node:util'
import { SluiceError, type ErrorCode, varbytesSize, varintSize, type Bytes } from '../../base/index.ts'
import type { TaskBinding } from '../../stores/index.ts'
import type { OutputRecord } from './collector.ts'
import { headerBytes } from '../record-headers.ts'
import type { TopicLimits } from './topic-limits.ts'

/** Bytes of a record batch beside its records. */
export const batchHeadBytes = 61
/** By how much a record among others of its batch may be larger than alone: its offset's, its timestamp's and its length's varints. */
export const batchedGrowth = 10
/** Bytes of a row's record beside its key and value, at most. */
const maxRowOverhead = 24
/** As far as timestamps go in a record batch: the year 144683. */
const lastTimestamp = 2 ** 52 - 1
/** The broker's clock is not ours, and what is sent takes its time. */
const clockMarginMs = 5000

/** The bytes of a record that is alone in its batch, of which they are all but the head. `headers`: as they stand in the record. */
export function recordBytes(key: Bytes, value: Bytes, headers: Uint8Array | undefined): number {
  // Attributes, and the distances of timestamp and offset, which are 0: a byte each.
  const body = 3 + varbytesSize(key) + varbytesSize(value) + (headers?.length ?? 1)
  return varintSize(body) + body
}

/**
 * Lets through to a topic what its broker will take: whatever would make a commit fail for good is told of the one record that it is about,
 * before it is among others.
 */
export class TopicGate {
  readonly topic: string
  readonly limits: TopicLimits
  readonly #clock: () => number
  /** Timestamps up to here are right; it lags behind the clock. */
  #newest = -1
  /** Of the record that was checked last: its bytes, alone in a batch without its head, and its headers as they stand in it. */
  size = 0
  headers: Buffer | undefined

  constructor(topic: string, limits: TopicLimits, clock: () => number = Date.now) {
    this.topic = topic
    this.limits = limits
    this.#clock = clock
  }

  /**
   * Throws SluiceError KEY_INVALID, VALUE_INVALID, TIMESTAMP_INVALID, HEADERS_INVALID, KEY_MISSING, RECORD_TOO_LARGE. A record comes from a
   * program that may have put anything together.
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

  /** The same of a row of a store, for its changelog; without a value: of its deletion. */
  checkRow(key: Uint8Array, value: Uint8Array | null): void {
    this.check({ key, value, timestamp: this.#clock(), headers: undefined })
  }

  /** The timestamp that is right and nearest to this one. */
  nearestTimestamp(timestamp: number): number {
    const { maxAheadMs, maxBehindMs } = this.limits
    const now = this.#clock()
    if (!Number.isFinite(timestamp)) return now
    // Twice the margin: it is to be right for a while.
    const newest = Math.min(lastTimestamp, now + maxAheadMs - 2 * margin(maxAheadMs))
    const oldest = Math.max(0, now - maxBehindMs + 2 * margin(maxBehindMs))
    return Math.trunc(Math.max(oldest, Math.min(newest, timestamp)))
  }

  #checkTimestamp(timestamp: number): void {
    // Seldom more than the first comparison: the clock is asked when the last answer is not enough.
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

/** What the stores of a task have of its work. */
export type WorkBinding = Pick<TaskBinding, 'journal' | 'underWay'>

/** What a store of a task has of it. `changelog`: undefined where its rows go nowhere. */
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
