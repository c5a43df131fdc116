import { type ColumnSpec, ColumnBatch } from '../../records/column-batch.ts'
import type { OutputColumn } from '../../models/index.ts'

/** A value of a row; undefined: missing. */
export type Cell = number | string | undefined

export function specsOf(names: readonly string[], texts: readonly string[] = []): ColumnSpec[] {
  return names.map(name => ({ name, kind: texts.includes(name) ? 'text' : 'number' }))
}

export function batchOf(specs: readonly ColumnSpec[], rows: readonly (readonly Cell[])[]): ColumnBatch {
  const batch = new ColumnBatch(specs, Math.max(1, rows.length))
  for (const [row, cells] of rows.entries()) {
    for (let column = 0; column < specs.length; column++) {
      const cell = cells[column]
      if (cell === undefined) batch.setMissing(column, row)
      else if (typeof cell === 'string') batch.setText(column, row, cell)
      else batch.setNumber(column, row, cell)
    }
  }
  batch.length = rows.length
  return batch
}

/** One row's values of an output. */
export function valuesOf(output: OutputColumn | undefined, row: number): (number | string)[] {
  if (output === undefined) return []
  return Array.from({ length: output.width }, (_, at) => output.values[row * output.width + at] as number | string)
}
