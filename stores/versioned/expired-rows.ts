import { SluiceError } from '../../base/index.ts'
import type { RowStorage } from '../state-store.ts'
import { AFTER_ENDED, decodeVersion, endOf, FIRST_NEWEST, isEnded } from './version-rows.ts'

/** So many are found before those found so far are deleted. */
const ROWS_A_PART = 10_000
const SHORTEST_INTERVAL_MS = 60_000

/**
 * Finds rows of versions that no read can need any more. It goes through all that is committed whenever half the history has gone by, a part
 * at a time, beside the task's work: what has expired takes up to half as much room again as what has not. Reads do not depend on it.
 */
export class ExpiredRows {
  readonly #rows: Pick<RowStorage, 'range'>
  readonly #intervalMs: number
  #found: Uint8Array[] = []
  /** Where the search under way goes on; undefined: none is. */
  #next: Uint8Array | undefined
  /** The horizon of the last search that was begun. */
  #searched = -Infinity
  #reading = false
  #failure: unknown

  /** `rows`: what is committed. */
  constructor(rows: Pick<RowStorage, 'range'>, historyRetentionMs: number) {
    this.#rows = rows
    this.#intervalMs = Math.max(historyRetentionMs / 2, SHORTEST_INTERVAL_MS)
  }

  /** Whether `take` would give rows, or throw. */
  get pending(): boolean {
    return this.#found.length > 0 || this.#failure !== undefined
  }

  /** Keys of expired rows, each once. What ended at the horizon, or before, has expired. Throws what the search has failed with. */
  drain(horizon: number): readonly Uint8Array[] {
    if (this.#failure !== undefined) throw this.#failure
    const found = this.#found
    this.#found = []
    if (!this.#reading) this.#goOn(horizon)
    return found
  }

  #goOn(horizon: number): void {
    if (this.#next === undefined) {
      if (horizon === -Infinity || horizon < this.#searched + this.#intervalMs) return
      this.#searched = horizon
      this.#next = FIRST_NEWEST
    }
    void this.#read(this.#next)
  }

  async #read(from: Uint8Array): Promise<void> {
    this.#reading = true
    try {
      this.#next = await this.#readFrom(from)
    } catch (error) {
      const closed = error instanceof SluiceError && error.code === 'STORE_CLOSED'
      if (!closed) this.#failure = error
    }
    this.#reading = false
  }

  /** Where to go on; undefined: that was all. */
  async #readFrom(from: Uint8Array): Promise<Uint8Array | undefined> {
    const found: Uint8Array[] = []
    let next: Uint8Array | undefined
    for await (const [key, value] of this.#rows.range(from, AFTER_ENDED)) {
      if (found.length === ROWS_A_PART) {
        next = key
        break
      }
      if (this.#isExpired(key, value)) found.push(key)
    }
    this.#found = found
    return next
  }

  #isExpired(key: Uint8Array, value: Uint8Array): boolean {
    if (isEnded(key)) return endOf(key) <= this.#searched
    const newest = decodeVersion(value)
    return newest.value === undefined && newest.timestamp <= this.#searched
  }
}
