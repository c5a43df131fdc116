import type { ReadOptions, StoreQuery, VersionQuery } from './store-query.ts'
import type { UndoJournal } from './undo-journal.ts'

/** A changed row. */
export interface Row {
  /** The row's key. */
  readonly key: Uint8Array
  /** null: the row was deleted. */
  readonly value: Uint8Array | null
}

/** An entry of an interactive query. */
export interface QueriedEntry {
  /** The key as text. */
  readonly key: string
  /** The value in a form that JSON can hold. */
  readonly value: unknown
  /** Sort key (by `<`) if keys are not ordered by the UTF-8 bytes of their text; otherwise absent. */
  readonly order?: string
}

/** A version of an interactive query. Times are ms since the epoch. */
export interface QueriedVersion {
  /** The value in a form that JSON can hold. */
  readonly value: unknown
  /** The time from which the version is valid. */
  readonly timestamp: number
  /** The time from which the next version or a deletion is valid; absent: this is the newest version. */
  readonly validTo?: number
}

/**
 * Interactive queries of a store, with values in a form that JSON can hold. They read the last committed state or, with `uncommitted`, also
 * the writes of the running transaction, which may still be discarded. Keys are text; the store defines the text form of its keys.
 */
export interface QueryableStore {
  /** The value of the key; undefined: there is none. Throws INPUT_INVALID when the text is not a key of the store. */
  query(key: string, options?: ReadOptions): unknown
  /** Entries in key order. Throws INPUT_INVALID. */
  queryAll(query?: StoreQuery): AsyncIterable<QueriedEntry>
  /** The committed value that this instance used last (of the key, if one is given); undefined: there is none yet. */
  queryLatest?(key?: string): unknown
  /** Versioned stores only: the requested versions of the key, in time order. Throws INPUT_INVALID. */
  queryVersions?(key: string, query?: VersionQuery): Promise<readonly QueriedVersion[]>
  /** Number of keys in the last committed state; absent when it is not known without reading them. */
  readonly committedKeys?: number
}

/** A named store of a task. It belongs to one task, whose processors get it from their context. */
export interface StateStore extends QueryableStore {
  /** The name that its builder has. */
  readonly name: string
}

/** A map ordered by the bytes of its keys. Reads see all earlier writes of the same task, committed or not. */
export interface KeyValueStore<K, V> extends StateStore {
  /** The value of the key; undefined: there is none. */
  get(key: K): V | undefined
  /** Sets the value of the key. Throws what the serdes throw, and for a row that is too large for the changelog. */
  put(key: K, value: V): void
  /** Deletes the key, if it is present. Throws as `put` does. */
  delete(key: K): void
  /** Entries with from ≤ key < to, in the order of the key's bytes, as of the first read. */
  range(from?: K, to?: K): AsyncIterable<readonly [K, V]>
}

/** One version of a key's value. Times are ms since the epoch, like record timestamps. */
export interface VersionedRecord<V> {
  /** The value. */
  readonly value: V
  /** The time from which the version is valid. */
  readonly timestamp: number
  /** The time from which the next version or a deletion is valid; absent: this is the newest version. */
  readonly validTo?: number
}

/**
 * Keeps the newest version of each key, and the versions that were valid at some time in the history: from stream time (the greatest timestamp
 * written to the store) minus `historyRetentionMs` on. Reads see all earlier writes of the same task. A returned promise must be awaited
 * before the next call. A write throws INPUT_INVALID when its timestamp is not a whole number.
 */
export interface VersionedKeyValueStore<K, V> extends StateStore {
  /** The newest version; undefined: there is none, or it is a deletion. */
  get(key: K): VersionedRecord<V> | undefined
  /**
   * The version that was valid at the time; undefined: none was. Before the history, only a version that is still the newest is found. Returns
   * a promise only when the newest version begins after the time.
   */
  get(key: K, asOf: number): VersionedRecord<V> | undefined | Promise<VersionedRecord<V> | undefined>
  /**
   * Writes the version that begins at the timestamp; replaces a version with the same timestamp. Returns the time at which the next version
   * begins: Infinity for the newest version, undefined when the timestamp is before the history and the write was dropped and counted. Returns
   * a promise only when the version is not the newest.
   */
  put(key: K, value: V, timestamp: number): number | undefined | Promise<number | undefined>
  /** The key has no value from the timestamp until the next version begins. Otherwise the same as `put`: a deletion is a version. */
  delete(key: K, timestamp: number): number | undefined | Promise<number | undefined>
  /** The versions that were valid at some time with from ≤ time < to, in time order, as of the first read. */
  versions(key: K, from?: number, to?: number): AsyncIterable<VersionedRecord<V>>
}

/** Stores committed rows, in memory or in LevelDB. Only the transaction buffer writes to it. */
export interface RowStorage {
  /** The committed value; undefined: there is none. Throws SluiceError STORE_CORRUPT, STORE_FAILED, STORE_CLOSED. */
  get(key: Uint8Array): Uint8Array | undefined
  /** Entries with from ≤ key < to, in key order. `expected`: number of entries that the caller will read, if known. */
  range(from?: Uint8Array, to?: Uint8Array, expected?: number): AsyncIterable<readonly [Uint8Array, Uint8Array]>
  /** Writes the rows (each key at most once) and their checkpoint in one atomic batch. Calls run one after the other. */
  write(rows: Iterable<Row>, checkpoint: Checkpoint): Promise<void>
  /** Removes all rows and the checkpoint, even if they are damaged. */
  clear(): Promise<void>
  /** The last checkpoint written; undefined for a fresh store. */
  readonly checkpoint: Checkpoint | undefined
  /** Number of rows. */
  readonly rows: number
  close(): Promise<void>
}

