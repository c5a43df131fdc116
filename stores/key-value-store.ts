import type { Serde } from '../records/index.ts'
import { jsonView } from './json-view.ts'
import { QueryKeys } from './query-keys.ts'
import type { KeyValueStore, QueriedEntry } from './state-store.ts'
import { isEmpty, type ReadOptions, type StoreQuery } from './store-query.ts'
import type { TypedStoreOptions } from './store-options.ts'
import type { TransactionBuffer } from './rows/index.ts'

/** A key-value store with typed keys and values over the transaction buffer. */
export class TypedStore<K, V> implements KeyValueStore<K, V> {
  readonly name: string
  readonly #buffer: TransactionBuffer
  readonly #key: Serde<K>
  readonly #value: Serde<V>
  readonly #queryKeys: QueryKeys<K>

  constructor(buffer: TransactionBuffer, options: TypedStoreOptions<K, V>) {
    this.name = options.name
    this.#buffer = buffer
    this.#key = options.key
    this.#value = options.value
    this.#queryKeys = new QueryKeys(options)
  }

  get(key: K): V | undefined {
    const bytes = this.#buffer.get(this.#key.serialize(key))
    return bytes === undefined ? undefined : this.#value.deserialize(bytes)
  }

  put(key: K, value: V): void {
    this.#buffer.put(this.#key.serialize(key), this.#value.serialize(value))
  }

  delete(key: K): void {
    this.#buffer.delete(this.#key.serialize(key))
  }

  async *range(from?: K, to?: K): AsyncIterable<readonly [K, V]> {
    const first = from === undefined ? undefined : this.#key.serialize(from)
    const end = to === undefined ? undefined : this.#key.serialize(to)
    for await (const [key, value] of this.#buffer.range(first, end)) yield [this.#key.deserialize(key), this.#value.deserialize(value)]
  }

  /** Each key has one row. */
  get committedKeys(): number {
    return this.#buffer.rows
  }

  query(key: string, { uncommitted }: ReadOptions = {}): unknown {
    const bytes = this.#rows(uncommitted).get(this.#queryKeys.bytesOf(key))
    return bytes === undefined ? undefined : jsonView(this.#value.deserialize(bytes))
  }

  async *queryAll(query: StoreQuery = {}): AsyncIterable<QueriedEntry> {
    const { limit = Infinity, keysOnly, uncommitted } = query
    const bounds = this.#queryKeys.bounds(query)
    if (limit <= 0 || isEmpty(bounds)) return
    let left = limit
    for await (const [key, value] of this.#rows(uncommitted).range(bounds.from, bounds.to, limit)) {
      yield { ...this.#queryKeys.shown(key), value: keysOnly ? undefined : jsonView(this.#value.deserialize(value)) }
      if (--left <= 0) return
    }
  }

  #rows(uncommitted = false): Pick<TransactionBuffer, 'get' | 'range'> {
    return uncommitted ? this.#buffer : this.#buffer.committed
  }
}
