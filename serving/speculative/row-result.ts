import type { OutputColumn, Scores } from '../../models/index.ts'
import type { ModelResult, RowOutput } from '../deciders/index.ts'

/** What a model gave for one row. */
export interface RowResult extends Omit<ModelResult, 'model'> {
  /** How long the call took that scored the row, ms, and for how many rows it was. */
  readonly callMs: number
  readonly rows: number
}

/** Copies one row of the scores, which a later call may change. */
export function rowResult(scores: Scores, row: number): Omit<ModelResult, 'model'> {
  const outputs = scores.outputs.map(output => outputOf(output, row))
  if (scores.noResult?.[row] === 1) return { kind: 'abstain', score: NaN, label: undefined, outputs }
  return { kind: 'score', score: scores.score[row] as number, label: scores.labels?.[row], outputs }
}

function outputOf(column: OutputColumn, row: number): RowOutput {
  const { name, width } = column
  const [from, to] = [row * width, (row + 1) * width]
  if (column.kind === 'text') return { name, numbers: [], texts: column.values.slice(from, to) }
  return { name, numbers: Array.from({ length: width }, (_, at) => column.values[from + at] as number), texts: [] }
}
