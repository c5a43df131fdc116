import type { Serde } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import { type StoreHooks, type TransactionBuffer } from '../rows/index.ts'
import { mustBeBytes } from '../byte-key.ts'
import type { Undoable } from '../undo-journal.ts'
import { ExpiredRows } from './expired-rows.ts'
import { jsonView } from '../json-view.ts'
import { QueryKeys } from '../query-keys.ts'
import type { QueriedEntry, QueriedVersion, Row, VersionedKeyValueStore, VersionedRecord } from '../state-store.ts'
import type { VersionedStoreOptions } from '../store-options.ts'
import { isEmpty, type ReadOptions, type StoreQuery, type VersionQuery } from '../store-query.ts'
import { endedAfter, type EndedVersion, newestVersion, versionAsOf, type VersionRows, versionsWithin } from './version-reads.ts'
import {
  AFTER_NEWEST,
  CLOCK_KEY,
  decodeTime,
  decodeVersion,
  encodeTime,
  encodeVersion,
  endedKey,
  FIRST_NEWEST,
  inLoggedOrder,
  isClock,
  isEnded,
  keyOfNewest,
  newestKey,
  type StoredVersion,
} from './version-rows.ts'

/** The result of a write: see `VersionedKeyValueStore.put`. */
type Written = number | undefined | Promise<number | undefined>

/** A versioned store of typed values over the transaction buffer. A global store of several partitions uses the greatest of their stream times. */
export class VersionedStore<K, V> implements VersionedKeyValueStore<K, V>, StoreHooks, Undoable {
  readonly name: string
  /** Number of writes since the store was opened that were dropped because they came too late. */
  droppedWrites = 0
  readonly #buffer: TransactionBuffer
  readonly #key: Serde<K>
  readonly #value: Serde<V>
  readonly #queryKeys: QueryKeys<K>
  readonly #retentionMs: number
  #streamTime: number
  /** Stream time in the clock's row. */
  #writtenTime: number
  #expired: ExpiredRows

  constructor(buffer: TransactionBuffer, options: VersionedStoreOptions<K, V>) {
    this.name = options.name
    this.#buffer = buffer
    this.#key = options.key
    this.#value = options.value
    this.#queryKeys = new QueryKeys(options)
    this.#retentionMs = options.historyRetentionMs
    this.#streamTime = timeOf(buffer.committed)
    this.#writtenTime = this.#streamTime
    this.#expired = new ExpiredRows(buffer.committed, this.#retentionMs)
  }

