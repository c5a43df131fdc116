import { SluiceError } from '../../base/index.ts'
import type { NodeServices } from './node.ts'
import type { StreamRecord } from '../stream-record.ts'

export interface AttemptsParts {
  /** The name of the processor. */
  readonly processor: string
  readonly services: Pick<NodeServices, 'attempt' | 'deadLetter' | 'nextEnd'>
  /** Whether something is under way that the processor has forwarded. */
  forwarding(): boolean
}

type Work<R> = (records: readonly R[]) => void | Promise<void>

/** The attempts of one processor, one after another; see `ProcessorContext.attempt`. */
export class Attempts {
  readonly #parts: AttemptsParts
  #underWay = false

  constructor(parts: AttemptsParts) {
    this.#parts = parts
  }

  /** Throws TOPOLOGY_INVALID before the last attempt has ended: what one does would be undone with the other. */
  async run<R extends StreamRecord>(records: readonly R[], work: Work<R>): Promise<void> {
    if (this.#underWay)
      throw new SluiceError(
        'TOPOLOGY_INVALID',
        `processor "${this.#parts.processor}" called attempt before its last attempt had ended, so that what the one does would be undone with the other: await each of them`,
      )
    this.#underWay = true
    try {
      // What was forwarded before must neither be undone nor be blamed on the kept records.
      await this.#forwarded()
      await this.#halve(records, work)
    } finally {
      this.#underWay = false
    }
  }

  /** If `work` fails, what it did is undone, and each half of the records is attempted in its turn, until the failing record is alone: it becomes a dead letter. */
  async #halve<R extends StreamRecord>(records: readonly R[], work: Work<R>): Promise<void> {
    if (records.length === 0) return
    const { services } = this.#parts
    const failure = await services.attempt(() => this.#whole(records, work))
    if (failure === undefined) return
    if (records.length === 1) return services.deadLetter(records[0] as R, failure.cause)
    const middle = records.length >>> 1
    await this.#halve(records.slice(0, middle), work)
    await this.#halve(records.slice(middle), work)
  }

  /** Ends when all that `work` has forwarded has ended, whether it was awaited or not. */
  async #whole<R extends StreamRecord>(records: readonly R[], work: Work<R>): Promise<void> {
    try {
      await work(records)
    } finally {
      await this.#forwarded()
    }
  }

  async #forwarded(): Promise<void> {
    while (this.#parts.forwarding()) await this.#parts.services.nextEnd()
  }
}
