import { checkedOptions, completeOptions, type ConfigOf, type OptionTable } from '../base/options/index.ts'
import { stringSerde } from '../records/index.ts'
import { TypedStore } from './key-value-store.ts'
import { QueryKeys } from './query-keys.ts'
import { LevelRows, BufferedStore, type StoreHooks, MemoryRows, TransactionBuffer } from './rows/index.ts'
import { type CurrentModel, currentModelSerde, ModelStateStore, ModelUsageStore, WaitingRecordsStore } from './models/index.ts'
import type { KeyValueStore, ManagedStore, OnCorrupt, RowStorage, StateStore, StoreBuilder, VersionedKeyValueStore } from './state-store.ts'
import { modelStoreTable, storePlacementTable, typedStoreTable, usageStoreTable, versionedStoreTable } from './store-option-table.ts'
import type { ModelStoreOptions, StorePlacement, TypedStoreOptions, VersionedStoreOptions } from './store-options.ts'
import { VersionedStore } from './versioned/index.ts'

/** A managed store whose type says which store it manages. */
export interface TypedManagedStore<S extends StateStore> extends ManagedStore {
  /** The store for processors and queries. */
  readonly store: S
}

/** A builder whose type says which store it opens. */
export interface TypedStoreBuilder<S extends StateStore> extends StoreBuilder {
  /** Opens the store of one task. */
  open(directory: string | undefined, onCorrupt?: OnCorrupt): Promise<TypedManagedStore<S>>
}

/** A key-value store with keys and values of any type. Throws TOPOLOGY_INVALID for an option that is not allowed. */
export function keyValueStore<K, V>(options: TypedStoreOptions<K, V> & StorePlacement): TypedStoreBuilder<KeyValueStore<K, V>> {
  const checked = storeOptions('keyValueStore', { ...typedStoreTable, ...storePlacementTable }, options)
  const typed = checked as typeof checked & TypedStoreOptions<K, V>
  return withKeys(
    typed,
    builder(typed.name, typed, buffer => ({ store: new TypedStore(buffer, typed) })),
  )
}

/**
 * A key-value store that returns the value of a key at a given time: see `VersionedKeyValueStore`. Each version has a key of its own in the
 * changelog, so that compaction keeps all versions until they expire. Throws TOPOLOGY_INVALID for an option that is not allowed.
 */
export function versionedKeyValueStore<K, V>(
  options: VersionedStoreOptions<K, V> & StorePlacement,
): TypedStoreBuilder<VersionedKeyValueStore<K, V>> {
  const checked = storeOptions('versionedKeyValueStore', { ...typedStoreTable, ...versionedStoreTable, ...storePlacementTable }, options)
  const typed = checked as typeof checked & VersionedStoreOptions<K, V>
  const opened = builder(typed.name, typed, buffer => hooked(new VersionedStore(buffer, typed)))
  return { ...withKeys(typed, opened), versioned: true }
}

/** The store of models, their bytes and the figures of their use. Throws TOPOLOGY_INVALID for an option that is not allowed. */
export function modelStateStore(options: ModelStoreOptions & StorePlacement = {}): TypedStoreBuilder<ModelStateStore> {
  const placed = storeOptions('modelStateStore', { ...modelStoreTable, ...storePlacementTable }, options)
  const { name, maxVersions } = placed
  return { ...builder(name, placed, async buffer => hooked(await ModelStateStore.open(buffer, { name, maxVersions }))), bulky: true }
}

/** A standard key-value store for `CurrentModels`: one row a data type. Throws TOPOLOGY_INVALID for an option that is not allowed. */
export function currentModelStore({ name }: { readonly name: string }): TypedStoreBuilder<KeyValueStore<string, CurrentModel>> {
  return { ...keyValueStore({ name, key: stringSerde, value: currentModelSerde }), bulky: true }
}

/** The store of the use of models, for data tasks that have no models of their own. Throws TOPOLOGY_INVALID for an option that is not allowed. */
export function modelUsageStore(options: StorePlacement & { readonly name: string }): TypedStoreBuilder<ModelUsageStore> {
  const placed = storeOptions('modelUsageStore', { ...usageStoreTable, ...storePlacementTable }, options)
  const { name } = placed
  return builder(name, placed, async buffer => hooked(await ModelUsageStore.open(buffer, name)))
}

/** The store of records that wait for a model. Throws TOPOLOGY_INVALID for an option that is not allowed. */
export function waitingRecordsStore(options: StorePlacement & { readonly name: string }): TypedStoreBuilder<WaitingRecordsStore> {
  const placed = storeOptions('waitingRecordsStore', { ...usageStoreTable, ...storePlacementTable }, options)
  const { name } = placed
  return builder(name, placed, async buffer => hooked(await WaitingRecordsStore.open(buffer, name)))
}

/** The builder, with the text form of keys that are not text. */
function withKeys<K, V, S extends StateStore>(options: TypedStoreOptions<K, V>, built: TypedStoreBuilder<S>): TypedStoreBuilder<S> {
  if (options.keyText === undefined) return built
  const keys = new QueryKeys(options)
  return { ...built, keyOf: text => keys.bytesOf(text) }
}

/** An opened store and, if it has any, its hooks. */
interface OpenedStore<S extends StateStore> {
  readonly store: S
  readonly hooks?: StoreHooks
}

function hooked<S extends StateStore & StoreHooks>(store: S): OpenedStore<S> {
  return { store, hooks: store }
}

function builder<S extends StateStore>(
  name: string,
  { logged, persistent }: ConfigOf<typeof storePlacementTable>,
  open: (buffer: TransactionBuffer) => OpenedStore<S> | Promise<OpenedStore<S>>,
): TypedStoreBuilder<S> {
  return {
    name,
    logged,
    async open(directory, onCorrupt) {
      const buffer = new TransactionBuffer(await openRows(persistent ? directory : undefined, onCorrupt))
      const { store, hooks } = await open(buffer)
      return new BufferedStore(store, buffer, hooks)
    },
  }
}

async function openRows(directory: string | undefined, onCorrupt: OnCorrupt | undefined): Promise<RowStorage> {
  return directory === undefined ? new MemoryRows() : LevelRows.open(directory, onCorrupt)
}

/** The options of a store, complete. `maker`: the called function, which messages name when the options do not name the store. */
function storeOptions<const T extends OptionTable>(maker: string, table: T, options: unknown): ConfigOf<T> {
  const subject = { of: maker, named: { option: 'name', what: 'store' }, code: 'TOPOLOGY_INVALID' } as const
  return completeOptions(table, checkedOptions(subject, table, options))
}
