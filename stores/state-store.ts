import type { ReadOptions, StoreQuery, VersionQuery } from './store-query.ts'
import type { UndoJournal } from './undo-journal.ts'

/** A row that changed: null means deleted. */
export interface Row {
  /** The row's key. */
  readonly key: Uint8Array
  /** null: there is no such row any more. */
  readonly value: Uint8Array | null
}

/** An entry as interactive queries show it. */
export interface QueriedEntry {
  /** As text. */
  readonly key: string
  /** In a form that JSON can carry. */
  readonly value: unknown
  /** Where the order of keys is not that of their text's UTF-8 bytes: what their order is, by `<`. */
  readonly order?: string
}

/** A version as interactive queries show it. */
export interface QueriedVersion {
  /** In a form that JSON can carry. */
  readonly value: unknown
  /** From when it holds. */
  readonly timestamp: number
  /** When another version or a deletion followed; absent: it is the newest. */
  readonly validTo?: number
}

/**
 * What interactive queries read of a store, in a form that JSON can carry: what the last commit left, or with `uncommitted` also the writes of
 * the transaction under way, which may yet be dropped. Keys are given as text; a store says how its own keys read as text.
 */
export interface QueryableStore {
  /** The value of the key; undefined when there is none. Throws INPUT_INVALID when the text is no key of the store. */
  query(key: string, options?: ReadOptions): unknown
  /** Entries in key order. Throws INPUT_INVALID. */
  queryAll(query?: StoreQuery): AsyncIterable<QueriedEntry>
  /** The value that this instance used last (of the key, when one is given), as the last commit left it; undefined when there is none yet. */
  queryLatest?(key?: string): unknown
  /** Of versioned stores: the key's versions that are asked for, in the order of time. Throws INPUT_INVALID. */
  queryVersions?(key: string, query?: VersionQuery): Promise<readonly QueriedVersion[]>
  /** How many keys the last commit left, where that is known without reading them. */
  readonly committedKeys?: number
}

/** A named piece of a task's state. It belongs to one task; its processors reach it through their context. */
export interface StateStore extends QueryableStore {
  /** As its builder has it. */
  readonly name: string
}

/** Ordered map of bytes. Reads see the writes made before them in the same task, committed or not. */
export interface KeyValueStore<K, V> extends StateStore {
  /** undefined: there is none. */
  get(key: K): V | undefined
  /** Throws what the serdes throw, and for a row that the changelog would refuse. */
  put(key: K, value: V): void
  /** Does nothing where there is none. */
  delete(key: K): void
  /** Entries with from ≤ key < to, in the order of the key's bytes, as they stand when the first one is asked for. */
  range(from?: K, to?: K): AsyncIterable<readonly [K, V]>
}

/** One version of a key's value. Times are ms since the epoch, as records have them. */
export interface VersionedRecord<V> {
  /** What held. */
  readonly value: V
  /** From when it holds. */
  readonly timestamp: number
  /** When another version or a deletion followed; absent: it is the newest. */
  readonly validTo?: number
}

/**
 * Keeps of each key the newest version, and those that held at some time of its history: stream time, the greatest timestamp written to the
 * store, less `historyRetentionMs`. Reads see the writes made before them in the same task. What returns a promise, where there is something
 * to wait for, is to be awaited before the next call. A time that is no whole number makes a write throw INPUT_INVALID.
 */
export interface VersionedKeyValueStore<K, V> extends StateStore {
  /** The newest version; undefined when there is none, or it is a deletion. */
  get(key: K): VersionedRecord<V> | undefined
  /**
   * The version that held at the time; undefined when none did. At a time before the history a version that is still the newest is found,
   * any other one is not. A promise only where another version is the newest.
   */
  get(key: K, asOf: number): VersionedRecord<V> | undefined | Promise<VersionedRecord<V> | undefined>
  /**
   * Writes the version that begins at the timestamp, in place of one that began then too. Gives the time at which the next version begins:
   * Infinity for the newest. A write before the history is dropped and counted: undefined. A promise only where it is not the newest.
   */
  put(key: K, value: V, timestamp: number): number | undefined | Promise<number | undefined>
  /** The key has no value from the timestamp on, until the next version begins: as `put`, to which it counts as a version. */
  delete(key: K, timestamp: number): number | undefined | Promise<number | undefined>
  /** The versions that held at some time with from ≤ time < to, in the order of time, as they stand when the first is asked for. */
  versions(key: K, from?: number, to?: number): AsyncIterable<VersionedRecord<V>>
}

