import { type ColumnSpec, ColumnBatch } from '../../records/index.ts'

/** Makes up a value; undefined: the value is missing. */
export type Cell = (row: number, column: number) => number | undefined
export const zero: Cell = () => 0
export const missing: Cell = () => undefined
export const spread: Cell = (row, column) => Math.round(Math.sin(row * 12.9898 + column * 78.233) * 3000) / 1000
export const wide: Cell = (row, column) => Math.round(Math.sin(row * 39.346 + column * 11.135) * 100_000) / 100
export const plausible: Cell = (row, column) => ((row * 7 + column * 3) % 20) / 2

export function rowsOf(specs: readonly ColumnSpec[], count: number, cell: Cell): ColumnBatch {
  const batch = new ColumnBatch(specs, Math.max(1, count))
  for (let row = 0; row < count; row++) {
    for (const [column, { kind }] of specs.entries()) {
      const value = cell(row, column)
      if (value === undefined) batch.setMissing(column, row)
      else if (kind === 'number') batch.setNumber(column, row, value)
      else batch.setText(column, row, String(value))
    }
  }
  batch.length = count
  return batch
}
