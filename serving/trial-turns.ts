import { availableParallelism } from 'node:os'
import limitConcurrency from 'p-limit'
import { env, SluiceError } from '../base/index.ts'

/** So many models are tried beside each other in a thread: each in a process of its own. */
const atOnce = Math.max(2, Math.min(4, availableParallelism()))
/** So many may be fetched, or be fetched and wait for their trial. */
const fetchedAtOnce = 8
/** Trials that end without a model, and take longer than this, count. */
const longMs = 5000
const windowMs = 10 * 60_000
const mostKnown = 1000

interface Spent {
  milliseconds: number
  /** By `env.monotonic()`. */
  readonly since: number
}

/**
 * The turns of new models in a thread. Those of one data type come one after the other, and a data type waits for one turn at a time: so those that wait
 * first come first, and no number of models of one data type is before the next of another. A data type whose trials only take time gets none for a while.
 */
export class TrialTurns {
  readonly #trials = limitConcurrency(atOnce)
  readonly #fetches = limitConcurrency(fetchedAtOnce)
  readonly #mostMs: number
  readonly #spent = new Map<string, Spent>()

  /** `mostMs`: how much of ten minutes the trials of a data type may take that end without a model. */
  constructor(mostMs = 120_000) {
    this.#mostMs = mostMs
  }

  /** What was fetched is tried as soon as there is room. Throws MODEL_LOAD_FAILED for a data type that has used up its time, and what the two throw. */
  async take<Fetched, Tried>(dataType: string, fetch: () => Promise<Fetched>, tried: (fetched: Fetched) => Promise<Tried>): Promise<Tried> {
    return this.#fetches(() => this.#take(dataType, fetch, tried)).then(taken => taken.result)
  }

  /** The place of what is fetched is free once its trial has begun. */
  async #take<Fetched, Tried>(
    dataType: string,
    fetch: () => Promise<Fetched>,
    tried: (fetched: Fetched) => Promise<Tried>,
  ): Promise<{ readonly result: Promise<Tried> }> {
    this.#check(dataType)
    const began = env.monotonic()
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work
      } catch (error) {
        this.#count(dataType, env.monotonic() - began)
        throw error
      }
    }
    const fetched = await counted(fetch())
    return new Promise(resolve => {
      void this.#trials(async () => {
        const started = env.monotonic()
        const result = tried(fetched)
        resolve({ result })
        await result.then(
          () => this.#spent.delete(dataType),
          () => this.#count(dataType, env.monotonic() - started),
        )
      })
    })
  }

  #check(dataType: string): void {
    const spent = this.#spent.get(dataType)
    if (spent === undefined) return
    if (env.monotonic() - spent.since > windowMs) return void this.#spent.delete(dataType)
    if (spent.milliseconds < this.#mostMs) return
    const seconds = Math.round(spent.milliseconds / 1000)
    throw new SluiceError(
      'MODEL_LOAD_FAILED',
      `it is not tried: trials of its data type took ${seconds} s within ten minutes, and none of those models was accepted; publish it again later`,
    )
  }

  #count(dataType: string, milliseconds: number): void {
    if (milliseconds < longMs && milliseconds < this.#mostMs) return
    const spent = this.#spent.get(dataType) ?? { milliseconds: 0, since: env.monotonic() }
    spent.milliseconds += milliseconds
    this.#spent.set(dataType, spent)
    if (this.#spent.size > mostKnown) this.#spent.delete(this.#spent.keys().next().value as string)
  }
}
