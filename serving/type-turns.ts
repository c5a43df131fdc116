import type { ProcessorContext } from '../topology/index.ts'

/** A record that is applied after something else. */
export interface Prepares<T> {
  /** Must not reject. */
  readonly prepare: () => Promise<T>
  readonly apply: (prepared: T) => void
  /** Called instead of `apply` if the record is processed again. */
  readonly giveBack?: (prepared: T) => void
}

/**
 * Records that are applied after something else. They are applied in their order, whatever data type they are of; those of a data type are also prepared one after the
 * other, each when the one before was applied, so that no more than one of each is prepared and waits.
 */
export class TypeTurns {
  readonly #context: Pick<ProcessorContext, 'finishLater'>
  readonly #last = new Map<string, Promise<void>>()

  constructor(context: Pick<ProcessorContext, 'finishLater'>) {
    this.#context = context
  }

  /** For the current record. Returns when it was applied or refused, or is given up: then it is processed again. */
  apply<T>(dataType: string, { prepare, apply, giveBack = () => undefined }: Prepares<T>): Promise<void> {
    let dropped = false
    let end: (after?: Promise<void>) => void = () => undefined
    const over = new Promise<void>(resolve => (end = resolve))
    const before = this.#last.get(dataType) ?? Promise.resolve()
    const prepared = before.then(() => (dropped ? undefined : prepare()))
    const finish = (given: T | undefined): void => {
      try {
        apply(given as T)
      } finally {
        end()
      }
    }
    const drop = (): void => {
      dropped = true
      // Whoever was told to come after this record still comes after those before it.
      end(before)
      void prepared.then(given => given !== undefined && giveBack(given))
    }
    this.#context.finishLater(prepared, finish, drop)
    this.#begin(dataType, over)
    return over
  }

  #begin(dataType: string, over: Promise<void>): void {
    this.#last.set(dataType, over)
    void over.then(() => {
      if (this.#last.get(dataType) === over) this.#last.delete(dataType)
    })
  }
}
