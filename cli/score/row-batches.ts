import { ColumnBatch, type ColumnSpec } from '../../proto/column-batch.ts'
import type { CsvRow } from '../../proto/csv-rows.ts'
import { SluiceError } from '../../proto/sluice-error.ts'

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** How rows become columns. */
export interface RowBatchOptions {
  /** A column for each cell of a row, in their order. */
  readonly specs: readonly ColumnSpec[]
  /** Of these columns, by their places, those in which true and false stand for 1 and 0. */
  readonly booleans?: ReadonlySet<number>
  readonly batchSize: number
}

/**
 * Rows of a CSV file in batches; the batch is the same one each time. An empty cell is a missing value. Throws SluiceError INPUT_INVALID, with
 * the line, at a cell that is no number where one is wanted.
 */
export async function* rowBatches(rows: AsyncIterable<CsvRow>, options: RowBatchOptions): AsyncGenerator<ColumnBatch, void> {
  const batch = new ColumnBatch(options.specs, options.batchSize)
  for await (const row of rows) {
    for (let column = 0; column < options.specs.length; column++) setCell(batch, column, row, options)
    if (++batch.length < batch.capacity) continue
    yield batch
    batch.clear()
  }
  if (batch.length > 0) yield batch
}

function setCell(batch: ColumnBatch, column: number, { line, cells }: CsvRow, { specs, booleans }: RowBatchOptions): void {
  const cell = cells[column]
  const { name, kind } = specs[column] as ColumnSpec
  if (cell === undefined) return batch.setMissing(column, batch.length)
  if (kind === 'text') return batch.setText(column, batch.length, cell)
  const value = number.test(cell) ? Number(cell) : NaN
  if (Number.isFinite(value)) return batch.setNumber(column, batch.length, value)
  if (booleans?.has(column) === true && /^(?:true|false)$/i.test(cell))
    return batch.setNumber(column, batch.length, cell.toLowerCase() === 'true' ? 1 : 0)
  throw new SluiceError('INPUT_INVALID', `line ${line}: ${name} is ${JSON.stringify(cell)}, not a number`)
}

/** One row of a batch as a batch of its own. */
export function singleRow({ specs, columns }: ColumnBatch, row: number): ColumnBatch {
  const single = new ColumnBatch(specs, 1)
  for (const [at, column] of columns.entries()) {
    const value = column.kind === 'number' && column.missing[row] === 1 ? undefined : column.values[row]
    if (value === undefined) single.setMissing(at, 0)
    else if (typeof value === 'string') single.setText(at, 0, value)
    else single.setNumber(at, 0, value)
  }
  single.length = 1
  return single
}
