import { env, messageOf } from '../base/index.ts'
import { ModelDisposed, ModelKilled, type Scores } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import type { ColumnBatch } from '../records/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { batchOf } from './batch-of.ts'
import { StepFailed } from './composite/index.ts'
import type { ModelKills } from './model-kills.ts'
import type { ServingModel, ServingModels } from './serving-models.ts'

/** What a shadow gave for some records. */
export interface ShadowResults {
  readonly shadow: ServingModel
  readonly rows: readonly RawRecord[]
  /** A result for each; undefined: the model was released meanwhile. */
  readonly results: readonly Buffer[] | undefined
  /** undefined: the model failed. */
  readonly scores: Pick<Scores, 'noResult' | 'length'> | undefined
  readonly milliseconds: number
}

/**
 * The calls of a task's shadows. Of a data type one after the other, in the order of its records; those of models in processes of their own go on beside the task, which has what comes
 * of them by `taken`.
 */
export class ShadowCalls {
  readonly #models: ServingModels
  readonly #kills: ModelKills
  readonly #busy = new Set<string>()
  #given: ShadowResults[] = []
  #ended = false

  constructor(models: ServingModels, kills: ModelKills) {
    this.#models = models
    this.#kills = kills
  }

  /** Whether a call for a data type is under way, or has given what was not taken yet. */
  get open(): boolean {
    return this.#busy.size > 0 || this.#given.length > 0
  }

  /** Whether calls for the data type are under way. */
  busy(dataType: string): boolean {
    return this.#busy.has(dataType)
  }

  /** Scores the records with each of the shadows. The batch is not to be used elsewhere. Never rejects. */
  async begin(dataType: string, shadows: readonly ServingModel[], batch: ColumnBatch, rows: readonly RawRecord[]): Promise<void> {
    this.#busy.add(dataType)
    for (const shadow of shadows) if (!this.#ended) await this.#score(shadow, batch, rows)
    this.#busy.delete(dataType)
  }

  /** What has been given since the last call. */
  taken(): readonly ShadowResults[] {
    const given = this.#given
    this.#given = []
    return given
  }

  /** No further call is made, and nothing is given any more. */
  end(): void {
    this.#ended = true
    this.#given = []
  }

  async #score(shadow: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[]): Promise<void> {
    const started = env.monotonic()
    try {
      const scores = await this.#models.runnable(shadow).model.score(batch)
      const results = shadow.writer.write(scores, row => rows[row] as RawRecord)
      const { length, noResult } = scores
      // A copy: the scores are valid until the model's next call.
      const counted = { length, noResult: noResult?.slice(0, length) }
      this.#give({ shadow, rows, results, scores: counted, milliseconds: env.monotonic() - started })
    } catch (error) {
      if (this.#ended) return
      const cause = error instanceof StepFailed ? error.cause : error
      if (cause instanceof ModelKilled && rows.length > 1) return this.#scoreAlone(shadow, batch, rows)
      this.#kills.failed({ ...shadow, dataType: shadow.state.dataType }, error, rows[0] as RawRecord)
      const failed = (record: RawRecord): Buffer => shadow.writer.writeStatus(sluice.ScoreResult.Status.FAILED, record, messageOf(error))
      const results = cause instanceof ModelDisposed ? undefined : rows.map(failed)
      this.#give({ shadow, rows, results, scores: undefined, milliseconds: env.monotonic() - started })
    }
  }

  /** Only the records on which the shadow's process dies fail. */
  async #scoreAlone(shadow: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[]): Promise<void> {
    for (const [row, record] of rows.entries()) if (!this.#ended) await this.#score(shadow, batchOf(batch, [row]), [record])
  }

  #give(results: ShadowResults): void {
    if (!this.#ended) this.#given.push(results)
  }
}