/** Where rows end up: memory or LevelDB. Only the transaction buffer writes to it. */
export interface RowStorage {
  /** Committed value, read synchronously; undefined when absent. Throws SluiceError STORE_CORRUPT. */
  get(key: Uint8Array): Uint8Array | undefined
  /** Entries with from ≤ key < to, in key order; `expected`: how many will be asked for, where that is known. */
  range(from?: Uint8Array, to?: Uint8Array, expected?: number): AsyncIterable<readonly [Uint8Array, Uint8Array]>
  /** Writes the rows, each key once, and the checkpoint that they stand for in one atomic batch. Calls are done one after the other. */
  write(rows: Iterable<Row>, checkpoint: Checkpoint): Promise<void>
  /** Removes all rows and the checkpoint, damaged ones too. */
  clear(): Promise<void>
  /** The last checkpoint written; undefined for a fresh store. */
  readonly checkpoint: Checkpoint | undefined
  /** How many rows there are. */
  readonly rows: number
  close(): Promise<void>
}

/** Up to where the rows stand for the changelog: the offset of the first changelog record that they do not hold. */
export interface Checkpoint {
  /** Of the first changelog record that the rows do not hold. */
  readonly changelogOffset: number
  /** Whether the changelog can be read on from there; absent where nothing is known of that. */
  readonly standing?: ChangelogStanding | undefined
}

/** Of which changelog, and of which time, rows are. */
export interface ChangelogStanding {
  /** The topic's, for ever: a topic of that name that was made anew has another. undefined: the brokers do not tell. */
  readonly topicId: string | undefined
  /** When the rows were all that the changelog told, epoch ms, or later than that: what it tells beyond them is not older. 0: not known. */
  readonly asOf: number
}

/**
 * The life of a task's store, as its task drives it. Commit, in three steps with Kafka in between:
 *   rows = store.prepareCommit()         what changed since the last call, the last value of each key; later writes belong to the next commit
 *   … the rows are sent to the changelog and acknowledged, the input offsets are committed …
 *   await store.postCommit(checkpoint)   these rows and the changelog offset reach the storage in one batch
 * While a commit is under way the task goes on writing; reads see the newest writes, then those rows, then the storage.
 */
export interface ManagedStore {
  /** What processors and queries see. */
  readonly store: StateStore
  /** From here on writes are noted in the task's journal, and its changelog's limits hold for them. */
  bind(task: TaskBinding): void
  /** Whether there is anything to commit. */
  readonly dirty: boolean
  /** Makes `dirty` tell of everything, also of what may wait for a later commit: before the last one. */
  settle(): void
  /** Rows of a `prepareCommit` that no `postCommit` followed come again. */
  prepareCommit(): readonly Row[]
  /** A failed call may be repeated: the rows stay. */
  postCommit(checkpoint: Checkpoint): Promise<void>
  /** Writes changelog rows straight to the storage, before the task runs; of a key that comes twice the last row counts. */
  restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void>
  /** The last that was committed or restored; undefined: there is none. */
  readonly checkpoint: Checkpoint | undefined
  /** How many rows the storage holds. */
  readonly rows: number
  /** Writes that came too late to be kept, since the store was opened. */
  readonly droppedWrites: number
  /** Removes all rows and the checkpoint: the changelog will be read from its head. */
  wipe(): Promise<void>
  /** Gives back what is open. Nothing is called afterwards. */
  close(): Promise<void>
}

/** What a task's store has of the task. */
export interface TaskBinding {
  /** Where each write is noted, so that a record that fails takes it back. */
  readonly journal: UndoJournal
  /** Hears of each write that goes on in the background: the record that makes it ends after it, and fails with it. */
  readonly underWay?: (write: Promise<unknown>) => void
  /** Throws for a row that its changelog will never take. Only asked of rows with more than `uncheckedBytes` of key and value. */
  readonly checkRow?: (key: Uint8Array, value: Uint8Array | null) => void
  /** Default 0: each row is checked. */
  readonly uncheckedBytes?: number
}

/**
 * Makes a task's store. `directory` is the store's own, below the task's; undefined means memory only.
 * Rows on disk that cannot be trusted are wiped while it opens: `onCorrupt` is told why, and the checkpoint is undefined afterwards.
 */
export interface StoreBuilder {
  /** The store's, and part of its changelog topic's. */
  readonly name: string
  /** Whether its rows go to a changelog topic. */
  readonly logged: boolean
  /** Whether its stores have `queryVersions`; default false. */
  readonly versioned?: boolean
  /** Opens the store of one task. */
  open(directory: string | undefined, onCorrupt?: OnCorrupt): Promise<ManagedStore>
}

/**
 * What was wrong with rows: `unreadable`: LevelDB cannot open or read them; `foreign`: the database is not the one that its nonce names;
 * `checkpoint`: that is damaged; `rows`: they are not those that were written.
 */
export type CorruptionKind = 'unreadable' | 'foreign' | 'checkpoint' | 'rows'

/** Told in one line, and in a word, what was wrong with rows that have just been wiped. */
export type OnCorrupt = (reason: string, kind: CorruptionKind) => void
