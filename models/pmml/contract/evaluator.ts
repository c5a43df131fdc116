import type { InputColumns } from './input-columns.ts'
import type { Row } from '../expressions/index.ts'

/** A model, ready to score rows one by one. What `run` found stands in its fields until the next run. */
export abstract class Evaluator {
  /** A regression's value; a classification's predicted class, as its index; NaN: none. */
  value = NaN
  readonly #probabilities: Float64Array
  /** What the model gives beside its prediction; undefined when it gives nothing. */
  readonly details: Details | undefined

  constructor(classes: number, details?: Details) {
    this.#probabilities = new Float64Array(classes)
    this.details = details
  }

  /** Whether the last run's result is a class. */
  get classified(): boolean {
    return this.#probabilities.length > 0
  }

  /** By class; NaN where the model gives none. Empty when the model does not classify. */
  get probabilities(): Float64Array {
    return this.#probabilities
  }

  /** Adds the last run's probabilities to sums of at least as many classes. */
  addProbabilities(sums: Float64Array): void {
    const { probabilities } = this
    for (let i = 0; i < probabilities.length; i++) sums[i] = (sums[i] as number) + (probabilities[i] as number)
  }

  /** The classes in the order in which the last run named them; undefined: in their own. */
  get order(): ArrayLike<number> | undefined {
    return undefined
  }

  /** A batch begins, whose rows are then run one by one: what can be done for all of them at once may be done now. */
  prepare(_columns: InputColumns): void {}

  /** Whether there is a result. May end the row's scoring. */
  abstract run(row: Row): boolean
}

/** What the models of several fields have in common, each of which makes its own result of it. */
export interface Source {
  /** Whether the last row gave what results are made of. */
  readonly found: boolean
  /** Prepares for the row's results. May end the row's scoring. */
  find(row: Row): boolean
}

/** What Output fields can ask of the last run. */
export interface Details {
  /** The id of the node, cluster, rule, … of that rank (from 1) that made the prediction. */
  entity?(rank: number): string | undefined
  /** The distance or similarity of the named entity, of that rank when it is not named. */
  affinity?(rank: number, name: string | undefined): number
  confidence?(classIndex: number): number
  reasonCode?(rank: number): string | undefined
  /** A rule's attribute, such as `consequent`. */
  rule?(rank: number, attribute: string): string | undefined
  /** The result of the segment of that index; undefined: it gave none. */
  segment?(index: number): SegmentResult | undefined
  /** The evaluator of that segment, if the whole's result is the segment's, be it missing. */
  chosen?(index: number): Evaluator | undefined
}

/** What one segment of a model of several gave. */
export interface SegmentResult {
  readonly evaluator: Evaluator
  /** As the segment's own target has it: of a classification the class. */
  readonly value: number
}

/** Whether the evaluator's result is that of the first of these segments, whose result is that of the second one, and so on. */
export function isResult(evaluator: Evaluator, [segment, ...inner]: readonly number[]): boolean {
  if (segment === undefined) return true
  const chosen = evaluator.details?.chosen?.(segment)
  return chosen !== undefined && isResult(chosen, inner)
}

/** The one of these indices whose value is the largest; the first of equals; -1 when all are NaN. */
export function largestOf(indices: ArrayLike<number>, values: ArrayLike<number>): number {
  let best = -1
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at] as number
    const value = values[index] as number
    if (value === value && (best < 0 || value > (values[best] as number))) best = index
  }
  return best
}

/** The index of the largest; the first of equals; -1 when all are NaN. */
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
