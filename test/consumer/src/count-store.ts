import {
  SluiceError,
  stringSerde,
  type Checkpoint,
  type ManagedStore,
  type QueriedEntry,
  type ReadOptions,
  type Row,
  type StateStore,
  type StoreBuilder,
  type StoreQuery,
  type TaskBinding,
  type Undoable,
} from 'sluice'

/** A store of one's own: counts by name, in memory, restored from the changelog. */
export class CountStore implements StateStore, ManagedStore, Undoable {
  readonly name: string
  readonly store = this
  readonly droppedWrites = 0
  readonly #counts = new Map<string, number>()
  readonly #committed = new Map<string, number>()
  #changed = new Set<string>()
  #frozen: ReadonlyMap<string, number | undefined> | undefined
  #task: TaskBinding | undefined
  #checkpoint: Checkpoint | undefined

  constructor(name: string) {
    this.name = name
  }

  // What processors use.

  add(name: string, amount: number): number {
    const before = this.#counts.get(name)
    this.#task?.journal.note(this, name, before)
    const count = (before ?? 0) + amount
    this.#set(name, count)
    return count
  }

  // Undoable: a record that fails takes its writes back.

  undo(what: unknown, before: unknown): void {
    this.#set(what as string, before as number | undefined)
  }

  // StateStore: what interactive queries read.

  query(key: string, { uncommitted = false }: ReadOptions = {}): number | undefined {
    return (uncommitted ? this.#counts : this.#committed).get(key)
  }

  async *queryAll({ from, to, after, prefix = '', limit = Infinity }: StoreQuery = {}): AsyncIterable<QueriedEntry> {
    let left = limit
    for (const [key, value] of [...this.#committed].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const isIn = (from === undefined || key >= from) && (to === undefined || key < to) && (after === undefined || key > after)
      if (isIn && key.startsWith(prefix) && left-- > 0) yield { key, value }
    }
  }

  // ManagedStore: what the task does with it.

  bind(task: TaskBinding): void {
    this.#task = task
  }

  get dirty(): boolean {
    return this.#changed.size > 0 || this.#frozen !== undefined
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint
  }

  get rows(): number {
    return this.#committed.size
  }

  settle(): void {
    // Nothing is put off.
  }

  prepareCommit(): readonly Row[] {
    const changed = new Map([...this.#changed].map(name => [name, this.#counts.get(name)]))
    this.#frozen = new Map([...(this.#frozen ?? []), ...changed])
    this.#changed = new Set()
    return [...this.#frozen].map(([name, count]) => ({
      key: stringSerde.serialize(name),
      value: count === undefined ? null : stringSerde.serialize(String(count)),
    }))
  }

  async postCommit(checkpoint: Checkpoint): Promise<void> {
    for (const [name, count] of this.#frozen ?? []) setOrDelete(this.#committed, name, count)
    this.#frozen = undefined
    this.#checkpoint = checkpoint
  }

  async restore(rows: readonly Row[], checkpoint: Checkpoint): Promise<void> {
    for (const { key, value } of rows) {
      const name = stringSerde.deserialize(key)
      const count = value === null ? undefined : Number(stringSerde.deserialize(value))
      if (Number.isNaN(count)) throw new SluiceError('STORE_CORRUPT', `store "${this.name}": the count of ${name} is no number`)
      setOrDelete(this.#counts, name, count)
      setOrDelete(this.#committed, name, count)
    }
    this.#checkpoint = checkpoint
  }

  logAgain(key: Uint8Array): void {
    this.#changed.add(stringSerde.deserialize(key))
  }

  async wipe(): Promise<void> {
    this.#counts.clear()
    this.#committed.clear()
    this.#checkpoint = undefined
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #set(name: string, count: number | undefined): void {
    setOrDelete(this.#counts, name, count)
    this.#changed.add(name)
  }
}

export function countStore(name: string): StoreBuilder {
  return { name, logged: true, open: () => Promise.resolve(new CountStore(name)) }
}

function setOrDelete(counts: Map<string, number>, name: string, count: number | undefined): void {
  if (count === undefined) counts.delete(name)
  else counts.set(name, count)
}
