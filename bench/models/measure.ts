import type { Model } from '../../models/index.ts'
import { ColumnBatch, type ColumnSpec } from '../../records/index.ts'

/** A batch of one row takes about 3 KB, most of it the objects around the numbers. */
const mostBatches = 64

/** Cost of one record in batches of one size: medians of the runs. */
export interface Figure {
  readonly batch: number
  readonly microseconds: number
  readonly cpuMicroseconds: number
}

export interface MeasureOptions {
  readonly batch: number
  readonly runs: number
  /** Minimum duration of a run. */
  readonly runMs: number
}

/** Scores the rows repeatedly in batches of one size, after a warm-up run. */
export async function measure(model: Model, rows: ColumnRows, { batch, runs, runMs }: MeasureOptions): Promise<Figure> {
  const batches = rows.batches(batch)
  await run(model, batches, runMs)
  const results: Omit<Figure, 'batch'>[] = []
  for (let i = 0; i < runs; i++) results.push(await run(model, batches, runMs))
  return {
    batch,
    microseconds: median(results.map(result => result.microseconds)),
    cpuMicroseconds: median(results.map(result => result.cpuMicroseconds)),
  }
}

async function run(model: Model, batches: readonly ColumnBatch[], runMs: number): Promise<Omit<Figure, 'batch'>> {
  let records = 0
  let elapsed = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let at = 0; elapsed < runMs; at = (at + 1) % batches.length) {
    const batch = batches[at] as ColumnBatch
    const scores = model.score(batch)
    if (scores instanceof Promise) await scores
    records += batch.length
    // Reading the clock costs as much as a small batch.
    if (records % 256 === 0) elapsed = performance.now() - started
  }
  const { user, system } = process.cpuUsage(cpu)
  return { microseconds: (elapsed * 1000) / records, cpuMicroseconds: (user + system) / records }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2
}

/** Rows of numbers from which batches are made. */
export class ColumnRows {
  readonly specs: readonly ColumnSpec[]
  readonly #rows: readonly (readonly number[])[]

  constructor(names: readonly string[], rows: readonly (readonly number[])[]) {
    this.specs = names.map(name => ({ name, kind: 'number' }))
    this.#rows = rows
  }

  /** Full batches of one size, few enough to stay in the CPU cache, like the one batch that a task reuses. */
  batches(size: number): ColumnBatch[] {
    const count = Math.min(mostBatches, Math.max(1, Math.floor(4096 / size)))
    return Array.from({ length: count }, (_, at) => this.#batch(at * size, size))
  }

  #batch(first: number, size: number): ColumnBatch {
    const batch = new ColumnBatch(this.specs, size)
    for (let row = 0; row < size; row++) {
      const values = this.#rows[(first + row) % this.#rows.length] as readonly number[]
      for (let column = 0; column < this.specs.length; column++) batch.setNumber(column, row, values[column] as number)
    }
    batch.length = size
    return batch
  }
}
