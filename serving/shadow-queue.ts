import { env, messageOf } from '../base/index.ts'
import { ModelKilled } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import { ColumnBatch, type ColumnSpec } from '../records/index.ts'
import type { ProcessorContext, RawRecord, Scheduled } from '../topology/index.ts'
import type { ModelKills } from './model-kills.ts'
import { soon } from './pending-models.ts'
import type { ResultFigures } from './result-figures.ts'
import { resultRecord } from './result-record.ts'
import type { ServingModel, ServingModels } from './serving-models.ts'

/** The sink of the shadows' results. */
export const shadowSink = 'shadow-results'
/** Most rows that wait for the shadows of a task. */
const mostWaiting = 1024
/** How long they wait, at least, so that data is answered first. */
const scoreAfterMs = 5
/** When a schedule that has not fired is taken for one that was undone, ms. */
const overdueAfterMs = 100

interface Waiting {
  readonly batch: ColumnBatch
  readonly rows: RawRecord[]
}

interface ShadowQueueParts {
  readonly context: ProcessorContext<Uint8Array | null, Uint8Array>
  readonly models: ServingModels
  readonly specs: readonly ColumnSpec[]
  readonly figures: ResultFigures
  readonly kills: ModelKills
  count(model: ServingModel, records: number, milliseconds: number): void
}

/**
 * Records for the shadows, which score them between two runs of data, and whose results go to a topic of their own. What does not fit is shed and
 * counted; what waits when the task ends is lost. Shadows decide nothing.
 */
export class ShadowQueue {
  readonly #parts: ShadowQueueParts
  readonly #waiting = new Map<string, Waiting>()
  #rows = 0
  /** The newest records that came here, by data type: a run that is processed again, in parts, brings its records again. */
  readonly #newest = new Map<string, number>()
  /** The same of the present run. */
  readonly #adding = new Map<string, number>()
  #scoring: Scheduled | undefined
  /** By `env.monotonic()`. */
  #overdue = 0

  constructor(parts: ShadowQueueParts) {
    this.#parts = parts
  }

  add(dataType: string, batch: ColumnBatch, rows: readonly RawRecord[]): void {
    let shed = 0
    const newest = this.#newest.get(dataType) ?? -1
    this.#adding.set(dataType, rows.at(-1)?.offset ?? -1)
    for (const [row, record] of rows.entries()) {
      if (record.offset <= newest) continue
      if (this.#rows >= mostWaiting) {
        shed++
        continue
      }
      const waiting = this.#of(dataType)
      waiting.batch.copyRow(waiting.batch.length++, batch, row)
      waiting.rows.push(record)
      this.#rows++
    }
    if (shed > 0) this.#parts.figures.shed(dataType, shed)
    if (this.#rows > 0) this.#schedule()
  }

  /** Schedules the scoring, also where it should be over: a schedule is undone with the run that made it. */
  #schedule(): void {
    const now = env.monotonic()
    if (this.#scoring !== undefined && now < this.#overdue) return
    this.#scoring?.cancel()
    this.#scoring = this.#parts.context.schedule(scoreAfterMs, 'wall-clock', () => this.#score())
    this.#overdue = now + overdueAfterMs
  }

  /** To be called when all records of a run are added. */
  end(): void {
    for (const [dataType, offset] of this.#adding) this.#newest.set(dataType, offset)
    this.#adding.clear()
  }

  #of(dataType: string): Waiting {
    const waiting = this.#waiting.get(dataType) ?? { batch: new ColumnBatch(this.#parts.specs, mostWaiting), rows: [] }
    this.#waiting.set(dataType, waiting)
    return waiting
  }

  async #score(): Promise<void> {
    this.#scoring?.cancel()
    this.#scoring = undefined
    const all = [...this.#waiting]
    this.#waiting.clear()
    this.#rows = 0
    for (const [dataType, { batch, rows }] of all) {
      const champion = await loaded(this.#parts.models.of(dataType))
      if (champion === 'loading') this.#parts.figures.shed(dataType, rows.length)
      else
        for (const version of champion?.routes?.shadows ?? []) {
          const shadow = await loaded(this.#parts.models.of(dataType, version))
          if (shadow === 'loading') this.#parts.figures.shed(dataType, rows.length)
          else if (shadow !== undefined) await this.#scoreWith(shadow, batch, rows)
        }
    }
  }

  async #scoreWith(shadow: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[]): Promise<void> {
    const { context, figures, kills, models } = this.#parts
    const started = env.monotonic()
    let results: readonly Buffer[]
    try {
      const scores = await models.runnable(shadow).model.score(batch)
      const milliseconds = env.monotonic() - started
      this.#parts.count(shadow, rows.length, milliseconds)
      figures.scored(shadow, scores, milliseconds)
      results = shadow.writer.write(scores, row => rows[row] as RawRecord)
    } catch (error) {
      if (error instanceof ModelKilled && rows.length > 1) return this.#scoreAlone(shadow, batch, rows)
      kills.failed({ ...shadow, dataType: shadow.state.dataType }, error, rows[0] as RawRecord)
      figures.failed(shadow)
      results = rows.map(record => shadow.writer.writeStatus(sluice.ScoreResult.Status.FAILED, record, messageOf(error)))
    }
    const records = rows.map((record, row) => ({ ...resultRecord(record, results[row] as Buffer), source: record }))
    await context.attempt(records, some => context.forwardBatch(some, shadowSink))
  }

  /** Only the records on which the shadow's process dies fail. */
  async #scoreAlone(shadow: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[]): Promise<void> {
    const single = new ColumnBatch(batch.specs, 1)
    for (const [row, record] of rows.entries()) {
      single.clear()
      single.copyRow(0, batch, row)
      single.length = 1
      await this.#scoreWith(shadow, single, [record])
    }
  }
}

/** The model, unless it is still being loaded: data does not wait for shadows. */
async function loaded(found: ReturnType<ServingModels['of']>): Promise<ServingModel | undefined | 'loading'> {
  if (!(found instanceof Promise)) return found
  const given: { model: ServingModel | undefined | 'loading' } = { model: 'loading' }
  await soon(found.then(model => (given.model = model)))
  return given.model
}