  get(key: K): VersionedRecord<V> | undefined
  get(key: K, asOf: number): VersionedRecord<V> | undefined | Promise<VersionedRecord<V> | undefined>
  get(key: K, asOf?: number): VersionedRecord<V> | undefined | Promise<VersionedRecord<V> | undefined> {
    const bytes = this.#key.serialize(key)
    if (asOf === undefined) return this.#record(newestVersion(this.#buffer, bytes))
    const found = versionAsOf(this.#buffer, bytes, asOf, this.#horizon)
    return found instanceof Promise ? found.then(version => this.#record(version)) : this.#record(found)
  }

  put(key: K, value: V, timestamp: number): Written {
    const bytes = this.#value.serialize(value)
    mustBeBytes('value', bytes)
    return this.#write(key, { timestamp, value: bytes })
  }

  delete(key: K, timestamp: number): Written {
    return this.#write(key, { timestamp, value: undefined })
  }

  async *versions(key: K, from = -Infinity, to = Infinity): AsyncIterable<VersionedRecord<V>> {
    const span = { from, to, horizon: this.#horizon }
    for await (const version of versionsWithin(this.#buffer, this.#key.serialize(key), span))
      yield this.#record(version) as VersionedRecord<V>
  }

  query(key: string, { uncommitted }: ReadOptions = {}): unknown {
    const value = newestVersion(this.#rows(uncommitted), this.#queryKeys.bytesOf(key))?.value
    return value === undefined ? undefined : jsonView(this.#value.deserialize(value))
  }

  async *queryAll(query: StoreQuery = {}): AsyncIterable<QueriedEntry> {
    const { limit = Infinity, keysOnly, uncommitted } = query
    const { from = FIRST_NEWEST, to = AFTER_NEWEST } = this.#queryKeys.bounds(query, newestKey)
    if (limit <= 0 || isEmpty({ from, to })) return
    let left = limit
    for await (const [row, bytes] of this.#rows(uncommitted).range(from, to, limit)) {
      const { value } = decodeVersion(bytes)
      if (value === undefined) continue
      yield { ...this.#queryKeys.shown(keyOfNewest(row)), value: keysOnly ? undefined : jsonView(this.#value.deserialize(value)) }
      if (--left <= 0) return
    }
  }

  async queryVersions(text: string, query: VersionQuery = {}): Promise<readonly QueriedVersion[]> {
    const { asOf, from = -Infinity, to = Infinity, limit = Infinity, uncommitted = false } = query
    const rows = this.#rows(uncommitted)
    const key = this.#queryKeys.bytesOf(text)
    const horizon = (uncommitted ? this.#streamTime : timeOf(rows)) - this.#retentionMs
    if (asOf !== undefined) {
      const record = this.#record(await versionAsOf(rows, key, asOf, horizon))
      return record === undefined ? [] : [{ ...record, value: jsonView(record.value) }]
    }
    const found: QueriedVersion[] = []
    for await (const version of versionsWithin(rows, key, { from, to, horizon, expected: limit })) {
      if (found.length >= limit) break
      const record = this.#record(version) as VersionedRecord<V>
      found.push({ ...record, value: jsonView(record.value) })
    }
    return found
  }

  undo(what: unknown, before: unknown): void {
    if (what === 'time') this.#streamTime = before as number
    else this.droppedWrites = before as number
  }

  // StoreHooks

  get pending(): boolean {
    return this.#expired.pending
  }

  settle(): void {}

  beforeCommit(): void {
    for (const row of this.#expired.drain(this.#horizon)) if (this.#isExpired(row)) this.#buffer.delete(row)
    if (this.#streamTime === this.#writtenTime) return
    this.#writtenTime = this.#streamTime
    this.#buffer.put(CLOCK_KEY, encodeTime(this.#streamTime))
  }

  inOrder(rows: readonly Row[]): readonly Row[] {
    return inLoggedOrder(rows)
  }

  restored(rows: readonly Row[]): void {
    for (const { key, value } of rows) {
      if (value === null || !isClock(key)) continue
      this.#streamTime = Math.max(this.#streamTime, decodeTime(value))
      this.#writtenTime = this.#streamTime
    }
  }

  wiped(): void {
    this.#streamTime = -Infinity
    this.#writtenTime = -Infinity
    this.#expired = new ExpiredRows(this.#buffer.committed, this.#retentionMs)
  }

  /** Versions that ended at or before this time have expired. */
  get #horizon(): number {
    return this.#streamTime - this.#retentionMs
  }

  #write(key: K, version: StoredVersion): Written {
    const { timestamp } = version
    if (!Number.isSafeInteger(timestamp))
      throw new SluiceError(
        'INPUT_INVALID',
        `${timestamp} is not a timestamp for a version in store ${this.name}: it must be a whole number`,
      )
    if (timestamp < this.#horizon) {
      this.#buffer.note(this, 'dropped', this.droppedWrites)
      this.droppedWrites++
      return undefined
    }
    if (timestamp > this.#streamTime) {
      this.#buffer.note(this, 'time', this.#streamTime)
      this.#streamTime = timestamp
    }
    const bytes = this.#key.serialize(key)
    const newest = newestVersion(this.#buffer, bytes)
    if (newest !== undefined && timestamp < newest.timestamp) return this.#buffer.underWay(this.#insert(bytes, version, newest))
    if (newest !== undefined && timestamp > newest.timestamp) this.#end(bytes, newest, timestamp)
    this.#buffer.put(newestKey(bytes), encodeVersion(version))
    return Infinity
  }

  /** Writes a version before the newest; the version that was valid at its timestamp ends there. */
  async #insert(key: Uint8Array, version: StoredVersion, newest: StoredVersion): Promise<number> {
    const { timestamp } = version
    const held = await endedAfter(this.#buffer, key, timestamp, newest)
    const none = held === undefined || held.timestamp > timestamp
    const validTo = none ? (held ?? newest).timestamp : held.validTo
    // A row that already ends at the timestamp is from a commit that reached the changelog only in part and is repeated now; it is correct.
    if (!none && held.timestamp < timestamp && this.#buffer.get(endedKey(key, timestamp)) === undefined) this.#end(key, held, timestamp)
    this.#end(key, version, validTo)
    return validTo
  }

  /** Writes the row of an earlier version, unless it has expired. */
  #end(key: Uint8Array, version: StoredVersion, validTo: number): void {
    if (validTo > this.#horizon) this.#buffer.put(endedKey(key, validTo), encodeVersion(version))
  }

  /** Whether a found row is still expired: a key that was deleted long ago may have been written again since. */
  #isExpired(row: Uint8Array): boolean {
    if (isEnded(row)) return true
    const bytes = this.#buffer.get(row)
    if (bytes === undefined) return false
    const { value, timestamp } = decodeVersion(bytes)
    return value === undefined && timestamp <= this.#horizon
  }

  #record(version: EndedVersion | undefined): VersionedRecord<V> | undefined {
    if (version?.value === undefined) return undefined
    const { value, timestamp, validTo } = version
    const record = { value: this.#value.deserialize(value), timestamp }
    return validTo === undefined ? record : { ...record, validTo }
  }

  #rows(uncommitted = false): VersionRows {
    return uncommitted ? this.#buffer : this.#buffer.committed
  }
}

/** Stream time in the clock's row; -Infinity: nothing was written. */
function timeOf(rows: VersionRows): number {
  const bytes = rows.get(CLOCK_KEY)
  return bytes === undefined ? -Infinity : decodeTime(bytes)
}
