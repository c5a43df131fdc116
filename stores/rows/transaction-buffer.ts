import { byteKey, compareBytes, mustBeBytes } from '../byte-key.ts'
import type { Checkpoint, ManagedStore, Row, RowStorage, TaskBinding } from '../state-store.ts'
import type { Undoable } from '../undo-journal.ts'

type Generation = ReadonlyMap<string, Row>
type Entry = readonly [Uint8Array, Uint8Array]

const NOTHING: Generation = new Map()

/**
 * The writes of the running transaction over a storage, in two generations: the newest takes writes, the frozen one is on its way
 * through a commit. Reads see newest, then frozen, then storage. What had not reached the storage is gone after a crash: the changelog tells it again.
 */
export class TransactionBuffer implements Omit<ManagedStore, 'store' | 'settle' | 'droppedWrites'>, Undoable {
  readonly #storage: RowStorage
  #newest = new Map<string, Row>()
  /** Never changed in place: a `postCommit` that is under way reads it. */
  #frozen = NOTHING
  #task: TaskBinding | undefined
  /** Hears of each row that was taken back. */
  onUndone: ((row: Row) => void) | undefined

  constructor(storage: RowStorage) {
    this.#storage = storage
  }

  bind(task: TaskBinding): void {
    this.#task = task
  }

  /** What the last commit left: the view of interactive queries. */
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

  /** Throws as `put` does: a deletion goes to the changelog, whether there was a row or not. */
  delete(key: Uint8Array): void {
    this.#set(key, null)
  }

  /** A write that goes on in the background: whoever makes it may not wait. */
  underWay<T>(write: Promise<T>): Promise<T> {
    this.#task?.underWay?.(write)
    return write
  }

  /** Notes a change of what the store keeps beside its rows; `target` takes it back. */
  note(target: Undoable, what: unknown, before: unknown): void {
    this.#task?.journal.note(target, what, before)
  }

  /** Whether changes are noted: they may be taken back. */
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

  /** Entries with from ≤ key < to in the order of their bytes, as they stand when the first one is asked for. */
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
    // A `prepareCommit` made meanwhile holds these rows too, and newer ones: they stay.
    if (this.#frozen === rows) this.#frozen = NOTHING
  }

  async restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void> {
    const last = new Map<string, Row>()
    for (const row of rows) last.set(byteKey(row.key), row)
    await this.#storage.write(last.values(), checkpoint)
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

  /** Rows of both generations in order, the newest of each key. */
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
