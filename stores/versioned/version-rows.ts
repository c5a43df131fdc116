import { SluiceError } from '../../base/index.ts'
import { asBuffer } from '../../records/index.ts'
import type { Row } from '../state-store.ts'

// The families of rows, by a row key's first byte:
//   c                              the clock: the greatest timestamp that was written
//   k<key>                         the newest version of a key, or its deletion
//   v<key, escaped><time of end>   an earlier version or deletion, with the time at which the next one began
// The version that was valid at a time is the newest, or the first earlier one that ended after that time: one seek.
const CLOCK = 0x63
const NEWEST = 0x6b
const ENDED = 0x76

const TIME_BYTES = 8
const HIGH = 2 ** 32

export const CLOCK_KEY: Buffer = Buffer.of(CLOCK)
export const FIRST_NEWEST: Buffer = Buffer.of(NEWEST)
export const AFTER_NEWEST: Buffer = Buffer.of(NEWEST + 1)
export const AFTER_ENDED: Buffer = Buffer.of(ENDED + 1)

/** A version or deletion, as decoded from the value of a row. */
export interface StoredVersion {
  /** The time from which it is valid. */
  readonly timestamp: number
  /** undefined: the key was deleted then. */
  readonly value: Uint8Array | undefined
}

export function newestKey(key: Uint8Array): Buffer {
  const row = Buffer.allocUnsafe(key.length + 1)
  row[0] = NEWEST
  row.set(key, 1)
  return row
}

/** The user's key in the row key of a newest version. */
export function keyOfNewest(row: Uint8Array): Uint8Array {
  return row.subarray(1)
}

/**
 * The row key of an earlier version. A zero byte in the key is followed by 255, and the key ends with two zero bytes. Rows are thus ordered by
 * key, then by time, and the rows of a key are never between those of a longer key with the same beginning.
 */
export function endedKey(key: Uint8Array, validTo: number): Buffer {
  let zeros = 0
  for (const byte of key) if (byte === 0) zeros++
  const row = Buffer.allocUnsafe(1 + key.length + zeros + 2 + TIME_BYTES)
  let at = 0
  row[at++] = ENDED
  for (const byte of key) {
    row[at++] = byte
    if (byte === 0) row[at++] = 0xff
  }
  row[at++] = 0
  row[at++] = 0
  writeTime(row, validTo, at)
  return row
}

/** The time at which the version of such a row ended. */
export function endOf(row: Uint8Array): number {
  return readTime(asBuffer(row), row.length - TIME_BYTES)
}

export function isEnded(row: Uint8Array): boolean {
  return row[0] === ENDED
}

export function isClock(row: Uint8Array): boolean {
  return row.length === 1 && row[0] === CLOCK
}

export function encodeTime(time: number): Buffer {
  const bytes = Buffer.allocUnsafe(TIME_BYTES)
  writeTime(bytes, time, 0)
  return bytes
}

export function decodeTime(bytes: Uint8Array): number {
  return readTime(asBuffer(bytes), 0)
}

export function encodeVersion({ timestamp, value }: StoredVersion): Buffer {
  const bytes = Buffer.allocUnsafe(TIME_BYTES + 1 + (value?.length ?? 0))
  writeTime(bytes, timestamp, 0)
  bytes[TIME_BYTES] = value === undefined ? 0 : 1
  if (value !== undefined) bytes.set(value, TIME_BYTES + 1)
  return bytes
}

/** Throws SluiceError STORE_CORRUPT. */
export function decodeVersion(bytes: Uint8Array): StoredVersion {
  if (bytes.length <= TIME_BYTES) throw new SluiceError('STORE_CORRUPT', `a version of ${bytes.length} bytes is too short`)
  return { timestamp: readTime(asBuffer(bytes), 0), value: bytes[TIME_BYTES] === 0 ? undefined : bytes.subarray(TIME_BYTES + 1) }
}

/**
 * The order of changed rows in the changelog: ended versions by the time of their end, newest versions, the clock, deletions. A store that
 * restores only a first part of them and then makes the same writes again has the same rows.
 */
export function inLoggedOrder(rows: readonly Row[]): readonly Row[] {
  const ended: Row[] = []
  const newest: Row[] = []
  const clock: Row[] = []
  const deleted: Row[] = []
  for (const row of rows) {
    if (row.value === null) deleted.push(row)
    else if (isEnded(row.key)) ended.push(row)
    else if (isClock(row.key)) clock.push(row)
    else newest.push(row)
  }
  ended.sort((a, b) => endOf(a.key) - endOf(b.key))
  return [...ended, ...newest, ...clock, ...deleted]
}

/** Times are whole numbers and may be negative. Their bytes have the order of the times. */
function writeTime(bytes: Buffer, time: number, at: number): void {
  const high = Math.floor(time / HIGH)
  bytes.writeUInt32BE((high ^ 0x80000000) >>> 0, at)
  bytes.writeUInt32BE(time - high * HIGH, at + 4)
}

function readTime(bytes: Buffer, at: number): number {
  return ((bytes.readUInt32BE(at) ^ 0x80000000) | 0) * HIGH + bytes.readUInt32BE(at + 4)
}
