import { asBuffer } from '../../records/index.ts'
import type { StoreHooks, TransactionBuffer } from '../rows/index.ts'
import type { QueriedEntry, Row, StateStore } from '../state-store.ts'
import { isEmpty, keyBounds, type ReadOptions, type StoreQuery } from '../store-query.ts'

/** The waiting records of a data type: the bytes of each, by its offset. */
interface Waiting {
  readonly bytes: Map<number, number>
  /** Whether the offsets are in ascending order. */
  ordered: boolean
  sum: number
}

const offsetDigits = 16

/**
 * Records of one partition that wait for the model of their data type, in the order of their offsets; other records are processed meanwhile. A row each:
 * key <offset, sixteen digits>/<data type>. What is waiting is known without reading the rows, and is right after writes were undone.
 */
export class WaitingRecordsStore implements StateStore, StoreHooks {
  readonly name: string
  /** Nothing is written later than the records themselves. */
  readonly pending = false
  /** Called when rows were read from the changelog. */
  onRestored: (() => void) | undefined
  readonly #buffer: TransactionBuffer
  readonly #byType = new Map<string, Waiting>()
  #sum = 0

  private constructor(buffer: TransactionBuffer, name: string) {
    this.name = name
    this.#buffer = buffer
  }

  static async open(buffer: TransactionBuffer, name: string): Promise<WaitingRecordsStore> {
    const store = new WaitingRecordsStore(buffer, name)
    for await (const [key, value] of buffer.committed.range()) store.#load({ key, value })
    return store
  }

  /** The data types with records that wait. */
  get dataTypes(): readonly string[] {
    return [...this.#byType.keys()]
  }

  /** The bytes of all that waits. */
  get bytes(): number {
    return this.#sum
  }

  has(dataType: string): boolean {
    return this.#byType.has(dataType)
  }

  /** How much of a data type waits. */
  of(dataType: string): { readonly records: number; readonly bytes: number } {
    const waiting = this.#byType.get(dataType)
    return { records: waiting?.bytes.size ?? 0, bytes: waiting?.sum ?? 0 }
  }

  /** Throws for a record that is too large for the changelog. */
  put(dataType: string, offset: number, record: Uint8Array): void {
    const key = keyOf(dataType, offset)
    this.#buffer.put(key, record)
    this.#load({ key, value: record })
  }

  /** The first records of a data type, at most so many. */
  first(dataType: string, most: number): readonly (readonly [offset: number, record: Uint8Array])[] {
    const waiting = this.#byType.get(dataType)
    if (waiting === undefined) return []
    if (!waiting.ordered) sort(waiting)
    const found: [number, Uint8Array][] = []
    for (const offset of waiting.bytes.keys()) {
      if (found.length >= most) break
      found.push([offset, this.#buffer.get(keyOf(dataType, offset)) ?? new Uint8Array()])
    }
    return found
  }

  delete(dataType: string, offset: number): void {
    const key = keyOf(dataType, offset)
    this.#buffer.delete(key)
    this.#load({ key, value: null })
  }

  query(key: string, { uncommitted }: ReadOptions = {}): unknown {
    const value = (uncommitted ? this.#buffer : this.#buffer.committed).get(Buffer.from(key))
    return value && viewOf(value)
  }

  async *queryAll(query: StoreQuery = {}): AsyncIterable<QueriedEntry> {
    const { limit = Infinity, keysOnly, uncommitted } = query
    const bounds = keyBounds(query, text => Buffer.from(text))
    if (limit <= 0 || isEmpty(bounds)) return
    let left = limit
    for await (const [key, value] of (uncommitted ? this.#buffer : this.#buffer.committed).range(bounds.from, bounds.to, limit)) {
      yield { key: asBuffer(key).toString('utf8'), value: keysOnly ? undefined : viewOf(value) }
      if (--left <= 0) return
    }
  }

  /** Each record has one row. */
  get committedKeys(): number {
    return this.#buffer.rows
  }

  settle(): void {}

  beforeCommit(): void {}

  restored(rows: readonly Row[]): void {
    for (const row of rows) this.#load(row)
    this.onRestored?.()
  }

  undone(row: Row): void {
    this.#load(row)
  }

  wiped(): void {
    this.#byType.clear()
    this.#sum = 0
  }

  /** Notes what a row says; null: there is none any more. */
  #load({ key, value }: Row): void {
    const text = asBuffer(key).toString('utf8')
    const offset = Number(text.slice(0, offsetDigits))
    const dataType = text.slice(offsetDigits + 1)
    const waiting = this.#byType.get(dataType) ?? { bytes: new Map<number, number>(), ordered: true, sum: 0 }
    const change = (value?.length ?? 0) - (waiting.bytes.get(offset) ?? 0)
    this.#sum += change
    waiting.sum += change
    if (value === null) waiting.bytes.delete(offset)
    else {
      if (!waiting.bytes.has(offset)) waiting.ordered = false
      waiting.bytes.set(offset, value.length)
    }
    if (waiting.bytes.size === 0) this.#byType.delete(dataType)
    else this.#byType.set(dataType, waiting)
  }
}

function keyOf(dataType: string, offset: number): Buffer {
  return Buffer.from(`${String(offset).padStart(offsetDigits, '0')}/${dataType}`)
}

function viewOf(value: Uint8Array): unknown {
  return { bytes: value.length }
}

function sort(waiting: Waiting): void {
  const entries = [...waiting.bytes].sort(([one], [other]) => one - other)
  waiting.bytes.clear()
  for (const [offset, bytes] of entries) waiting.bytes.set(offset, bytes)
  waiting.ordered = true
}
