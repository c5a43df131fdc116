import { ColumnBatch, type ColumnSpec, type CsvRow, setNumberText } from '../../records/index.ts'

/** How rows are converted to columns. */
export interface RowBatchOptions {
  /** One column per cell of a row, in order. */
  readonly specs: readonly ColumnSpec[]
  /** Indexes of the columns in which true and false mean 1 and 0. */
  readonly booleans?: ReadonlySet<number>
  readonly batchSize: number
}

/** A fault of a row. */
export interface RowFault {
  /** Includes the line number. */
  readonly message: string
  /** `row`: the row cannot be scored. `cell`: a cell of a numeric column is not a number, which a model may handle. */
  readonly kind: 'row' | 'cell'
}

export interface RowBatch {
  readonly batch: ColumnBatch
  /** By index of the row in the batch. */
  readonly faults: ReadonlyMap<number, RowFault>
}

/** Yields the rows of a CSV file in batches and reuses one batch object. Empty cells, and NaN in numeric columns, are missing values. */
export async function* rowBatches(rows: AsyncIterable<CsvRow>, options: RowBatchOptions): AsyncGenerator<RowBatch, void> {
  const batch = new ColumnBatch(options.specs, options.batchSize)
  const faults = new Map<number, RowFault>()
  for await (const row of rows) {
    const fault = fill(batch, row, options)
    if (fault !== undefined) faults.set(batch.length, fault)
    if (++batch.length < batch.capacity) continue
    yield { batch, faults }
    batch.clear()
    faults.clear()
  }
  if (batch.length > 0) yield { batch, faults }
}

/** Writes a row to index `batch.length` of the batch. Returns its first fault, if any. */
function fill(batch: ColumnBatch, row: CsvRow, options: RowBatchOptions): RowFault | undefined {
  let fault: RowFault | undefined = row.fault === undefined ? undefined : { message: `line ${row.line} ${row.fault}`, kind: 'row' }
  for (let column = 0; column < options.specs.length; column++) {
    if (setCell(batch, column, row.cells[column], options)) continue
    const { name } = options.specs[column] as ColumnSpec
    fault ??= { message: `line ${row.line}: ${name} is ${JSON.stringify(row.cells[column])}, not a number`, kind: 'cell' }
  }
  return fault
}

/** Writes a cell. Returns false if the cell of a numeric column is not a number. */
function setCell(batch: ColumnBatch, column: number, cell: string | undefined, { specs, booleans }: RowBatchOptions): boolean {
  const row = batch.length
  const text = (specs[column] as ColumnSpec).kind === 'text'
  if (cell === undefined || (!text && cell.trim() === '')) batch.setMissing(column, row)
  else if (text) batch.setText(column, row, cell)
  else if (setNumberText(batch, column, row, cell)) return true
  else if (booleans?.has(column) === true && /^\s*(?:true|false)\s*$/i.test(cell))
    batch.setNumber(column, row, cell.trim().toLowerCase() === 'true' ? 1 : 0)
  else {
    batch.setInvalid(column, row)
    return false
  }
  return true
}

/** Returns a new batch with one row of a batch. */
export function singleRow({ batch, faults }: RowBatch, row: number): RowBatch {
  const single = new ColumnBatch(batch.specs, 1)
  single.copyRow(0, batch, row)
  single.length = 1
  const fault = faults.get(row)
  return { batch: single, faults: new Map(fault === undefined ? [] : [[0, fault]]) }
}
