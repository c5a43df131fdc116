import type { ColumnSpec } from '../../records/column-batch.ts'
import type { ErrorCode } from '../../base/sluice-error.ts'
import type { ModelFormat, ModelInput, ModelOutput } from '../model.ts'
import type { GoldenRows } from './golden-rows.ts'
import type { PlainBatch, PlainScores } from './plain-batch.ts'

/** What a model's process is asked, one thing at a time: to load a model, then to score with it. */
export type GuardRequest =
  ({ readonly kind: 'load'; readonly keep: boolean } & LoadOrder) | { readonly kind: 'score'; readonly batch: PlainBatch }

/** A model to load. */
export interface LoadOrder {
  /** In this file, or else so many bytes follow on the standard input. */
  readonly path: string | undefined
  readonly size: number
  /** Formats and the modules of their loaders, in the order in which they are asked. */
  readonly loaders: readonly (readonly [format: ModelFormat, module: string])[]
  /** All formats, for people. */
  readonly supported: readonly ModelFormat[]
  /** As the descriptor has it. */
  readonly format: ModelFormat | undefined
  readonly output: string | undefined
  /** The data's fields. */
  readonly specs: readonly ColumnSpec[]
  readonly golden: GoldenRows | undefined
  /** A model above these is heavy. */
  readonly light: LightLimits
}

/** What a model may cost that runs beside the data, in the thread that processes it. */
export interface LightLimits {
  readonly bytes: number
  /** To construct it. */
  readonly constructMs: number
  /** To score 256 rows. */
  readonly runMs: number
}

/** What is known of a model without having it. */
export interface ModelFacts {
  readonly format: ModelFormat
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly oneByOne: string | undefined
}

/** `kept`: the process has the model and scores with it. Otherwise `compiled` is what a light one is constructed from, if its format has that. */
export interface LoadAnswer extends ModelFacts {
  readonly kept: boolean
  readonly compiled: unknown
}

export type GuardAnswer =
  | { readonly kind: 'loaded'; readonly answer: LoadAnswer }
  | { readonly kind: 'scores'; readonly scores: PlainScores }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
