import { messageOf } from '../../base/index.ts'
import type { Decider, ModelResult, RacingModel, Verdict } from './decider.ts'

/**
 * How a race ended. `all`: when every model had answered; `early`: before that; `timeout`: the budget was over, with the best so far; `fallback`: there
 * was no verdict, and the fallback model had a score.
 */
export type DecisionCause = 'all' | 'early' | 'timeout' | 'fallback'

/** How a race ended, for the record's result. */
export interface Decision {
  readonly cause: DecisionCause
  /** undefined: there is no result. `cause` is then `all` or `timeout`. */
  readonly verdict: Verdict | undefined
  /** The places of the models that had not answered, ascending. */
  readonly missing: readonly number[]
  /** How long each model took from the record's arrival, ms; undefined: it has not answered. */
  readonly times: readonly (number | undefined)[]
  /** Why the decider could not decide: it threw. */
  readonly failure?: string | undefined
}

/** One record's race: gives the decider what comes, until it has decided or the race is ended. What comes after that is late. */
export class Race {
  readonly #decider: Decider
  readonly #times: (number | undefined)[]
  #state: unknown
  #waiting: number
  #failure: string | undefined
  #decision: Decision | undefined

  constructor(decider: Decider, models: readonly RacingModel[]) {
    this.#decider = decider
    this.#times = models.map(() => undefined)
    this.#waiting = models.length
    this.#state = this.#attempt(() => decider.start(models))
  }

  /** undefined: it goes on. */
  get decision(): Decision | undefined {
    return this.#decision
  }

  /** Whether every model has answered without a decision: `end` is to be called now. */
  get exhausted(): boolean {
    return this.#decision === undefined && this.#waiting === 0
  }

  /** Takes a result, which came so long after the record's arrival. Returns the decision if there is one now; undefined also for a late result. */
  take(result: ModelResult, elapsedMs: number): Decision | undefined {
    if (this.#decision !== undefined || this.#times[result.model] !== undefined) return undefined
    this.#times[result.model] = elapsedMs
    this.#waiting--
    const step = this.#failure === undefined ? this.#attempt(() => this.#decider.onResult(this.#state, result)) : undefined
    if (step === undefined) return undefined
    this.#state = step.state
    return step.verdict === undefined ? undefined : this.#decide(this.#waiting === 0 ? 'all' : 'early', step.verdict)
  }

  /** Ends the race: the budget is over, or it is exhausted. `fallback` is asked only if the decider has nothing usable. */
  end(fallback: () => Verdict | undefined): Decision {
    if (this.#decision !== undefined) return this.#decision
    const cause = this.#waiting === 0 ? 'all' : 'timeout'
    const verdict = this.#failure === undefined ? this.#attempt(() => this.#decider.onTimeout(this.#state)) : undefined
    if (verdict !== undefined) return this.#decide(cause, verdict)
    const instead = fallback()
    return this.#decide(instead === undefined ? cause : 'fallback', instead)
  }

  #decide(cause: DecisionCause, verdict: Verdict | undefined): Decision {
    const missing = this.#times.flatMap((time, place) => (time === undefined ? [place] : []))
    this.#decision = { cause, verdict, missing, times: [...this.#times], failure: this.#failure }
    return this.#decision
  }

  /** undefined when the decider throws: it is not asked again in this race. */
  #attempt<T>(ask: () => T): T | undefined {
    try {
      return ask()
    } catch (error) {
      this.#failure = messageOf(error)
      return undefined
    }
  }
}
