import { env } from '../base/index.ts'
import type { Scores } from '../models/index.ts'
import type { ColumnBatch } from '../records/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { batchOf } from './batch-of.ts'
import { isDisposed } from './is-disposed.ts'
import type { ModelKills } from './model-kills.ts'
import type { ServingModel, ServingModels } from './serving-models.ts'

/** The scores of some records in one call, kept after the model's next one. */
export interface KeptScores {
  readonly scores: Scores
  readonly rows: readonly RawRecord[]
  readonly milliseconds: number
}

/** What came of a record: its place in a call's scores, or why it has none. */
export type Outcome = { readonly kept: KeptScores; readonly at: number } | { readonly error: unknown }

/** A call that goes on while other records are processed. */
export interface LongCall {
  /** Never rejects. */
  readonly done: Promise<void>
  readonly over: boolean
}

class Call implements LongCall {
  readonly key: string
  readonly rows: readonly RawRecord[]
  readonly last: number
  readonly offsets: ReadonlySet<number>
  /** By the record's offset. Without one of a record the call ended before it, and has to be made again for it. */
  readonly outcomes = new Map<number, Outcome>()
  done: Promise<void> = Promise.resolve()
  over = false

  constructor(key: string, rows: readonly RawRecord[]) {
    this.key = key
    this.rows = rows
    this.last = (rows.at(-1) as RawRecord).offset
    this.offsets = new Set(rows.map(({ offset }) => offset))
  }
}

/**
 * The calls of a task's models that take longer than other records may wait. They go on beside the task's records, and where one fails each of its records is scored
 * alone, so that only those on which the model fails have no scores; a model whose process they kill is started again meanwhile. What comes of it is kept in memory
 * until the records, which wait in the store, are answered: after a crash they are scored again.
 */
export class LongCalls {
  readonly #models: ServingModels
  readonly #kills: ModelKills
  readonly #byType = new Map<string, Call[]>()
  #ended = false

  constructor(models: ServingModels, kills: ModelKills) {
    this.#models = models
    this.#kills = kills
  }

  /** Goes on with a call that has begun: `scoring` gives scores that stay valid. The batch is not to be used elsewhere until it is over. */
  begin(serving: ServingModel, batch: ColumnBatch, rows: readonly RawRecord[], scoring: Promise<Scores>, started: number): LongCall {
    const { dataType } = serving.state
    const call = new Call(serving.key, rows)
    const calls = this.#byType.get(dataType) ?? []
    this.#byType.set(dataType, calls)
    calls.push(call)
    call.done = this.#run(call, { serving, batch, scoring, started }).then(() => void (call.over = true))
    return call
  }

  /** What came of each of the records with this model; undefined: nothing is known of any, and no call is under way for one. */
  found({ key, state }: ServingModel, rows: readonly RawRecord[]): readonly (Outcome | undefined)[] | undefined {
    const calls = this.#byType.get(state.dataType)?.filter(call => call.key === key && rows.some(({ offset }) => call.offsets.has(offset)))
    if (calls === undefined || calls.length === 0) return undefined
    return rows.map(({ offset }) => calls.find(({ outcomes }) => outcomes.has(offset))?.outcomes.get(offset))
  }

  /** Forgets what came of records of the data type before that offset. */
  forget(dataType: string, offset: number): void {
    const calls = this.#byType.get(dataType)
    if (calls === undefined) return
    const left = calls.filter(({ over, last }) => !over || last >= offset)
    if (left.length > 0) this.#byType.set(dataType, left)
    else this.#byType.delete(dataType)
  }

  /** Whether a call for the data type is under way. */
  busy(dataType: string): boolean {
    return this.#byType.get(dataType)?.some(({ over }) => !over) === true
  }

  /** Settles when the calls for the data type with the models of these keys are over; undefined: none is under way. */
  over(dataType: string, keys: ReadonlySet<string>): Promise<unknown> | undefined {
    const running = this.#byType.get(dataType)?.filter(({ over, key }) => !over && keys.has(key)) ?? []
    return running.length === 0 ? undefined : Promise.all(running.map(({ done }) => done))
  }

  /** From now on no further record is scored, and nothing is told of those that are. */
  end(): void {
    this.#ended = true
  }

  async #run(call: Call, { serving, batch, scoring, started }: Begun): Promise<void> {
    const { rows, outcomes } = call
    try {
      const kept = { scores: await scoring, rows, milliseconds: env.monotonic() - started }
      for (const [at, { offset }] of rows.entries()) outcomes.set(offset, { kept, at })
    } catch (error) {
      if (rows.length === 1) return this.#fail(call, serving, rows[0] as RawRecord, error)
      await this.#runAlone(call, serving, batch)
    }
  }

  async #runAlone(call: Call, serving: ServingModel, batch: ColumnBatch): Promise<void> {
    for (const [row, record] of call.rows.entries()) {
      if (this.#ended) return
      const started = env.monotonic()
      try {
        const scores = keptScores(await this.#models.runnable(serving).model.score(batchOf(batch, [row])))
        const kept = { scores, rows: [record], milliseconds: env.monotonic() - started }
        call.outcomes.set(record.offset, { kept, at: 0 })
      } catch (error) {
        // Another version is in its place, with which the rest will be scored.
        if (isDisposed(error)) return
        this.#fail(call, serving, record, error)
      }
    }
  }

  #fail(call: Call, serving: ServingModel, record: RawRecord, error: unknown): void {
    if (this.#ended || isDisposed(error)) return
    call.outcomes.set(record.offset, { error })
    this.#kills.failed({ ...serving, dataType: serving.state.dataType }, error, record)
  }
}

interface Begun {
  readonly serving: ServingModel
  readonly batch: ColumnBatch
  readonly scoring: Promise<Scores>
  readonly started: number
}

/** A copy: the model may use its arrays again. To be called as soon as the model has given them. */
export function keptScores({ length, score, labels, noResult, blank, outputs }: Scores): Scores {
  const plain = outputs.map(column =>
    column.kind === 'text' || ArrayBuffer.isView(column.values) ? column : { ...column, values: Float64Array.from(column.values) },
  )
  return structuredClone({ length, score, labels, noResult, ...(blank === undefined ? {} : { blank }), outputs: plain })
}