/** The position of the rows in the changelog. */
export interface Checkpoint {
  /** Offset of the first changelog record that the rows do not contain. */
  readonly changelogOffset: number
  /** Determines whether the changelog can be read from there; absent: not known. */
  readonly standing?: ChangelogStanding | undefined
  /** The last commit that the rows contain and that the changelog names; absent: none. */
  readonly commit?: NamedCommit | undefined
}

/** A changelog record that names the commit which wrote it. */
export interface NamedCommit {
  /** The record's offset. */
  readonly offset: number
  /** What the record says. */
  readonly note: string
}

/** The changelog topic of rows, and the time of their state. */
export interface ChangelogStanding {
  /** The topic's id; a topic that was deleted and created again has another one. undefined: the brokers do not return ids. */
  readonly topicId: string | undefined
  /** Epoch ms: changelog records that the rows lack are not older, or the changelog was read from its beginning since then. 0: not known. */
  readonly asOf: number
}

/**
 * The life cycle of a task's store, driven by the task. A commit has three steps:
 *   rows = store.prepareCommit()         the changed rows since the last call, each key once; later writes belong to the next commit
 *   … the rows are sent to the changelog and acknowledged, the input offsets are committed …
 *   await store.postCommit(checkpoint)   these rows and the changelog offset are written to the storage in one batch
 * During a commit the task goes on writing; reads see the newest writes, then the rows being committed, then the storage.
 */
export interface ManagedStore {
  /** The store for processors and queries. */
  readonly store: StateStore
  /** From now on writes are noted in the task's journal and checked against the limits of the changelog. */
  bind(task: TaskBinding): void
  /** Whether there are rows to commit. */
  readonly dirty: boolean
  /** Called before the last commit: the next commit includes rows that could wait for a later one, and `dirty` counts them. */
  settle(): void
  /** The rows to commit; includes those of earlier calls that no `postCommit` has followed. */
  prepareCommit(): readonly Row[]
  /**
   * Whether the row may be in the changelog although the rest of its commit is not: it means nothing until another row names it, and a repeated commit
   * writes the same again. undefined: no row may.
   */
  readonly mayPrecede?: ((row: Row) => boolean) | undefined
  /** Writes the rows of `prepareCommit` to the storage. A failed call can be repeated. */
  postCommit(checkpoint: Checkpoint): Promise<void>
  /** Writes changelog rows directly to the storage, before the task runs. If a key occurs more than once, the last row counts. */
  restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void>
  /** The last committed or restored checkpoint; undefined: there is none. */
  readonly checkpoint: Checkpoint | undefined
  /** Number of rows in the storage. */
  readonly rows: number
  /** Number of writes since the store was opened that were dropped because they came too late. */
  readonly droppedWrites: number
  /** The next commit includes the row of this key as it is, or its deletion, so that the changelog has it again. The key's bytes must not change. */
  logAgain(key: Uint8Array): void
  /** Removes all rows and the checkpoint; the changelog must be read from its beginning afterwards. */
  wipe(): Promise<void>
  /** Closes the storage. No method may be called afterwards. */
  close(): Promise<void>
}

/** What a task provides to its stores. */
export interface TaskBinding {
  /** Notes each write, so that the writes of a failed record can be undone. */
  readonly journal: UndoJournal
  /** Called with each asynchronous write: the processing of the record ends after the write, and fails with it. */
  readonly underWay?: (write: Promise<unknown>) => void
  /** Throws for a row that the changelog never accepts. Called only for rows whose key and value have more than `uncheckedBytes` bytes. */
  readonly checkRow?: (key: Uint8Array, value: Uint8Array | null) => void
  /** Default 0: each row is checked. */
  readonly uncheckedBytes?: number
}

/**
 * Opens a task's store. `directory` is the store's directory below the task's; undefined: the store is in memory only.
 * Damaged rows on disk are wiped when the store opens: `onCorrupt` is called with the reason, and the checkpoint is undefined afterwards.
 */
export interface StoreBuilder {
  /** The store's name, which is part of the name of its changelog topic. */
  readonly name: string
  /** Whether the rows are written to a changelog topic. */
  readonly logged: boolean
  /** The bytes of a key in its text form, by which its partition is found; default: UTF-8. Throws INPUT_INVALID for a text that is not a key. */
  readonly keyOf?: (text: string) => Uint8Array
  /** Whether its stores have `queryVersions`; default false. */
  readonly versioned?: boolean
  /**
   * Whether its rows may be large, as the bytes of models are: a global store, which has the rows of all partitions, then keeps them on the disk of an
   * instance that has a state directory. Default: false, in memory.
   */
  readonly bulky?: boolean
  /** Opens the store of one task. */
  open(directory: string | undefined, onCorrupt?: OnCorrupt): Promise<ManagedStore>
}

/**
 * The damage of a store: `unreadable`: LevelDB cannot open or read it; `foreign`: its nonce is not that of the nonce file; `checkpoint`: the
 * checkpoint is damaged; `rows`: the rows are not those that were written.
 */
export type CorruptionKind = 'unreadable' | 'foreign' | 'checkpoint' | 'rows'

/** Called after damaged rows were wiped, with the reason in one line and the kind of damage. */
export type OnCorrupt = (reason: string, kind: CorruptionKind) => void
