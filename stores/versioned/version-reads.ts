import type { RowStorage } from '../state-store.ts'
import { decodeVersion, endedKey, endOf, newestKey, type StoredVersion } from './version-rows.ts'

/** The rows to read: with the writes of the running transaction, or the committed ones only. */
export type VersionRows = Pick<RowStorage, 'get' | 'range'>

/** A version or deletion with its end. */
export interface EndedVersion extends StoredVersion {
  /** The time at which it ends; undefined: it is the key's newest. */
  readonly validTo?: number
}

/** Times with from ≤ time < to. Before the horizon only a version that is still the newest is known. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
  readonly horizon: number
  /** Number of versions that the caller will read, if known. */
  readonly expected?: number
}

/** The key's newest version or deletion. */
export function newestVersion(rows: VersionRows, key: Uint8Array): StoredVersion | undefined {
  const bytes = rows.get(newestKey(key))
  return bytes === undefined ? undefined : decodeVersion(bytes)
}

/** The version or deletion that was valid at the time. A promise only when it is not the newest. Before the horizon only the newest is found. */
export function versionAsOf(
  rows: VersionRows,
  key: Uint8Array,
  asOf: number,
  horizon: number,
): EndedVersion | undefined | Promise<EndedVersion | undefined> {
  const newest = newestVersion(rows, key)
  if (newest === undefined || newest.timestamp <= asOf) return newest
  return asOf >= horizon ? heldAt(rows, key, asOf, newest) : undefined
}

/** The first version before the newest that ended after the time. If it also began after the time, no version was valid at the time. */
export async function endedAfter(
  rows: VersionRows,
  key: Uint8Array,
  time: number,
  newest: StoredVersion,
): Promise<(StoredVersion & { readonly validTo: number }) | undefined> {
  for await (const [row, bytes] of rows.range(keyAfter(key, time), keyAfter(key, newest.timestamp), 1))
    return { ...decodeVersion(bytes), validTo: endOf(row) }
  return undefined
}

/** The versions, without deletions, that were valid at some time of the span, in time order, as of the first read. */
export async function* versionsWithin(rows: VersionRows, key: Uint8Array, span: TimeSpan): AsyncIterable<EndedVersion> {
  const { from, to, horizon, expected } = span
  const newest = newestVersion(rows, key)
  if (newest === undefined || from >= to) return
  const first = Math.max(from, horizon)
  // The range is opened before anything is awaited, so that its rows are of the same commit as the newest version.
  if (first < newest.timestamp) {
    for await (const [row, bytes] of rows.range(keyAfter(key, first), keyAfter(key, newest.timestamp), expected)) {
      const version = decodeVersion(bytes)
      if (version.timestamp >= to) return
      if (version.value !== undefined) yield { ...version, validTo: endOf(row) }
    }
  }
  if (newest.timestamp < to && newest.value !== undefined) yield newest
}

async function heldAt(rows: VersionRows, key: Uint8Array, asOf: number, newest: StoredVersion): Promise<EndedVersion | undefined> {
  const found = await endedAfter(rows, key, asOf, newest)
  return found === undefined || found.timestamp > asOf ? undefined : found
}

/** The smallest row key of a version of the key that ended after the time. */
function keyAfter(key: Uint8Array, time: number): Buffer {
  return endedKey(key, Math.max(Math.floor(time), Number.MIN_SAFE_INTEGER) + 1)
}
