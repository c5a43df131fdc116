import { type ColumnSpec, ColumnBatch } from '../../records/index.ts'

/** A batch as data for another process: only its rows in use. */
export interface PlainBatch {
  /** undefined: the same as in the previous batch. */
  readonly specs: readonly ColumnSpec[] | undefined
  /** How many rows it has. */
  readonly length: number
  /** One for each field. */
  readonly columns: readonly PlainColumn[]
}

/** One column of it. */
export type PlainColumn =
  | {
      readonly values: Float64Array
      readonly missing: Uint8Array | undefined
      readonly exact?: BigInt64Array
      readonly invalid?: Uint8Array
    }
  | {
      readonly values: readonly (string | undefined)[]
      readonly missing?: undefined
      readonly exact?: undefined
      readonly invalid?: undefined
    }

/** The rows from one to before another; all rows in use without them. */
export function plainBatch(batch: ColumnBatch, withSpecs: boolean, from = 0, to = batch.length): PlainBatch {
  const { specs, columns } = batch
  return {
    specs: withSpecs ? specs : undefined,
    length: to - from,
    columns: columns.map(column =>
      column.kind === 'text'
        ? { values: column.values.slice(from, to) }
        : {
            values: column.values.subarray(from, to),
            missing: column.hasMissing ? column.missing.subarray(from, to) : undefined,
            ...(column.exact === undefined ? {} : { exact: column.exact.subarray(from, to) }),
            ...(column.invalid === undefined ? {} : { invalid: column.invalid.subarray(from, to) }),
          },
    ),
  }
}

/** Turns received data into batches; one batch is reused while it has room. */
export class BatchReader {
  #batch = new ColumnBatch([], 0)

  read({ specs, length, columns }: PlainBatch): ColumnBatch {
    if (specs !== undefined || this.#batch.capacity < length)
      this.#batch = new ColumnBatch(specs ?? this.#batch.specs, Math.max(16, length * 2))
    const batch = this.#batch
    batch.clear()
    for (const [at, { values, missing, exact, invalid }] of columns.entries()) {
      const column = batch.columns[at]
      if (column?.kind === 'number') {
        column.values.set(values as Float64Array)
        column.hasMissing = missing !== undefined
        if (exact !== undefined) column.exact = exact
        if (invalid !== undefined) column.invalid = invalid
        if (missing === undefined) column.missing.fill(0, 0, length)
        else column.missing.set(missing)
      } else if (column !== undefined) {
        for (let row = 0; row < length; row++) column.values[row] = values[row] as string | undefined
      }
    }
    batch.length = length
    return batch
  }
}
