import { byteKey, compareBytes, mustBeBytes } from '../byte-key.ts'
import type { Checkpoint, ManagedStore, Row, RowStorage, TaskBinding } from '../state-store.ts'
import type { Undoable } from '../undo-journal.ts'

type Generation = ReadonlyMap<string, Row>
type Entry = readonly [Uint8Array, Uint8Array]

const NOTHING: Generation = new Map()

/**
 * The writes of the running transaction over a storage, in two generations: the newest takes writes, the frozen one is being committed.
 * Reads see the newest, then the frozen, then the storage. After a crash frozen rows are discarded: committed ones are in the changelog,
 * others must not survive.
 */
export class TransactionBuffer implements Omit<ManagedStore, 'store' | 'settle' | 'droppedWrites'>, Undoable {
  readonly #storage: RowStorage
  #newest = new Map<string, Row>()
  /** Never changed in place, because a running `postCommit` reads it. */
  #frozen = NOTHING
  #task: TaskBinding | undefined
  /** Called with each row whose write was undone, as it is now. */
  onUndone: ((row: Row) => void) | undefined

  constructor(storage: RowStorage) {
    this.#storage = storage
  }

  bind(task: TaskBinding): void {
    this.#task = task
  }

  /** The rows of the last commit, which interactive queries read. */
  get committed(): Pick<RowStorage, 'get' | 'range'> {
    return this.#storage
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#storage.checkpoint
  }

  get rows(): number {
    return this.#storage.rows
  }

  get dirty(): boolean {
    return this.#newest.size > 0 || this.#frozen.size > 0
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.dirty) {
      const name = byteKey(key)
      const row = this.#newest.get(name) ?? this.#frozen.get(name)
      if (row !== undefined) return row.value ?? undefined
    }
    return this.#storage.get(key)
  }

  /** The bytes must not change afterwards. Throws SluiceError KEY_INVALID, VALUE_INVALID, and what the task's `checkRow` throws. */
  put(key: Uint8Array, value: Uint8Array): void {
    mustBeBytes('value', value)
    this.#set(key, value)
  }

  /** Throws as `put` does. A deletion is written to the changelog whether or not there was a row. */
  delete(key: Uint8Array): void {
    this.#set(key, null)
  }

  /** Registers an asynchronous write with the task, which waits for it even when the caller does not. Returns the write. */
  underWay<T>(write: Promise<T>): Promise<T> {
    this.#task?.underWay?.(write)
    return write
  }

  /** Notes a change of something that the store keeps beside its rows; `target` can undo it. */
  note(target: Undoable, what: unknown, before: unknown): void {
    this.#task?.journal.note(target, what, before)
  }

  /** Whether changes are noted, because they may be undone. */
  get noting(): boolean {
    return this.#task?.journal.recording ?? false
  }

  undo(what: unknown, before: unknown): void {
    const name = what as string
    if (before === undefined) this.#newest.delete(name)
    else this.#newest.set(name, before as Row)
    const key = Buffer.from(name, 'latin1')
    this.onUndone?.({ key, value: this.get(key) ?? null })
  }

  /** Entries with from ≤ key < to, in the order of the key's bytes, as of the first read. */
  async *range(from?: Uint8Array, to?: Uint8Array, expected?: number): AsyncIterable<Entry> {
    const written = this.#written(from, to)
    const stored = this.#storage.range(from, to, expected)[Symbol.asyncIterator]()
    try {
      let next = await stored.next()
      for (const { key, value } of written) {
        while (!next.done && compareBytes(next.value[0], key) < 0) {
          yield next.value
          next = await stored.next()
        }
        if (!next.done && compareBytes(next.value[0], key) === 0) next = await stored.next()
        if (value !== null) yield [key, value]
      }
      while (!next.done) {
        yield next.value
        next = await stored.next()
      }
    } finally {
      await stored.return?.()
    }
  }

  prepareCommit(): readonly Row[] {
    this.#frozen = this.#frozen.size === 0 ? this.#newest : new Map([...this.#frozen, ...this.#newest])
    this.#newest = new Map()
    return [...this.#frozen.values()]
  }

  async postCommit(checkpoint: Checkpoint): Promise<void> {
    const rows = this.#frozen
    if (rows.size === 0 && checkpoint.changelogOffset === this.checkpoint?.changelogOffset) return
    await this.#storage.write(rows.values(), checkpoint)
    // After another `prepareCommit` the frozen generation also has newer rows, and must stay.
    if (this.#frozen === rows) this.#frozen = NOTHING
  }

  async restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void> {
    const last = new Map<string, Row>()
    for (const row of rows) last.set(byteKey(row.key), row)
    await this.#storage.write(last.values(), checkpoint)
  }

  /** Changes no value, and so is not undone with a record that fails. */
  logAgain(key: Uint8Array): void {
    const name = byteKey(key)
    if (!this.#newest.has(name)) this.#newest.set(name, { key, value: this.get(key) ?? null })
  }

  async wipe(): Promise<void> {
    this.#newest = new Map()
    this.#frozen = NOTHING
    await this.#storage.clear()
  }

  async close(): Promise<void> {
    await this.#storage.close()
  }

  #set(key: Uint8Array, value: Uint8Array | null): void {
    mustBeBytes('key', key)
    const { checkRow, uncheckedBytes = Infinity } = this.#task ?? {}
    if (key.length + (value?.length ?? 0) > uncheckedBytes) checkRow?.(key, value)
    const name = byteKey(key)
    if (this.noting) this.note(this, name, this.#newest.get(name))
    this.#newest.set(name, { key, value })
  }

  /** The newest row of each key in both generations, in key order. */
  #written(from?: Uint8Array, to?: Uint8Array): readonly Row[] {
    const first = from === undefined ? '' : byteKey(from)
    const end = to === undefined ? undefined : byteKey(to)
    const names = new Set<string>()
    for (const generation of [this.#frozen, this.#newest]) {
      for (const name of generation.keys()) if (name >= first && (end === undefined || name < end)) names.add(name)
    }
    return [...names].sort().map(name => (this.#newest.get(name) ?? this.#frozen.get(name)) as Row)
  }
}
