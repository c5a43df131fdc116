// Written from ./store-option-table.ts by scripts/generate-options.ts: change it there, then run `npm run options`.
import type { Serde } from '../records/index.ts'
import type { KeyText } from './query-keys.ts'

/** Where a store's rows go. */
export interface StorePlacement {
  /**
   * Whether rows are also written to a changelog topic, from which they are restored.
   *
   * Allowed: true or false.
   *
   * @defaultValue `true`
   */
  readonly logged?: boolean | undefined
  /**
   * Whether rows are kept in LevelDB in the task's directory; false: in memory only.
   *
   * Allowed: true or false.
   *
   * @defaultValue `true`
   */
  readonly persistent?: boolean | undefined
}

/** How a store turns keys and values to bytes. */
export interface TypedStoreOptions<K, V> {
  /**
   * Name of the store, and part of the name of its changelog topic.
   *
   * Allowed: 1 to 200 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   */
  readonly name: string
  /**
   * Serde of the keys.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly key: Serde<K>
  /**
   * Serde of the values.
   *
   * Allowed: an object with the functions serialize and deserialize.
   */
  readonly value: Serde<V>
  /**
   * Text form of the keys in interactive queries.
   *
   * Allowed: an object with the functions parse and format.
   *
   * @defaultValue the key's bytes as UTF-8
   */
  readonly keyText?: KeyText<K> | undefined
}

/** The options of a store that keeps earlier values. */
export interface VersionedStoreOptions<K, V> extends TypedStoreOptions<K, V> {
  /**
   * How far before stream time versions can be read and written; Infinity: everything is kept.
   *
   * Unit: ms. Allowed: a whole number, 0 or more, or Infinity.
   */
  readonly historyRetentionMs: number
}

/** The options of the store of the models. */
export interface ModelStoreOptions {
  /**
   * Name of the store, and part of the name of its changelog topic.
   *
   * Allowed: 1 to 200 of the characters a-z A-Z 0-9 . _ - (but not "." or "..").
   *
   * @defaultValue `ModelStateStore`
   */
  readonly name?: string | undefined
  /**
   * Number of newest versions of a data type whose models are kept.
   *
   * Unit: versions. Allowed: a whole number from 1 to 1000000.
   *
   * @defaultValue `16`
   */
  readonly maxVersions?: number | undefined
}
