import type { Model, OutputColumn, Scores } from '../../models/index.ts'
import { ColumnBatch, type ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'

/** Rows to score, by column. */
export interface Rows {
  readonly length: number
  readonly specs: readonly ColumnSpec[]
  readonly columns: readonly RowColumn[]
}

/** Missing numbers are NaN, missing texts undefined. */
type RowColumn =
  | { readonly values: Float64Array; readonly exact: BigInt64Array | undefined; readonly texts?: undefined }
  | { readonly texts: readonly (string | undefined)[] }

/** The outputs of the model for some rows. `blank` has 1 for each row without a result; undefined: every row has one. */
export interface RowOutputs {
  readonly length: number
  readonly outputs: readonly OutputColumn[]
  readonly blank: Uint8Array | undefined
  /** 1 for each row from which no score follows: those of `blank`, and others that have outputs. */
  readonly noResult: Uint8Array | undefined
  /** The rows of each call of the model; a call for several requests is counted for the first of them. */
  readonly runs: readonly number[]
  /** How long the rows waited for earlier calls, ms. */
  readonly waitedMs: number
}

interface Job {
  readonly rows: Rows
  readonly since: number
  readonly resolve: (outputs: RowOutputs) => void
  readonly reject: (error: unknown) => void
}

/**
 * Scores requests of one model in batches: requests that arrive during a call of the model, or in the same turn of the event loop, form the next
 * batch, up to `maxBatch` rows. A batch gives the same numbers as its rows one by one. A batch that fails is scored again request by request, so
 * that an invalid request fails no other.
 */
export class ModelBatcher {
  readonly #model: Model
  readonly #maxBatch: number
  readonly #waiting: Job[] = []
  #running = false
  #batch = new ColumnBatch([], 0)

  constructor(model: Model, maxBatch: number) {
    this.#model = model
    this.#maxBatch = maxBatch
  }

  /** Scores rows, more than `maxBatch` in several calls. Throws the errors of the model; MODEL_FAILED if the calls differ in dimensions. */
  async score(rows: Rows): Promise<RowOutputs> {
    const parts = partsOf(rows, this.#maxBatch)
    const outputs = await Promise.all(parts.map(part => this.#enqueue(part)))
    return outputs.length === 1 ? (outputs[0] as RowOutputs) : joined(outputs)
  }

  #enqueue(rows: Rows): Promise<RowOutputs> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, since: performance.now(), resolve, reject })
      if (this.#running) return
      this.#running = true
      setImmediate(() => void this.#run())
    })
  }

  /** Never rejects: errors reject the requests. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#score(this.#take())
      // Lets the event loop read requests that have arrived.
      if (this.#waiting.length > 0) await new Promise(resolve => setImmediate(resolve))
    }
    this.#running = false
  }

  /** Removes the next requests with the same `specs` from the queue, as many as fit one batch, at least one. */
  #take(): Job[] {
    const { specs } = (this.#waiting[0] as Job).rows
    let rows = 0
    const end = this.#waiting.findIndex(job => {
      rows += job.rows.length
      return job.rows.specs !== specs || (rows > this.#maxBatch && rows > job.rows.length)
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #score(jobs: readonly Job[]): Promise<void> {
    const started = performance.now()
    try {
      const batch = this.#fill(jobs)
      const runs = [batch.length]
      const scoring = this.#model.score(batch)
      const scores = scoring instanceof Promise ? await scoring : scoring
      // The outputs are copied, because the model reuses them in its next call.
      let from = 0
      for (const job of jobs) {
        const { rows, since, resolve } = job
        resolve({ ...sliceOf(scores, from, rows.length), runs: job === jobs[0] ? runs : [], waitedMs: started - since })
        from += rows.length
      }
    } catch (error) {
      if (jobs.length === 1) return jobs[0]?.reject(error)
      for (const job of jobs) await this.#score([job])
    }
  }

  #fill(jobs: readonly Job[]): ColumnBatch {
    const { specs } = (jobs[0] as Job).rows
    const length = jobs.reduce((sum, { rows }) => sum + rows.length, 0)
    if (this.#batch.specs !== specs || this.#batch.capacity < length)
      this.#batch = new ColumnBatch(specs, 2 ** Math.ceil(Math.log2(Math.max(1, length))))
    const batch = this.#batch
    batch.clear()
    for (const { rows } of jobs) append(batch, rows)
    return batch
  }
}

function append(batch: ColumnBatch, rows: Rows): void {
  const from = batch.length
  for (const [at, source] of rows.columns.entries()) {
    const column = batch.columns[at] as (typeof batch.columns)[number]
    if (source.texts !== undefined) {
      for (let row = 0; row < rows.length; row++) (column as { values: (string | undefined)[] }).values[from + row] = source.texts[row]
    } else if (column.kind === 'number') {
      appendNumbers(batch, at, source.values)
      if (source.exact !== undefined || column.exact !== undefined) appendExact(column, batch.capacity, { from, ...source })
    }
  }
  batch.length += rows.length
}

function appendNumbers(batch: ColumnBatch, column: number, values: Float64Array): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number
    if (Number.isNaN(value)) batch.setMissing(column, batch.length + row)
    else batch.setNumber(column, batch.length + row, value)
  }
}

/** Appends exact values. Once one request of a batch has values that a double cannot hold, the whole column is exact. */
function appendExact(
  column: Extract<ColumnBatch['columns'][number], { kind: 'number' }>,
  capacity: number,
  { from, values, exact }: { from: number; values: Float64Array; exact: BigInt64Array | undefined },
): void {
  if (column.exact === undefined) {
    column.exact = new BigInt64Array(capacity)
    for (let row = 0; row < from; row++) column.exact[row] = wholeOf(column.values[row] as number)
  }
  for (let row = 0; row < values.length; row++) column.exact[from + row] = exact?.[row] ?? wholeOf(values[row] as number)
}

function wholeOf(value: number): bigint {
  return Number.isInteger(value) ? BigInt(value) : 0n
}

function partsOf(rows: Rows, most: number): Rows[] {
  if (rows.length <= most) return [rows]
  return Array.from({ length: Math.ceil(rows.length / most) }, (_, part): Rows => {
    const [from, to] = [part * most, Math.min(rows.length, (part + 1) * most)]
    const columns = rows.columns.map((column): RowColumn =>
      column.texts !== undefined
        ? { texts: column.texts.slice(from, to) }
        : { values: column.values.subarray(from, to), exact: column.exact?.subarray(from, to) },
    )
    return { length: to - from, specs: rows.specs, columns }
  })
}

function sliceOf({ outputs, noResult, blank = noResult }: Scores, from: number, length: number): Omit<RowOutputs, 'runs' | 'waitedMs'> {
  return {
    length,
    outputs: outputs.map((column): OutputColumn => {
      const [start, end] = [from * column.width, (from + length) * column.width]
      if (column.kind === 'text') return { ...column, values: column.values.slice(start, end) }
      const values = Float64Array.from({ length: end - start }, (_, at) => column.values[start + at] as number)
      const { name, width, shape } = column
      return {
        name,
        kind: 'number',
        width,
        shape,
        values,
        ...(column.exact === undefined ? {} : { exact: column.exact.slice(start, end) }),
      }
    }),
    blank: blank?.slice(from, from + length),
    noResult: noResult?.slice(from, from + length),
  }
}

function joined(parts: readonly RowOutputs[]): RowOutputs {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const flagsOf = (name: 'blank' | 'noResult'): Uint8Array | undefined =>
    parts.some(part => part[name] !== undefined)
      ? Uint8Array.from(parts.flatMap(part => [...(part[name] ?? new Uint8Array(part.length))]))
      : undefined
  const outputs = (parts[0] as RowOutputs).outputs.map((first, at): OutputColumn => {
    const columns = parts.map(part => part.outputs[at] as OutputColumn)
    const { name, width, shape } = first
    if (columns.some(column => column.width !== width || String(column.shape) !== String(shape)))
      throw new SluiceError('MODEL_FAILED', `output ${name} does not have the same dimensions for all rows: send fewer rows per request`)
    if (first.kind === 'text')
      return { name, width, shape, kind: 'text', values: columns.flatMap(({ values }) => values as readonly string[]) }
    const values = Float64Array.from(columns.flatMap(column => [...(column.values as Float64Array)]))
    const exact = columns.flatMap(column => (column.kind === 'number' && column.exact !== undefined ? [...column.exact] : []))
    if (exact.length !== values.length || first.exact === undefined) return { name, width, shape, kind: 'number', values }
    const kept = first.exact instanceof BigInt64Array ? BigInt64Array.from(exact) : BigUint64Array.from(exact)
    return { name, width, shape, kind: 'number', values, exact: kept }
  })
  return {
    length,
    outputs,
    blank: flagsOf('blank'),
    noResult: flagsOf('noResult'),
    runs: parts.flatMap(({ runs }) => runs),
    waitedMs: (parts[0] as RowOutputs).waitedMs,
  }
}
