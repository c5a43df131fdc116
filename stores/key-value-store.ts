import { asBuffer, type Serde } from '../proto/serde.ts'
import { jsonView } from './json-view.ts'
import type { KeyValueStore } from './state-store.ts'
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

  query(key: string): unknown {
    const bytes = this.#buffer.committed.get(this.#keyOf(key))
    return bytes === undefined ? undefined : jsonView(this.#value.deserialize(bytes))
  }

  async *queryAll({ from, limit = Infinity }: { readonly from?: string; readonly limit?: number } = {}): AsyncIterable<{
    readonly key: string
    readonly value: unknown
  }> {
    if (limit <= 0) return
    let left = limit
    for await (const [key, value] of this.#buffer.committed.range(from === undefined ? undefined : this.#keyOf(from))) {
      yield { key: this.#textOf(key), value: jsonView(this.#value.deserialize(value)) }
      if (--left <= 0) return
    }
  }

  #keyOf(text: string): Uint8Array {
    return this.#keyText === undefined ? Buffer.from(text) : this.#key.serialize(this.#keyText.parse(text))
  }

  #textOf(key: Uint8Array): string {
    return this.#keyText === undefined ? asBuffer(key).toString('utf8') : this.#keyText.format(this.#key.deserialize(key))
  }
}
