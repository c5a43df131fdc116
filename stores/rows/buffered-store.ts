import type { Checkpoint, ManagedStore, Row, StateStore, TaskBinding } from '../state-store.ts'
import type { TransactionBuffer } from './transaction-buffer.ts'

/** Callbacks of a store that keeps more than rows, such as caches or figures in memory. */
export interface StoreHooks {
  /** Whether `beforeCommit` would write rows. */
  readonly pending: boolean
  /** The next `beforeCommit` must write everything: the task commits for the last time before it is suspended. */
  settle(): void
  /** Writes the rows of what is kept in memory to the buffer. */
  beforeCommit(): void
  /** The rows of a commit in the order in which they are written to the changelog; a reader may see only a first part. Default: unchanged. */
  inOrder?(rows: readonly Row[]): readonly Row[]
  /** See `ManagedStore.mayPrecede`. */
  mayPrecede?(row: Row): boolean
  /** Number of writes that were dropped because they came too late. Default: 0. */
  readonly droppedWrites?: number
  /** Called after rows of the changelog were written to the storage. */
  restored(rows: readonly Row[]): void
  /** Called after a write was undone, with the row as it was before (null: there was none). */
  undone?(row: Row): void
  /** Called after all rows were removed from the storage. */
  wiped(): void
}

/** A task's store with its transaction buffer and, if it has any, its hooks. */
export class BufferedStore<S extends StateStore> implements ManagedStore {
  readonly store: S
  readonly #buffer: TransactionBuffer
  readonly #hooks: StoreHooks | undefined

  constructor(store: S, buffer: TransactionBuffer, hooks?: StoreHooks) {
    this.store = store
    this.#buffer = buffer
    this.#hooks = hooks
    buffer.onUndone = row => hooks?.undone?.(row)
  }

  bind(task: TaskBinding): void {
    this.#buffer.bind(task)
  }

  get dirty(): boolean {
    return this.#buffer.dirty || this.#hooks?.pending === true
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#buffer.checkpoint
  }

  get rows(): number {
    return this.#buffer.rows
  }

  get droppedWrites(): number {
    return this.#hooks?.droppedWrites ?? 0
  }

  settle(): void {
    this.#hooks?.settle()
  }

  prepareCommit(): readonly Row[] {
    this.#hooks?.beforeCommit()
    const rows = this.#buffer.prepareCommit()
    return this.#hooks?.inOrder?.(rows) ?? rows
  }

  get mayPrecede(): ((row: Row) => boolean) | undefined {
    const hooks = this.#hooks
    return hooks?.mayPrecede && (row => hooks.mayPrecede?.(row) === true)
  }

  postCommit(checkpoint: Checkpoint): Promise<void> {
    return this.#buffer.postCommit(checkpoint)
  }

  async restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void> {
    await this.#buffer.restore(rows, checkpoint)
    this.#hooks?.restored(rows)
  }

  logAgain(key: Uint8Array): void {
    this.#buffer.logAgain(key)
  }

  async wipe(): Promise<void> {
    await this.#buffer.wipe()
    this.#hooks?.wiped()
  }

  close(): Promise<void> {
    return this.#buffer.close()
  }
}
