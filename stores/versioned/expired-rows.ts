import { SluiceError } from '../../base/index.ts'
import type { RowStorage } from '../state-store.ts'
import { AFTER_ENDED, decodeVersion, endOf, FIRST_NEWEST, isEnded } from './version-rows.ts'

/** Number of expired rows after which the search stops until they are drained. */
const ROWS_A_PART = 10_000
const SHORTEST_INTERVAL_MS = 60_000

/**
 * Finds the rows of versions that no read can need any more. Whenever stream time has advanced by half the history, at least one minute, it
 * searches all committed rows, a part at a time, beside the task's work. Reads do not depend on it.
 */
export class ExpiredRows {
  readonly #rows: Pick<RowStorage, 'range'>
  readonly #intervalMs: number
  #found: Uint8Array[] = []
  /** The key at which the running search continues; undefined: no search is running. */
  #next: Uint8Array | undefined
  /** The horizon of the search that began last. */
  #searched = -Infinity
  #reading = false
  #failure: unknown

  /** `rows`: the committed rows. */
  constructor(rows: Pick<RowStorage, 'range'>, historyRetentionMs: number) {
    this.#rows = rows
    this.#intervalMs = Math.max(historyRetentionMs / 2, SHORTEST_INTERVAL_MS)
  }

  /** Whether `drain` would return rows or throw. */
  get pending(): boolean {
    return this.#found.length > 0 || this.#failure !== undefined
  }

  /**
   * Returns the keys of the expired rows found so far, each once, and continues the search. Versions that ended at or before the horizon have
   * expired. Throws the error of a failed search.
   */
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

  /** Searches one part. Returns the key at which to continue; undefined: the search has ended. */
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
