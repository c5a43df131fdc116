import type { InputColumns } from './input-columns.ts'
import type { Row } from '../expressions/index.ts'

/** A model that is ready to score rows one by one. The fields hold the result of the last `run`. */
export abstract class Evaluator {
  /** A regression's value, or the index of the predicted class; NaN if there is none. */
  value = NaN
  readonly #probabilities: Float64Array
  /** Access to more of the last result than the prediction; undefined if the model has no more. */
  readonly details: Details | undefined

  constructor(classes: number, details?: Details) {
    this.#probabilities = new Float64Array(classes)
    this.details = details
  }

  /** Whether the last run's result is a class. */
  get classified(): boolean {
    return this.#probabilities.length > 0
  }

  /** The probabilities by class; NaN if the model has none. Empty if the model does not classify. */
  get probabilities(): Float64Array {
    return this.#probabilities
  }

  /** Adds the last run's probabilities to `sums`, which has at least as many classes. */
  addProbabilities(sums: Float64Array): void {
    const { probabilities } = this
    for (let i = 0; i < probabilities.length; i++) sums[i] = (sums[i] as number) + (probabilities[i] as number)
  }

  /** The order of the classes in the last run, which decides ties; undefined: the order of their indices. */
  get order(): ArrayLike<number> | undefined {
    return undefined
  }

  /** Called before the rows of a batch are run one by one; may do work for all of them at once. */
  prepare(_columns: InputColumns): void {}

  /** Scores the row; returns whether it has a result. May end the row's scoring by `giveUp`. */
  abstract run(row: Row): boolean
}

/** The shared part of models that each predict one field from the same calculation. */
export interface Source {
  /** Whether the calculation succeeded for the last row. */
  readonly found: boolean
  /** Calculates the shared part for the row. May end the row's scoring by `giveUp`. */
  find(row: Row): boolean
}

/** What OutputFields can read of the last run. */
export interface Details {
  /** The id of the node, cluster, rule, … of that rank (from 1) that made the prediction. */
  entity?(rank: number): string | undefined
  /** The distance or similarity of the named entity, or of the one with that rank if none is named. */
  affinity?(rank: number, name: string | undefined): number
  confidence?(classIndex: number): number
  reasonCode?(rank: number): string | undefined
  /** A rule's attribute, such as `consequent`. */
  rule?(rank: number, attribute: string): string | undefined
  /** The result of the segment with that index; undefined if it had none. */
  segment?(index: number): SegmentResult | undefined
  /** The evaluator of that segment, if the result of the whole model is the segment's, even a missing one. */
  chosen?(index: number): Evaluator | undefined
}

/** The result of one segment. */
export interface SegmentResult {
  readonly evaluator: Evaluator
  /** After the segment's own Target; for a classification, the class. */
  readonly value: number
}

/** Whether the evaluator's result comes from this path of segments: each one chose the next. */
export function isResult(evaluator: Evaluator, [segment, ...inner]: readonly number[]): boolean {
  if (segment === undefined) return true
  const chosen = evaluator.details?.chosen?.(segment)
  return chosen !== undefined && isResult(chosen, inner)
}

/** The index, among these, of the largest value; the first of equals; -1 if all are NaN. */
export function largestOf(indices: ArrayLike<number>, values: ArrayLike<number>): number {
  let best = -1
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number
    const value = values[index] as number
    if (value === value && (best < 0 || value > (values[best] as number))) best = index
  }
  return best
}

/** The index of the largest value; the first of equals; -1 if all are NaN. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = -1
  let largest = NaN
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value > largest || (best < 0 && value === value)) {
      best = i
      largest = value
    }
  }
  return best
}
