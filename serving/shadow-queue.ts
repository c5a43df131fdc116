import { env } from '../base/index.ts'
import { ColumnBatch, type ColumnSpec } from '../records/index.ts'
import type { ProcessorContext, RawRecord, Scheduled } from '../topology/index.ts'
import { isHeavy } from './model-loader.ts'
import type { ModelKills } from './model-kills.ts'
import { soon } from './pending-models.ts'
import type { ResultFigures } from './result-figures.ts'
import { resultRecord } from './result-record.ts'
import type { ServingModel, ServingModels } from './serving-models.ts'
import { ShadowCalls, type ShadowResults } from './shadow-calls.ts'
import { ShadowRoom } from './shadow-room.ts'

/** The sink of the shadows' results. */
export const shadowSink = 'shadow-results'
/** Rows for which the batch of a data type has room at first. */
const fewRows = 16
/** How long they wait, at least, so that data is answered first. */
const scoreAfterMs = 5
/** How long a task waits for shadows that are scored elsewhere, ms. */
const patienceMs = 5
/** When a schedule that has not fired is taken for one that was undone, ms. */
const overdueAfterMs = 100

interface Waiting {
  batch: ColumnBatch
  readonly rows: RawRecord[]
  bytes: number
  /** Whether they came while shadows of the data type were being called. */
  readonly behind: boolean
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
 * Records for the shadows, which score them between two runs of data, or beside them where they take long, and whose results go to a topic of their own. What does not fit is shed
 * and counted; what waits when the task ends is lost. Shadows decide nothing, and hold up nobody.
 */
export class ShadowQueue {
  readonly #parts: ShadowQueueParts
  readonly #calls: ShadowCalls
  readonly #waiting = new Map<string, Waiting>()
  readonly #room = new ShadowRoom()
  /** The newest records that came here, by data type: a run that is processed again, in parts, brings its records again. */
  readonly #newest = new Map<string, number>()
  /** The same of the present run. */
  readonly #adding = new Map<string, number>()
  #scoring: Scheduled | undefined
  /** By `env.monotonic()`. */
  #overdue = 0

  constructor(parts: ShadowQueueParts) {
    this.#parts = parts
    this.#calls = new ShadowCalls(parts.models, parts.kills)
  }

  add(dataType: string, batch: ColumnBatch, rows: readonly RawRecord[]): void {
    let shed = 0
    const newest = this.#newest.get(dataType) ?? -1
    this.#adding.set(dataType, rows.at(-1)?.offset ?? -1)
    const waiting = this.#of(dataType)
    for (const [row, record] of rows.entries()) {
      if (record.offset <= newest) continue
      const bytes = sizeOf(record)
      if (!this.#room.take(waiting, bytes)) {
        shed++
        continue
      }
      if (waiting.batch.length === waiting.batch.capacity) waiting.batch = larger(waiting.batch)
      waiting.batch.copyRow(waiting.batch.length++, batch, row)
      waiting.rows.push(record)
      waiting.bytes += bytes
    }
    if (shed > 0) this.#parts.figures.shed(dataType, shed)
    if (waiting.rows.length > 0) this.#waiting.set(dataType, waiting)
    if (this.#waiting.size > 0) this.#schedule()
  }

  /** Schedules the scoring, also where it should be over: a schedule is undone with the run that made it. */
  #schedule(): void {
    const now = env.monotonic()
    if (this.#scoring !== undefined && now < this.#overdue) return
    this.#scoring?.cancel()
    this.#scoring = this.#parts.context.schedule(scoreAfterMs, 'wall-clock', () => this.#score())
    this.#overdue = now + overdueAfterMs
  }

  /** The task ends. */
  close(): void {
    this.#calls.end()
  }

  /** To be called when all records of a run are added. */
  end(): void {
    for (const [dataType, offset] of this.#adding) this.#newest.set(dataType, offset)
    this.#adding.clear()
  }

  #of(dataType: string): Waiting {
    const known = this.#waiting.get(dataType)
    return known ?? { batch: new ColumnBatch(this.#parts.specs, fewRows), rows: [], bytes: 0, behind: this.#calls.busy(dataType) }
  }

  /** Calls the shadows of what waits, and writes what they have given. Those that take longer are looked at again. */
  async #score(): Promise<void> {
    const calls = this.#calls
    const begun = await Promise.all([...this.#waiting].filter(([dataType]) => !calls.busy(dataType)).map(each => this.#begin(each)))
    await soon(Promise.all(begun.map(({ done }) => done)), patienceMs)
    for (const results of calls.taken()) await this.#write(results)
    if (calls.open || this.#waiting.size > 0) return
    this.#scoring?.cancel()
    this.#scoring = undefined
  }

  async #begin([dataType, waiting]: readonly [string, Waiting]): Promise<{ readonly done: Promise<void> }> {
    this.#waiting.delete(dataType)
    const { batch, rows } = waiting
    const { models, figures } = this.#parts
    const champion = await loaded(models.of(dataType))
    const shadows: ServingModel[] = []
    if (champion === 'loading') figures.shed(dataType, rows.length)
    else
      for (const version of champion?.routes?.shadows ?? []) {
        const shadow = await loaded(models.of(dataType, version))
        if (shadow === 'loading') figures.shed(dataType, rows.length)
        else if (shadow !== undefined) shadows.push(shadow)
      }
    const elsewhere = shadows.some(({ model }) => isHeavy(model))
    if (this.#room.call(waiting, elsewhere)) {
      const done = this.#calls.begin(dataType, shadows, batch, rows)
      return { done: done.then(() => this.#room.leave(waiting)) }
    }
    figures.shed(dataType, shadows.length * rows.length)
    return { done: Promise.resolve() }
  }

  async #write({ shadow, rows, results, scores, milliseconds }: ShadowResults): Promise<void> {
    const { context, figures } = this.#parts
    if (results === undefined) return figures.shed(shadow.state.dataType, rows.length)
    if (scores === undefined) for (let left = rows.length; left > 0; left--) figures.failed(shadow)
    else {
      this.#parts.count(shadow, rows.length, milliseconds)
      figures.scored(shadow, scores, milliseconds)
    }
    const records = rows.map((record, row) => ({ ...resultRecord(record, results[row] as Buffer), source: record }))
    await context.attempt(records, some => context.forwardBatch(some, shadowSink))
  }
}

/** The model, unless it is still being loaded: data does not wait for shadows. */
async function loaded(found: ReturnType<ServingModels['of']>): Promise<ServingModel | undefined | 'loading'> {
  if (!(found instanceof Promise)) return found
  const given: { model: ServingModel | undefined | 'loading' } = { model: 'loading' }
  await soon(found.then(model => (given.model = model)))
  return given.model
}

/** The bytes of a record that are kept with it. */
function sizeOf({ key, value }: RawRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0)
}

/** The same rows, with room for as many more. */
function larger(batch: ColumnBatch): ColumnBatch {
  const grown = new ColumnBatch(batch.specs, 2 * batch.capacity)
  for (let row = 0; row < batch.length; row++) grown.copyRow(grown.length++, batch, row)
  return grown
}
