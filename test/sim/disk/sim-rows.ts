import { SluiceError } from '../../../base/index.ts'
import type { Checkpoint, Row, RowStorage } from '../../../stores/index.ts'
import type { SimDisk, StoredRows } from './sim-disk.ts'

type Entry = readonly [Uint8Array, Uint8Array]

/** Rows on a simulated disk. */
export class SimRows implements RowStorage {
  readonly #disk: SimDisk
  readonly #directory: string
  #written: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(disk: SimDisk, directory: string) {
    this.#disk = disk
    this.#directory = directory
  }

  get checkpoint(): Checkpoint | undefined {
    return this.#stored.checkpoint
  }

  get rows(): number {
    return this.#stored.rows.size
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#open()
    this.#disk.checkReadable(this.#directory)
    return this.#stored.rows.get(Buffer.from(key).toString('latin1'))?.[1]
  }

  async *range(from?: Uint8Array, to?: Uint8Array): AsyncIterable<Entry> {
    this.#open()
    this.#disk.checkReadable(this.#directory)
    const first = from === undefined ? '' : Buffer.from(from).toString('latin1')
    const end = to === undefined ? undefined : Buffer.from(to).toString('latin1')
    const names = [...this.#stored.rows.keys()].filter(name => name >= first && (end === undefined || name < end)).sort()
    yield* names.map(name => this.#stored.rows.get(name) as Entry)
  }

  write(rows: Iterable<Row>, checkpoint: Checkpoint): Promise<void> {
    const written = this.#written.then(() => {
      this.#open()
      return this.#disk.write(this.#directory, [...rows], checkpoint)
    })
    this.#written = written.catch(() => undefined)
    return written
  }

  async clear(): Promise<void> {
    await this.#written
    this.#disk.stores.delete(this.#directory)
  }

  async close(): Promise<void> {
    await this.#written
    this.#closed = true
  }

  get #stored(): StoredRows {
    return this.#disk.store(this.#directory)
  }

  #open(): void {
    if (this.#closed) throw new SluiceError('STORE_CLOSED', `the store in ${this.#directory} is closed`)
  }
}
