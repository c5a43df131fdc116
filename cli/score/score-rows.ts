import type { Model, Scores } from '../../models/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { type RowBatch, singleRow } from './row-batches.ts'
import type { ScoreLines } from './score-lines.ts'

/** Counts of rows. */
export interface ScoreSummary {
  readonly rows: number
  /** Rows on which the model failed; their lines have no score. */
  readonly failed: number
  /** Rows with invalid content; their lines have no score. */
  readonly faulty: number
  /** Row number and reason of the first row without a score. */
  readonly firstFailure: string | undefined
}

export interface ScoreTarget {
  readonly lines: ScoreLines
  /** Writes whole lines, without their newlines. */
  write(lines: readonly string[]): Promise<void>
  /** Called after each batch with the number of finished rows. */
  progress?(done: number): void
}

/** Scores one batch after the other and writes one line per row, in order. If the model fails on a batch, each of its rows is scored alone. */
export async function scoreRows(model: Model, batches: AsyncIterable<RowBatch>, target: ScoreTarget): Promise<ScoreSummary> {
  const run = new ScoreRun(model, target)
  for await (const batch of batches) await run.batch(batch)
  return await run.end()
}

class ScoreRun {
  readonly #model: Model
  readonly #target: ScoreTarget
  #begun = false
  #rows = 0
  #failed = 0
  #faulty = 0
  #firstFailure: string | undefined

  constructor(model: Model, target: ScoreTarget) {
    this.#model = model
    this.#target = target
  }

  async batch(given: RowBatch): Promise<void> {
    const { batch } = given
    let scores: Scores
    try {
      scores = await this.#model.score(batch)
    } catch (error) {
      if (!isFailure(error)) throw error
      if (batch.length > 1) for (let row = 0; row < batch.length; row++) await this.batch(singleRow(given, row))
      else await this.#fail(error, given)
      return
    }
    await this.#begin(scores)
    await this.#write(this.#linesOf(scores, given))
    this.#count(scores.length)
  }

  async end(): Promise<ScoreSummary> {
    await this.#begin(undefined)
    return { rows: this.#rows, failed: this.#failed, faulty: this.#faulty, firstFailure: this.#firstFailure }
  }

  /** The lines of a batch. A row with a fault gets an error line, unless the fault is of a cell and the model has a result. */
  #linesOf(scores: Scores, { faults }: RowBatch): string[] {
    const lines = this.#target.lines.rows(scores, this.#rows)
    for (const [row, { message, kind }] of faults) {
      if (kind === 'cell' && scores.noResult?.[row] !== 1) continue
      this.#faulty++
      this.#firstFailure ??= `row ${this.#rows + row}: ${message}`
      lines[row] = this.#target.lines.failed(this.#rows + row, message)
    }
    return lines
  }

  async #fail(error: unknown, { faults }: RowBatch): Promise<void> {
    await this.#begin(undefined)
    const fault = faults.get(0)
    if (fault === undefined) this.#failed++
    else this.#faulty++
    const message = fault?.message ?? messageOf(error)
    this.#firstFailure ??= `row ${this.#rows}: ${message}`
    await this.#write([this.#target.lines.failed(this.#rows, message)])
    this.#count(1)
  }

  async #begin(scores: Scores | undefined): Promise<void> {
    if (this.#begun) return
    this.#begun = true
    const head = this.#target.lines.head(scores)
    if (head !== undefined) await this.#write([head])
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#target.write(lines)
  }

  #count(rows: number): void {
    this.#rows += rows
    this.#target.progress?.(this.#rows)
  }
}

function isFailure(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'MODEL_FAILED'
}
