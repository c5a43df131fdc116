import { asBuffer, type Serde } from '../proto/serde.ts'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import { byteKey } from './byte-key.ts'
import { jsonView } from './json-view.ts'
import type { KeyValueStore, QueriedEntry } from './state-store.ts'
import { isEmpty, keyBounds, type ReadOptions, type StoreQuery } from './store-query.ts'
import type { TransactionBuffer } from './transaction-buffer.ts'

/** How a store turns keys and values to bytes, and keys to the text that interactive queries use: UTF-8 unless said otherwise. */
export interface TypedStoreOptions<K, V> {
  readonly name: string
  readonly key: Serde<K>
  readonly value: Serde<V>
  /** For keys whose bytes are no text; both or none. */
  readonly keyText?: KeyText<K>
}

export interface KeyText<K> {
  /** Throws when the text is no such key. */
  parse(text: string): K
  format(key: K): string
}

/** Typed keys and values over the transaction buffer. */
export class TypedStore<K, V> implements KeyValueStore<K, V> {
  readonly name: string
  readonly #buffer: TransactionBuffer
  readonly #key: Serde<K>
  readonly #value: Serde<V>
  readonly #keyText: KeyText<K> | undefined

  constructor(buffer: TransactionBuffer, options: TypedStoreOptions<K, V>) {
    this.name = options.name
    this.#buffer = buffer
    this.#key = options.key
    this.#value = options.value
    this.#keyText = options.keyText
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

  query(key: string, { uncommitted }: ReadOptions = {}): unknown {
    const bytes = this.#rows(uncommitted).get(this.#keyOf(key))
    return bytes === undefined ? undefined : jsonView(this.#value.deserialize(bytes))
  }

  async *queryAll(query: StoreQuery = {}): AsyncIterable<QueriedEntry> {
    const { limit = Infinity, keysOnly, uncommitted, prefix = '' } = query
    if (this.#keyText !== undefined && prefix !== '')
      throw new SluiceError('INPUT_INVALID', `the keys of store ${this.name} have no prefixes: they are no text`)
    const bounds = keyBounds(query, text => this.#keyOf(text))
    if (limit <= 0 || isEmpty(bounds)) return
    let left = limit
    for await (const [key, value] of this.#rows(uncommitted).range(bounds.from, bounds.to, limit)) {
      const order = this.#keyText === undefined ? {} : { order: byteKey(key) }
      yield { key: this.#textOf(key), value: keysOnly ? undefined : jsonView(this.#value.deserialize(value)), ...order }
      if (--left <= 0) return
    }
  }

  #rows(uncommitted = false): Pick<TransactionBuffer, 'get' | 'range'> {
    return uncommitted ? this.#buffer : this.#buffer.committed
  }

  #keyOf(text: string): Uint8Array {
    if (this.#keyText === undefined) return Buffer.from(text)
    try {
      return this.#key.serialize(this.#keyText.parse(text))
    } catch (error) {
      throw new SluiceError('INPUT_INVALID', `${JSON.stringify(text)} is no key of store ${this.name}: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  #textOf(key: Uint8Array): string {
    return this.#keyText === undefined ? asBuffer(key).toString('utf8') : this.#keyText.format(this.#key.deserialize(key))
  }
}
