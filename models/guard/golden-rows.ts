import { SluiceError } from '../../base/index.ts'
import type { Scores } from '../model.ts'
import type { PlainBatch } from './plain-batch.ts'

/** The result that a model must give for one row. */
export interface GoldenResult {
  /** undefined: any value is accepted. */
  readonly score: number | undefined
  /** The class that the model has to predict; undefined: any. */
  readonly label: string | undefined
  /** How far the score may be off. */
  readonly tolerance: number
}

/** Rows, and the results that a model must give for them before it may serve. */
export interface GoldenRows {
  /** The records, as plain data. */
  readonly batch: PlainBatch
  /** What the model has to say of each. */
  readonly results: readonly GoldenResult[]
}

/** Throws SluiceError MODEL_LOAD_FAILED for the first row whose result differs. */
export function checkGolden(scores: Scores, results: readonly GoldenResult[]): void {
  for (const [row, expected] of results.entries()) {
    const fault = faultOf(scores, row, expected)
    if (fault !== undefined) throw new SluiceError('MODEL_LOAD_FAILED', `golden record ${row + 1} of ${results.length}: ${fault}`)
  }
}

function faultOf(scores: Scores, row: number, { score, label, tolerance }: GoldenResult): string | undefined {
  if (score === undefined && label === undefined) return undefined
  if (scores.noResult?.[row] === 1) return 'the model has no result for it'
  const given = scores.score[row] as number
  if (score !== undefined && !(Object.is(given, score) || Math.abs(given - score) <= tolerance))
    return `the score is ${given}, not ${score} (± ${tolerance})`
  const named = scores.labels?.[row]
  return label === undefined || named === label ? undefined : `the label is ${named ?? 'none'}, not ${label}`
}
