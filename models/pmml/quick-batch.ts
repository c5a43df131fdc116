import type { InputColumns } from './contract/index.ts'

/** A quicker way to a model's results than row by row through its parts. */
export interface QuickBatch {
  /** False: this batch cannot be scored that way. */
  open(columns: InputColumns): boolean
  /** Sets the row's result; false: it cannot be told this way, and nothing was set. */
  score(at: number): boolean
}
