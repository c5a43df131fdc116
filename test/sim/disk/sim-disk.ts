import { SluiceError } from '../../../base/index.ts'
import type { Checkpoint, Row } from '../../../stores/index.ts'
import type { Dice } from '../dice.ts'
import type { Scheduler } from '../scheduler.ts'

/** The rows that a store has written; they outlive the process. */
export interface StoredRows {
  readonly rows: Map<string, readonly [Uint8Array, Uint8Array]>
  checkpoint: Checkpoint | undefined
}

/** The duration of a write, and whether it fails. A write that does not fail takes effect after a part of this time. */
export interface WriteOutcome {
  readonly ms: number
  readonly fails: boolean
}

/**
 * The disk of one instance. A batch that was written outlives a killed process, as a whole or not at all, as with LevelDB, whose writes the operating system
 * keeps. One process at a time opens it.
 */
export class SimDisk {
  readonly stores = new Map<string, StoredRows>()
  readonly facts = new Map<string, string>()
  /** Writes fail until this time, in ms of the world's clock. */
  fullUntilMs = 0
  /** Reads fail until this time, in ms of the world's clock. */
  unreadableUntilMs = 0
  readonly #scheduler: Scheduler
  readonly #dice: Dice

  constructor(scheduler: Scheduler, dice: Dice) {
    this.#scheduler = scheduler
    this.#dice = dice
  }

  store(directory: string): StoredRows {
    const known = this.stores.get(directory)
    if (known !== undefined) return known
    const made: StoredRows = { rows: new Map(), checkpoint: undefined }
    this.stores.set(directory, made)
    return made
  }

  /** Throws STORE_FAILED while nothing can be read. */
  checkReadable(directory: string): void {
    if (this.#scheduler.now < this.unreadableUntilMs)
      throw new SluiceError('STORE_FAILED', `the store in ${directory} cannot be used: IO error: Input/output error (simulated)`)
  }

  /** Writes a batch for the process that calls; resolves when the process learns that the batch was written. */
  write(directory: string, rows: readonly Row[], checkpoint: Checkpoint): Promise<void> {
    const { current: owner } = this.#scheduler
    const ms = this.#dice.chance(0.05) ? this.#dice.between(1, 60) : this.#dice.between(0.02, 0.3)
    return new Promise((resolve, reject) => {
      this.#scheduler.after(ms * this.#dice.next(), owner, 'written', () => {
        if (this.#scheduler.now < this.fullUntilMs) {
          reject(new SluiceError('STORE_FAILED', `the store in ${directory} cannot be used: IO error: No space left on device (simulated)`))
          return
        }
        this.#apply(this.store(directory), rows, checkpoint)
        this.#scheduler.after(ms, owner, 'told', resolve)
      })
    })
  }

  #apply(stored: StoredRows, rows: readonly Row[], checkpoint: Checkpoint): void {
    for (const { key, value } of rows) {
      const name = Buffer.from(key).toString('latin1')
      if (value === null) stored.rows.delete(name)
      else stored.rows.set(name, [new Uint8Array(key), new Uint8Array(value)])
    }
    stored.checkpoint = checkpoint
  }
}
