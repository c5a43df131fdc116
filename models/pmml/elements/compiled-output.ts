import type { DataType } from '../document/index.ts'
import type { Expression } from '../expressions/index.ts'

export type OutputSource = TextSource | NumberSource

export type TextSource =
  | { readonly feature: 'entityId'; readonly rank: number }
  | { readonly feature: 'reasonCode'; readonly rank: number }
  /** Nothing: a report tells how a value was calculated, which is not kept. */
  | { readonly feature: 'warning' | 'x-report' }
  | { readonly feature: 'ruleValue'; readonly rank: number; readonly attribute: string }

type NumberSource =
  | { readonly feature: 'predictedValue' }
  | { readonly feature: 'predictedDisplayValue'; readonly displays: ReadonlyMap<number, number>; readonly named: boolean }
  /** classIndex -1: the predicted class. */
  | { readonly feature: 'probability' | 'confidence'; readonly classIndex: number }
  | { readonly feature: 'transformedValue'; readonly expression: Expression }
  /** The difference of the prediction from the record's value; slot -1: records do not have that value. */
  | { readonly feature: 'residual'; readonly slot: number; readonly isClass: boolean }
  | { readonly feature: 'affinity'; readonly rank: number; readonly entity: string | undefined }

/** An OutputField: plain data. */
export interface CompiledOutput {
  readonly name: string
  readonly slot: number
  readonly type: DataType
  readonly source: OutputSource
  /** Where it is taken from; undefined: from the model's own result. */
  readonly segment: FromSegment | undefined
}

/** The segments of which the first one that gave a result counts, and the type of these results: plain data. */
export interface FromSegment {
  readonly indices: readonly number[]
  readonly type: DataType
  /** Whether it counts only if its result is the whole's. */
  readonly ifResult: boolean
}
