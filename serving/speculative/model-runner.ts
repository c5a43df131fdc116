import { env, messageOf, SluiceError, TurnShare } from '../../base/index.ts'
import type { Model, Scores } from '../../models/index.ts'
import { ColumnBatch } from '../../records/index.ts'
import { type RowResult, rowResult } from './row-result.ts'

/** A row that a model is to score. */
export interface Job {
  /** Holds the row, and does not change until `tell` or `shed` is called. */
  readonly batch: ColumnBatch
  readonly row: number
  /** When its decision is due, by `env.monotonic()`: after that the score is late. */
  readonly deadline: number
  /** Called once, unless `shed` is. */
  tell(result: RowResult): void
  /** The row is not scored at all: the model has too much to do. */
  shed(): void
  /** Why the row is not scored, asked right before the call; undefined: it is. */
  readonly barred?: (() => string | undefined) | undefined
  /** Told before `tell` when the model failed on this row alone. */
  failed?(error: unknown): void
}

/** Rows in one call, and rows that wait for one. */
const mostRows = 1024
const mostWaiting = 4096
/** So many calls are looked back on to find out whether a model can be in time at all. */
const remembered = 32

/**
 * Scores rows with one model, whose calls must not overlap: what has come during a call is scored by the next one together. Rows whose decision is
 * still open come first; others are scored when none of those waits, or beside them where the model cannot be in time anyway.
 */
export class ModelRunner {
  readonly #model: Model
  readonly #open: Job[] = []
  readonly #late: Job[] = []
  readonly #callMs: number[] = []
  #batch: ColumnBatch | undefined
  #running = false
  #closed = false

  constructor(model: Model) {
    this.#model = model
  }

  /** Rows that wait for a call. */
  get waiting(): number {
    return this.#open.length + this.#late.length
  }

  submit(job: Job): void {
    this.#open.push(job)
    while (this.waiting > mostWaiting) (this.#late.shift() ?? this.#open.shift())?.shed()
    if (!this.#running) void this.#run()
  }

  /** No further call is made. Who waits for the one that is under way is told what it gives. */
  close(): void {
    this.#closed = true
    this.#open.length = 0
    this.#late.length = 0
  }

  async #run(): Promise<void> {
    this.#running = true
    // All rows that are submitted in this turn are scored by one call.
    await Promise.resolve()
    while (this.waiting > 0 && !this.#closed) await this.#score(this.#next())
    this.#running = false
  }

  #next(): readonly Job[] {
    const now = env.monotonic()
    this.#setAside(now)
    const jobs = this.#open.splice(0, mostRows)
    const last = jobs.at(-1)
    const hopeless = last === undefined || (this.#callMs.length > 0 && Math.min(...this.#callMs) > last.deadline - now)
    return hopeless ? [...jobs, ...this.#late.splice(0, mostRows - jobs.length)] : jobs
  }

  /** Rows whose decision is not waited for any more make room for those that are open. */
  #setAside(now: number): void {
    let open = 0
    for (const job of this.#open) {
      if (job.deadline > now) this.#open[open++] = job
      else this.#late.push(job)
    }
    this.#open.length = open
  }

  async #score(asked: readonly Job[]): Promise<void> {
    const jobs = asked.filter(job => !isBarred(job))
    if (jobs.length === 0) return
    const batch = this.#gather(jobs)
    const started = env.monotonic()
    let scores: Scores
    try {
      const scoring = this.#model.score(batch)
      scores = scoring instanceof Promise ? await scoring : scoring
    } catch (error) {
      return this.#failed(jobs, error, env.monotonic() - started)
    }
    const callMs = env.monotonic() - started
    this.#callMs.push(callMs)
    if (this.#callMs.length > remembered) this.#callMs.shift()
    const share = new TurnShare()
    for (const [row, job] of jobs.entries()) {
      if (share.over) await share.pass()
      job.tell({ ...rowResult(scores, row), callMs, rows: jobs.length })
    }
  }

  /** Scores each row alone, so that only the rows on which the model fails have failed. */
  async #failed(jobs: readonly Job[], error: unknown, callMs: number): Promise<void> {
    if (!(error instanceof SluiceError) || jobs.length === 1) {
      if (jobs.length === 1) jobs[0]?.failed?.(error)
      for (const job of jobs) job.tell(failure(messageOf(error), callMs, 1))
      return
    }
    for (const job of jobs) if (!this.#closed) await this.#score([job])
  }

  #gather(jobs: readonly Job[]): ColumnBatch {
    const { specs } = (jobs[0] as Job).batch
    if (this.#batch === undefined || this.#batch.specs !== specs || this.#batch.capacity < jobs.length)
      this.#batch = new ColumnBatch(specs, 2 ** Math.ceil(Math.log2(jobs.length)))
    const batch = this.#batch
    batch.clear()
    for (const { batch: from, row } of jobs) batch.copyRow(batch.length++, from, row)
    return batch
  }
}

/** A row whose version is not run any more has failed without a call. */
function isBarred(job: Job): boolean {
  const why = job.barred?.()
  if (why === undefined) return false
  job.tell(failure(why, 0, 0))
  return true
}

function failure(error: string, callMs: number, rows: number): RowResult {
  return { kind: 'error', score: NaN, label: undefined, outputs: [], error, callMs, rows }
}
