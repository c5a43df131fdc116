import { checkOptionNames } from '../base/option-names.ts'
import { SluiceError } from '../base/sluice-error.ts'
import { TypedStore, type TypedStoreOptions } from './key-value-store.ts'
import { LevelRows } from './rows/level-rows.ts'
import { BufferedStore, type StoreHooks } from './rows/buffered-store.ts'
import { MemoryRows } from './rows/memory-rows.ts'
import { ModelStateStore } from './models/model-state-store.ts'
import { ModelUsageStore } from './models/model-usage-store.ts'
import type { KeyValueStore, ManagedStore, OnCorrupt, RowStorage, StateStore, StoreBuilder, VersionedKeyValueStore } from './state-store.ts'
import { TransactionBuffer } from './rows/transaction-buffer.ts'
import { VersionedStore, type VersionedStoreOptions } from './versioned/versioned-store.ts'

/** Where a store's rows go. */
export interface StorePlacement {
  /** To a changelog topic too, from which they can be restored; default true. */
  readonly logged?: boolean
  /** To LevelDB in the task's directory; false: memory only. Default true. */
  readonly persistent?: boolean
}

const typedNames = ['name', 'key', 'value', 'keyText']
const placementNames = ['logged', 'persistent']

/** A managed store that says which store it is. */
export interface TypedManagedStore<S extends StateStore> extends ManagedStore {
  readonly store: S
}

/** A builder that says which store it makes. */
export interface TypedStoreBuilder<S extends StateStore> extends StoreBuilder {
  open(directory: string | undefined, onCorrupt?: OnCorrupt): Promise<TypedManagedStore<S>>
}

/** A key-value store of the user's own types. */
export function keyValueStore<K, V>(options: TypedStoreOptions<K, V> & StorePlacement): TypedStoreBuilder<KeyValueStore<K, V>> {
  checkOptionNames(`store "${options.name}"`, options, [...typedNames, ...placementNames])
  return builder(options.name, options, buffer => ({ store: new TypedStore(buffer, options) }))
}

/**
 * A key-value store that tells what a key's value was at a time: see `VersionedKeyValueStore`. Its changelog has a record for each version, so
 * that compaction keeps them all, until they expire. Throws TOPOLOGY_INVALID when the retention is no time.
 */
export function versionedKeyValueStore<K, V>(
  options: VersionedStoreOptions<K, V> & StorePlacement,
): TypedStoreBuilder<VersionedKeyValueStore<K, V>> {
  const { name, historyRetentionMs } = options
  checkOptionNames(`store "${name}"`, options, [...typedNames, 'historyRetentionMs', ...placementNames])
  if (!(historyRetentionMs >= 0))
    throw new SluiceError('TOPOLOGY_INVALID', `historyRetentionMs of store "${name}" is ${historyRetentionMs}: 0 or more is allowed`)
  return { ...builder(name, options, buffer => hooked(new VersionedStore(buffer, options))), versioned: true }
}

/** The store of the models, their bytes and how they have served. */
export function modelStateStore(
  options: StorePlacement & { readonly name?: string; readonly maxVersions?: number } = {},
): TypedStoreBuilder<ModelStateStore> {
  const { name = 'ModelStateStore', maxVersions = 16 } = options
  checkOptionNames(`store "${name}"`, options, ['name', 'maxVersions', ...placementNames])
  return builder(name, options, async buffer => hooked(await ModelStateStore.open(buffer, { name, maxVersions })))
}

/** The store of how models have served, for data tasks that have no models of their own. */
export function modelUsageStore(options: StorePlacement & { readonly name: string }): TypedStoreBuilder<ModelUsageStore> {
  const { name } = options
  checkOptionNames(`store "${name}"`, options, ['name', ...placementNames])
  return builder(name, options, async buffer => hooked(await ModelUsageStore.open(buffer, name)))
}

/** A store over its rows, and what it does at commits, if anything. */
interface OpenedStore<S extends StateStore> {
  readonly store: S
  readonly hooks?: StoreHooks
}

function hooked<S extends StateStore & StoreHooks>(store: S): OpenedStore<S> {
  return { store, hooks: store }
}

function builder<S extends StateStore>(
  name: string,
  { logged = true, persistent = true }: StorePlacement,
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
