import { env } from '../../base/index.ts'
import type { ColumnBatch } from '../../records/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import { type Decision, Race, type Verdict } from '../deciders/index.ts'
import type { Racer, Racers } from './racers.ts'
import type { RowResult } from './row-result.ts'

/** What a model gave for a record, and when. */
export interface Answer extends RowResult {
  readonly racer: Racer
  /** From the record's arrival, ms. */
  readonly elapsed: number
}

/** A record with its row, and when it arrived, by `env.monotonic()`. */
export interface Entry {
  readonly batch: ColumnBatch
  readonly row: number
  readonly record: RawRecord
  readonly arrived: number
}

/**
 * One record's race: gives its row to all models, and takes what they give until there is a decision. Answers that come after the decision are late; they
 * are kept until the record has been processed, and are then told as they come.
 */
export class RecordRace {
  readonly racers: Racers
  readonly entry: Entry
  readonly deadline: number
  /** By the models' places; undefined: not answered by the decision. */
  readonly answers: (Answer | undefined)[]
  readonly #race: Race
  readonly #late: Answer[] = []
  #tellLate: ((answer: Answer) => void) | undefined
  #elapsed = 0
  #onDecided: (() => void) | undefined

  constructor(racers: Racers, entry: Entry) {
    const { batch, row, arrived } = entry
    const { all } = racers
    this.racers = racers
    this.deadline = arrived + racers.policy.budgetMs
    this.entry = entry
    this.answers = all.map(() => undefined)
    this.#race = new Race(racers.decider, all.slice(0, racers.racing))
    for (const [place, { runner, error, barred, failed }] of all.entries()) {
      if (runner !== undefined)
        runner.submit({
          batch,
          row,
          deadline: this.deadline,
          tell: result => this.#take(place, result),
          shed: () => undefined,
          barred,
          failed: cause => failed?.(cause, entry.record),
        })
      else if (error !== undefined)
        this.#take(place, { kind: 'error', score: NaN, label: undefined, outputs: [], error, callMs: 0, rows: 0 })
    }
  }

  /** undefined: it goes on. */
  get decision(): Decision | undefined {
    return this.#race.decision
  }

  /** From the record's arrival to the decision, ms. */
  get elapsed(): number {
    return this.#elapsed
  }

  /** Whether a result was made of it. */
  get isProcessed(): boolean {
    return this.#tellLate !== undefined
  }

  /** Resolves when there is a decision. To be called by one caller at a time. */
  decided(): Promise<void> {
    return this.decision === undefined ? new Promise(resolve => (this.#onDecided = resolve)) : Promise.resolve()
  }

  /** The budget is over. */
  end(): void {
    if (this.decision !== undefined) return
    this.#race.end(() => this.#fallback())
    this.#settle()
  }

  /** The record was processed with this decision: late answers are told from here on. A second call does nothing. */
  processed(tellLate: (answer: Answer) => void): void {
    if (this.#tellLate !== undefined) return
    this.#tellLate = tellLate
    for (const answer of this.#late.splice(0)) tellLate(answer)
  }

  #take(place: number, result: RowResult): void {
    const answer = { ...result, racer: this.racers.all[place] as Racer, elapsed: env.monotonic() - this.entry.arrived }
    if (this.decision !== undefined) {
      if (this.#tellLate === undefined) this.#late.push(answer)
      else this.#tellLate(answer)
      return
    }
    this.answers[place] = answer
    if (place < this.racers.racing) {
      const decision = this.#race.take({ ...result, model: place }, answer.elapsed)
      if (decision !== undefined) return this.#settle()
    }
    // Every model has answered without a decision: only the fallback, if it has not, is waited for.
    const { fallback } = this.racers
    const waits = fallback >= 0 && this.answers[fallback] === undefined
    if (this.#race.exhausted && !waits) this.end()
  }

  #fallback(): Verdict | undefined {
    const { fallback } = this.racers
    const answer = this.answers[fallback]
    if (answer?.kind !== 'score') return undefined
    const { score, label, outputs } = answer
    return { score, label, outputs, contributors: [fallback] }
  }

  #settle(): void {
    this.#elapsed = env.monotonic() - this.entry.arrived
    this.#onDecided?.()
  }
}
