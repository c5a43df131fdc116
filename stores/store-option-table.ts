import { flag, integer, kafkaName, kindOf, objectOf, option, optional, required } from '../base/options/index.ts'
import type { Serde } from '../records/index.ts'
import type { KeyText } from './query-keys.ts'

const storeName = kafkaName(200)

const retention = kindOf<number>(
  'number',
  'a whole number, 0 or more, or Infinity',
  value => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0),
)

/** Where a store's rows go. */
export const storePlacementTable = {
  logged: option(flag, true, 'whether rows are also written to a changelog topic, from which they are restored'),
  persistent: option(flag, true, "whether rows are kept in LevelDB in the task's directory; false: in memory only"),
} as const

/** How a store turns keys and values to bytes. */
export const typedStoreTable = {
  name: required(storeName, 'name of the store, and part of the name of its changelog topic'),
  key: required(objectOf<Serde<unknown>>('Serde<K>', ['serialize', 'deserialize']), 'serde of the keys'),
  value: required(objectOf<Serde<unknown>>('Serde<V>', ['serialize', 'deserialize']), 'serde of the values'),
  keyText: optional(objectOf<KeyText<unknown>>('KeyText<K>', ['parse', 'format']), 'text form of the keys in interactive queries', {
    defaultText: "the key's bytes as UTF-8",
  }),
} as const

/** Options of a versioned store beside those of every typed store. */
export const versionedStoreTable = {
  historyRetentionMs: required(retention, 'how far before stream time versions can be read and written; Infinity: everything is kept', {
    unit: 'ms',
  }),
} as const

export const modelStoreTable = {
  name: option(storeName, 'ModelStateStore', 'name of the store, and part of the name of its changelog topic'),
  maxVersions: option(integer(1, 1_000_000), 16, 'number of newest versions of a data type whose models are kept', { unit: 'versions' }),
} as const

export const usageStoreTable = { name: typedStoreTable.name } as const
