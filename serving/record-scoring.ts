import { env, messageOf } from '../base/index.ts'
import type { Model, Scores } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import type { ColumnBatch } from '../records/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { batchOf } from './batch-of.ts'
import { CompositeModel } from './composite/index.ts'
import { isDisposed } from './is-disposed.ts'
import { type KeptScores, keptScores, LongCalls, type Outcome } from './long-calls.ts'
import type { ModelKills } from './model-kills.ts'
import { isHeavy } from './model-loader.ts'
import type { ResultFigures } from './result-figures.ts'
import type { ServingModel, ServingModels } from './serving-models.ts'
import type { UseCount } from './use-count.ts'

const { Status } = sluice.ScoreResult

type GiveResult = (row: number, result: Buffer) => void

/** Counts and gives the results of records. All of them have one by then: what is set aside after all was neither given nor counted. */
export type ScoredAnswer = (give: GiveResult) => void | Promise<void>

export interface RecordScoringParts {
  readonly models: ServingModels
  readonly figures: ResultFigures
  readonly use: UseCount
  readonly kills: ModelKills
  /** Told that a batch is still needed after its run. */
  leave(batch: ColumnBatch): void
}

interface Rows {
  readonly serving: ServingModel
  readonly batch: ColumnBatch
  readonly rows: readonly RawRecord[]
}

/**
 * Scores the records of a task. Models that run elsewhere – in a process of their own – are waited for as long as the run has patience; a call that takes longer, or that fails, goes
 * on beside the task, whose other records need not wait with it.
 */
export class RecordScoring {
  readonly #parts: RecordScoringParts
  readonly #calls: LongCalls
  /** By `env.monotonic()`. */
  #until = 0

  constructor(parts: RecordScoringParts) {
    this.#parts = parts
    this.#calls = new LongCalls(parts.models, parts.kills)
  }

  /** How long, in all, the following records wait for models that run elsewhere. */
  patience(milliseconds: number): void {
    this.#until = env.monotonic() + milliseconds
  }

  /** Settles when what records of the data type wait for is over; undefined: they wait for no call. One with a model that does not answer any more is not waited for. */
  over(dataType: string): Promise<unknown> | undefined {
    return this.#calls.busy(dataType) ? this.#calls.over(dataType, this.#parts.models.answering(dataType)) : undefined
  }

  /** Records of the data type before this one will not be asked for again. */
  from(dataType: string, { offset }: RawRecord): void {
    this.#calls.forget(dataType, offset)
  }

  end(): void {
    this.#calls.end()
  }

  /** Scores records of one data type; undefined: they have to be set aside, and are to be asked for again when `over` has settled. */
  async scoreRows(serving: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[]): Promise<ScoredAnswer | undefined> {
    const all: Rows = { serving, batch, rows }
    const found = this.#calls.found(serving, rows)
    if (found !== undefined) return this.#resume(all, found)
    const started = env.monotonic()
    const { model } = this.#parts.models.runnable(serving)
    let scores: Scores
    try {
      const scoring = model.score(batch)
      if (scoring instanceof Promise && isElsewhere(model)) return this.#await(all, scoring, started)
      scores = scoring instanceof Promise ? await scoring : scoring
    } catch (error) {
      // Another version has taken over while the run waited for a model beside it.
      if (isDisposed(error)) return undefined
      return isElsewhere(model) ? this.#goOn(all, Promise.reject(error), started) : this.#scoreAlone(all, error)
    }
    return this.#scored(all, scores, started)
  }

