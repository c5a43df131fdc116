import { ColumnBatch, type ColumnSpec, type CsvRow, setNumberText } from '../../records/index.ts'

/** How rows become columns. */
export interface RowBatchOptions {
  /** A column for each cell of a row, in their order. */
  readonly specs: readonly ColumnSpec[]
  /** Of these columns, by their places, those in which true and false stand for 1 and 0. */
  readonly booleans?: ReadonlySet<number>
  readonly batchSize: number
}

/** What is wrong with a row. */
export interface RowFault {
  /** With the line. */
  readonly message: string
  /** `row`: it cannot be scored. `cell`: it has no number where one is wanted, which a model may know what to do about. */
  readonly kind: 'row' | 'cell'
}

export interface RowBatch {
  readonly batch: ColumnBatch
  /** By row of the batch. */
  readonly faults: ReadonlyMap<number, RowFault>
}

/** Rows of a CSV file in batches; the batch is the same one each time. An empty cell, and NaN among numbers, is a missing value. */
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

/** Puts a row below the batch's; the first thing that is wrong with it. */
function fill(batch: ColumnBatch, row: CsvRow, options: RowBatchOptions): RowFault | undefined {
  let fault: RowFault | undefined = row.fault === undefined ? undefined : { message: `line ${row.line} ${row.fault}`, kind: 'row' }
  for (let column = 0; column < options.specs.length; column++) {
    if (setCell(batch, column, row.cells[column], options)) continue
    const { name } = options.specs[column] as ColumnSpec
    fault ??= { message: `line ${row.line}: ${name} is ${JSON.stringify(row.cells[column])}, not a number`, kind: 'cell' }
  }
  return fault
}

/** False: no number where one is wanted. */
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

/** One row of a batch as a batch of its own. */
export function singleRow({ batch, faults }: RowBatch, row: number): RowBatch {
  const single = new ColumnBatch(batch.specs, 1)
  single.copyRow(0, batch, row)
  single.length = 1
  const fault = faults.get(row)
  return { batch: single, faults: new Map(fault === undefined ? [] : [[0, fault]]) }
}
