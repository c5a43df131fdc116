import type { Checkpoint, ManagedStore, Row, StateStore, TaskBinding } from '../state-store.ts'
import type { TransactionBuffer } from './transaction-buffer.ts'

/** What a store that keeps more than rows (caches, figures in memory) has to hear of its life. */
export interface StoreHooks {
  /** Whether `beforeCommit` would write rows. */
  readonly pending: boolean
  /** What `beforeCommit` may put off is due now: the task commits for the last time before it is suspended. */
  settle(): void
  /** Writes what is kept in memory to the buffer. */
  beforeCommit(): void
  /** What the commit takes, in the order in which it goes to the changelog: a reader may see any first part of it. Default: as it came. */
  inOrder?(rows: readonly Row[]): readonly Row[]
  /** Writes that came too late to be kept. Default: none. */
  readonly droppedWrites?: number
  /** These rows are in the storage now. */
  restored(rows: readonly Row[]): void
  /** A write was taken back: the row is this again (null: there is none). Default: nothing is kept beside the rows. */
  undone?(row: Row): void
  /** Nothing is in the storage any more. */
  wiped(): void
}

/** A store and the buffer below it, as the task drives them. */
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

  postCommit(checkpoint: Checkpoint): Promise<void> {
    return this.#buffer.postCommit(checkpoint)
  }

  async restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void> {
    await this.#buffer.restore(rows, checkpoint)
    this.#hooks?.restored(rows)
  }

  async wipe(): Promise<void> {
    await this.#buffer.wipe()
    this.#hooks?.wiped()
  }

  close(): Promise<void> {
    return this.#buffer.close()
  }
}
