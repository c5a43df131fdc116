import { type ColumnSpec, ColumnBatch } from '../../records/index.ts'
import type { OutputColumn, Scores } from '../model.ts'

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

export type PlainScores = Scores

export function plainBatch({ specs, length, columns }: ColumnBatch, withSpecs: boolean): PlainBatch {
  return {
    specs: withSpecs ? specs : undefined,
    length,
    columns: columns.map(column =>
      column.kind === 'text'
        ? { values: column.values.slice(0, length) }
        : {
            values: column.values.subarray(0, length),
            missing: column.hasMissing ? column.missing.subarray(0, length) : undefined,
            ...(column.exact === undefined ? {} : { exact: column.exact.subarray(0, length) }),
            ...(column.invalid === undefined ? {} : { invalid: column.invalid.subarray(0, length) }),
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

/** Scores as data for another process: one typed array for each output. */
export function plainScores({ length, score, labels, noResult, blank, outputs }: Scores): PlainScores {
  const plain = { length, score, labels: labels && [...labels], noResult, outputs: outputs.map(plainColumn) }
  return blank === undefined ? plain : { ...plain, blank }
}

function plainColumn(column: OutputColumn): OutputColumn {
  if (column.kind === 'text' || ArrayBuffer.isView(column.values)) return column
  return { ...column, values: Float64Array.from(column.values) }
}
