import type { DataType } from '../document/index.ts'
import type { Expression } from '../expressions/index.ts'

export type OutputSource = TextSource | NumberSource

export type TextSource =
  | { readonly feature: 'entityId'; readonly rank: number }
  | { readonly feature: 'reasonCode'; readonly rank: number }
  /** Always missing: warnings and reports of the calculation are not kept. */
  | { readonly feature: 'warning' | 'x-report' }
  | { readonly feature: 'ruleValue'; readonly rank: number; readonly attribute: string }

type NumberSource =
  | { readonly feature: 'predictedValue' }
  | { readonly feature: 'predictedDisplayValue'; readonly displays: ReadonlyMap<number, number>; readonly named: boolean }
  /** classIndex -1: the predicted class. */
  | { readonly feature: 'probability' | 'confidence'; readonly classIndex: number }
  | { readonly feature: 'transformedValue'; readonly expression: Expression }
  /** The record's value minus the prediction; slot -1: records do not have the value. */
  | { readonly feature: 'residual'; readonly slot: number; readonly isClass: boolean }
  | { readonly feature: 'affinity'; readonly rank: number; readonly entity: string | undefined }

/** An OutputField: plain data. */
export interface CompiledOutput {
  readonly name: string
  readonly slot: number
  readonly type: DataType
  readonly source: OutputSource
  /** The segments from which the value is taken; undefined: it is taken from the model's own result. */
  readonly segment: FromSegment | undefined
}

/** Segments, and the type of their results: plain data. The first of them that has a result is used. */
export interface FromSegment {
  readonly indices: readonly number[]
  readonly type: DataType
  /** Whether a segment is used only if its result is the result of the whole model. */
  readonly ifResult: boolean
}
