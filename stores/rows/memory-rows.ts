import { byteKey } from '../byte-key.ts'
import type { Checkpoint, Row, RowStorage } from '../state-store.ts'

type Entry = readonly [Uint8Array, Uint8Array]

/** Rows in memory only. Keys and values are copied, because they may be views of a fetched batch. */
export class MemoryRows implements RowStorage {
  readonly #entries = new Map<string, Entry>()
  /** The keys in order; undefined: a key was added or removed since they were sorted. */
  #order: string[] | undefined
  #checkpoint: Checkpoint | undefined

  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint
  }

  get rows(): number {
    return this.#entries.size
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#entries.get(byteKey(key))?.[1]
  }

  async *range(from?: Uint8Array, to?: Uint8Array): AsyncIterable<Entry> {
    this.#order ??= [...this.#entries.keys()].sort()
    const first = from === undefined ? 0 : lowerBound(this.#order, byteKey(from))
    const end = to === undefined ? this.#order.length : lowerBound(this.#order, byteKey(to))
    // The entries are copied first, so that writes during the iteration are not seen.
    const entries = this.#order.slice(first, end).map(key => this.#entries.get(key) as Entry)
    yield* entries
  }

  async write(rows: Iterable<Row>, checkpoint: Checkpoint): Promise<void> {
    for (const row of rows) this.#writeRow(row)
    this.#checkpoint = checkpoint
  }

  async clear(): Promise<void> {
    this.#entries.clear()
    this.#order = undefined
    this.#checkpoint = undefined
  }

  async close(): Promise<void> {}

  #writeRow({ key, value }: Row): void {
    const name = byteKey(key)
    if (value === null) {
      if (this.#entries.delete(name)) this.#order = undefined
      return
    }
    const known = this.#entries.get(name)
    if (known === undefined) this.#order = undefined
    this.#entries.set(name, [known?.[0] ?? new Uint8Array(key), new Uint8Array(value)])
  }
}

/** The index of the first key that is not below `key`. */
function lowerBound(order: readonly string[], key: string): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((order[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}
