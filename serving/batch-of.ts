import { ColumnBatch } from '../records/index.ts'

/** A batch of its own of these rows of another one. */
export function batchOf(batch: ColumnBatch, rows: readonly number[]): ColumnBatch {
  const part = new ColumnBatch(batch.specs, rows.length)
  for (const row of rows) part.copyRow(part.length++, batch, row)
  return part
}
