import type { InputColumns } from './contract/index.ts'

/** A faster way to score a batch than running the model's parts for each row. */
export interface QuickBatch {
  /** Opens a batch; false if it cannot be scored this way. */
  open(columns: InputColumns): boolean
  /** Stores the row's result; false if the row needs the general way, and nothing was stored. */
  score(at: number): boolean
}
