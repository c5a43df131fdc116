import { SluiceError } from '../../../../base/index.ts'
import type { ModelInput, ModelOutput, Scores } from '../../../../models/index.ts'
import type { ColumnBatch } from '../../../../records/index.ts'

/** What a simulated model is made of: its score is its factor times x. */
export interface SimModelFacts {
  readonly factor: number
  readonly loadMs: number
  readonly scoreMs: number
  /** It cannot be loaded. */
  readonly bad: boolean
  /** It is in a process of its own, which some records kill. */
  readonly heavy: boolean
}

export const simInputs: readonly ModelInput[] = [{ name: 'x', type: 'float64', width: 1, required: true }]
export const simOutputs: readonly ModelOutput[] = [{ name: 'y', type: 'float64', width: 1 }]

/** The scores of a simulated model. */
export function simScores({ factor }: SimModelFacts, { length, columns: [x] }: ColumnBatch): Scores {
  if (x?.kind !== 'number') throw new SluiceError('MODEL_INPUT_MISMATCH', 'x is no number')
  const score = Float64Array.from({ length }, (_none, row) => factor * (x.values[row] as number))
  return { length, score, labels: undefined, noResult: undefined, outputs: [{ kind: 'number', name: 'y', width: 1, values: score }] }
}
