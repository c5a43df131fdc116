import { asBuffer, type Serde } from '../records/index.ts'
import { messageOf, SluiceError } from '../base/index.ts'
import { byteKey } from './byte-key.ts'
import { keyBounds, type KeyBounds, type StoreQuery } from './store-query.ts'

/** The text form of keys whose bytes are not text. */
export interface KeyText<K> {
  /** The key of a text. Throws when the text is not a key. */
  parse(text: string): K
  /** The key as text. */
  format(key: K): string
}

export interface QueryKeysOptions<K> {
  /** The store's name. */
  readonly name: string
  readonly key: Serde<K>
  readonly keyText?: KeyText<K> | undefined
}

/** Converts keys between bytes and the text of interactive queries. */
export class QueryKeys<K> {
  readonly #options: QueryKeysOptions<K>

  constructor(options: QueryKeysOptions<K>) {
    this.#options = options
  }

  /** The key's bytes. Throws INPUT_INVALID when the text is not a key. */
  bytesOf(text: string): Uint8Array {
    const { name, key, keyText } = this.#options
    if (keyText === undefined) return Buffer.from(text)
    try {
      return key.serialize(keyText.parse(text))
    } catch (error) {
      throw new SluiceError('INPUT_INVALID', `${JSON.stringify(text)} is not a key of store ${name}: ${messageOf(error)}`, { cause: error })
    }
  }

  /** The key's text and, if its text does not sort as its bytes do, `order`. */
  shown(bytes: Uint8Array): { readonly key: string; readonly order?: string } {
    const { key, keyText } = this.#options
    if (keyText === undefined) return { key: asBuffer(bytes).toString('utf8') }
    return { key: keyText.format(key.deserialize(bytes)), order: byteKey(bytes) }
  }

  /** The query's bounds as row keys. `rowOf`: the row key of a key. Throws INPUT_INVALID. */
  bounds(query: StoreQuery, rowOf: (key: Uint8Array) => Uint8Array = key => key): KeyBounds {
    const { name, keyText } = this.#options
    if (keyText !== undefined && (query.prefix ?? '') !== '')
      throw new SluiceError('INPUT_INVALID', `store ${name} cannot be queried by prefix: its keys are not text`)
    return keyBounds(query, text => rowOf(this.bytesOf(text)))
  }
}