  /** The results are made at once: the scores are valid until the model's next call. */
  #scored({ serving, rows }: Rows, scores: Scores, started: number): ScoredAnswer {
    const milliseconds = env.monotonic() - started
    const results = serving.writer.write(scores, row => rows[row] as RawRecord)
    const counted = { length: scores.length, noResult: scores.noResult?.slice(0, scores.length) }
    return give => {
      this.#parts.figures.scored(serving, counted, milliseconds)
      this.#parts.use.recordCall(serving, rows.length, milliseconds)
      for (const [row, result] of results.entries()) give(row, result)
    }
  }

  async #await(all: Rows, scoring: Promise<Scores>, started: number): Promise<ScoredAnswer | undefined> {
    let late = false
    let answer: ScoredAnswer | undefined
    const kept = scoring.then(scores => {
      if (late) return keptScores(scores)
      answer = this.#scored(all, scores, started)
      return scores
    })
    await this.#patiently(kept)
    if (answer !== undefined) return answer
    late = true
    return this.#goOn(all, kept, started)
  }

  /** Lets a call go on that has failed, or was not waited for to its end. */
  async #goOn(all: Rows, scoring: Promise<Scores>, started: number): Promise<ScoredAnswer | undefined> {
    const { serving, batch, rows } = all
    const call = this.#calls.begin(serving, batch, rows, scoring, started)
    await this.#patiently(call.done)
    if (!call.over) {
      this.#parts.leave(batch)
      return undefined
    }
    // One that ended before its last record, because its model was released, is made again with what serves then.
    const found = this.#calls.found(serving, rows) ?? []
    return rows.every((_, row) => found[row] !== undefined) ? this.#known(all, found as readonly Outcome[]) : undefined
  }

  /** With what is known of the records from calls that took long. */
  async #resume(all: Rows, found: readonly (Outcome | undefined)[]): Promise<ScoredAnswer | undefined> {
    const { serving, batch, rows } = all
    const { dataType } = serving.state
    const own = new Set([serving.key])
    const under = this.#calls.over(dataType, own)
    if (under !== undefined) {
      await this.#patiently(under)
      if (this.#calls.over(dataType, own) !== undefined) return undefined
      return this.#resume(all, this.#calls.found(serving, rows) ?? [])
    }
    const missing = [...rows.keys()].filter(row => found[row] === undefined)
    if (missing.length > 0) {
      const part = { serving, batch: batchOf(batch, missing), rows: missing.map(row => rows[row] as RawRecord) }
      const scoring = (async () => keptScores(await this.#parts.models.runnable(serving).model.score(part.batch)))()
      const answer = await this.#goOn(part, scoring, env.monotonic())
      return answer && this.#resume(all, this.#calls.found(serving, rows) ?? [])
    }
    return this.#known(all, found as readonly Outcome[])
  }

  async #known({ serving, batch, rows }: Rows, outcomes: readonly Outcome[]): Promise<ScoredAnswer | undefined> {
    const failed = [...rows.keys()].filter(row => 'error' in (outcomes[row] as Outcome))
    const fallback = failed.length === 0 ? undefined : await this.#parts.models.fallbackOf(serving)
    const instead =
      fallback &&
      (await this.scoreRows(
        fallback,
        batchOf(batch, failed),
        failed.map(row => rows[row] as RawRecord),
      ))
    if (fallback !== undefined && instead === undefined) return undefined
    return give => {
      this.#giveScored(serving, outcomes, give)
      if (instead === undefined) this.#giveFailed(serving, rows, outcomes, give)
      return instead?.((at, result) => give(failed[at] as number, result))
    }
  }

  #giveScored(serving: ServingModel, outcomes: readonly Outcome[], give: GiveResult): void {
    const { figures, use } = this.#parts
    const written = new Map<KeptScores, readonly Buffer[]>()
    for (const [row, outcome] of outcomes.entries()) {
      if ('error' in outcome) continue
      const { kept, at } = outcome
      const results = written.get(kept) ?? serving.writer.write(kept.scores, each => kept.rows[each] as RawRecord)
      written.set(kept, results)
      give(row, results[at] as Buffer)
      // A call whose records are answered in several parts counts with the first of them.
      if (at > 0) continue
      use.recordCall(serving, kept.rows.length, kept.milliseconds)
      figures.scored(serving, kept.scores, kept.milliseconds)
    }
  }

  #giveFailed(serving: ServingModel, rows: readonly RawRecord[], outcomes: readonly Outcome[], give: GiveResult): void {
    for (const [row, outcome] of outcomes.entries()) {
      if (!('error' in outcome)) continue
      this.#parts.figures.failed(serving)
      give(row, serving.writer.writeStatus(Status.FAILED, rows[row] as RawRecord, messageOf(outcome.error)))
    }
  }

  /** After a model of this process failed on the batch: scores each row alone, so that only the records on which it fails have failed. */
  async #scoreAlone(all: Rows, cause: unknown): Promise<ScoredAnswer | undefined> {
    const { serving, batch, rows } = all
    if (rows.length === 1) return this.#known(all, [this.#failed(serving, rows[0] as RawRecord, cause)])
    const outcomes: Outcome[] = []
    for (const [row, record] of rows.entries()) {
      const started = env.monotonic()
      try {
        const scores = keptScores(await this.#parts.models.runnable(serving).model.score(batchOf(batch, [row])))
        outcomes.push({ kept: { scores, rows: [record], milliseconds: env.monotonic() - started }, at: 0 })
      } catch (error) {
        if (isDisposed(error)) return undefined
        outcomes.push(this.#failed(serving, record, error))
      }
    }
    return this.#known(all, outcomes)
  }

  #failed(serving: ServingModel, record: RawRecord, error: unknown): Outcome {
    this.#parts.kills.failed({ ...serving, dataType: serving.state.dataType }, error, record)
    return { error }
  }

  /** Waits for the work as long as there is patience; never rejects. */
  #patiently(work: Promise<unknown>): Promise<void> {
    return new Promise(resolve => {
      const timer = env.timer(Math.max(1, this.#until - env.monotonic()), resolve)
      const end = (): void => {
        timer.cancel()
        resolve()
      }
      work.then(end, end)
    })
  }
}

/** Whether a model is scored in another process. */
function isElsewhere(model: Model): boolean {
  return isHeavy(model) || (model instanceof CompositeModel && model.steps.some(step => isHeavy(step.model)))
}
