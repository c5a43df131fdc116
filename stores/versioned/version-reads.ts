import type { RowStorage } from '../state-store.ts'
import { decodeVersion, endedKey, endOf, newestKey, type StoredVersion } from './version-rows.ts'

/** Rows as they are read: with the writes of the running transaction, or as the last commit left them. */
export type VersionRows = Pick<RowStorage, 'get' | 'range'>

/** A version, or a deletion, with its end. */
export interface EndedVersion extends StoredVersion {
  /** undefined: it is the key's newest. */
  readonly validTo?: number
}

/** Times from `from` on and before `to`, of which nothing before the horizon is known. */
export interface TimeSpan {
  readonly from: number
  readonly to: number
  readonly horizon: number
  /** How many versions will be asked for, where that is known. */
  readonly expected?: number
}

/** The key's newest version or deletion. */
export function newestVersion(rows: VersionRows, key: Uint8Array): StoredVersion | undefined {
  const bytes = rows.get(newestKey(key))
  return bytes === undefined ? undefined : decodeVersion(bytes)
}

/** What held at the time. A promise only where that is not the newest; before the horizon nothing else is known. */
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

/** The first version that ended after the time, `before` the newest. It may have begun after the time too: then none held. */
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

/** The versions, without deletions, that held at some time of the span, in the order of time, as they stand when the first is asked for. */
export async function* versionsWithin(rows: VersionRows, key: Uint8Array, span: TimeSpan): AsyncIterable<EndedVersion> {
  const { from, to, horizon, expected } = span
  const newest = newestVersion(rows, key)
  if (newest === undefined || from >= to) return
  const first = Math.max(from, horizon)
  // The rows are asked for before anything is waited for: they are of the same commit as the newest.
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

/** The first row that one of the key's versions can have which ended after the time. */
function keyAfter(key: Uint8Array, time: number): Buffer {
  return endedKey(key, Math.max(Math.floor(time), Number.MIN_SAFE_INTEGER) + 1)
}
