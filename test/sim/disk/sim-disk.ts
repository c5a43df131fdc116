import { SluiceError } from '../../../base/index.ts'
import type { Checkpoint, Row } from '../../../stores/index.ts'
import type { Dice } from '../dice.ts'
import type { Scheduler } from '../scheduler.ts'

/** What a store has written: it survives the process. */
export interface StoredRows {
  readonly rows: Map<string, readonly [Uint8Array, Uint8Array]>
  checkpoint: Checkpoint | undefined
}

/** How a write ends: after so many ms; written after a part of it, unless it fails. */
export interface WriteOutcome {
  readonly ms: number
  readonly fails: boolean
}

/**
 * The disk of one instance. What was written is there after the process is killed: a batch as a whole or not at all, as with LevelDB, whose writes the
 * system keeps. Nobody else opens it at the same time.
 */
export class SimDisk {
  readonly stores = new Map<string, StoredRows>()
  readonly facts = new Map<string, string>()
  /** Writes fail until then, ms of the world. */
  fullUntilMs = 0
  /** Reads fail until then, ms of the world. */
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

  /** Writes a batch in the process that asks; resolves when it is told that it was written. */
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
