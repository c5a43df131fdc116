import type { ColumnSpec } from '../../records/index.ts'
import type { ErrorCode } from '../../base/index.ts'
import type { ModelFormat, ModelInput, ModelOutput } from '../model.ts'
import type { GoldenRows } from './golden-rows.ts'
import type { PlainBatch } from './plain-batch.ts'
import type { PlainScores } from './plain-scores.ts'

/** The file of a model's process for batches and their scores. */
export const framesFile = 4

/** A request to a model's process: to load a model, or to score with it. Requests do not overlap. */
export type GuardRequest =
  ({ readonly kind: 'load'; readonly keep: boolean } & LoadOrder) | { readonly kind: 'score'; readonly batch: PlainBatch }

/** The first message of a model's process, before any model is there. */
export interface ReadyMessage {
  readonly kind: 'ready'
  readonly pid: number
}

/** A model to load. */
export interface LoadOrder {
  /** The file with the model, or the number of bytes that follow on standard input. */
  readonly path: string | undefined
  readonly size: number
  /** SHA-256 of the model. */
  readonly hash: Uint8Array
  /** The formats and the modules of their loaders, in the order in which they are asked. */
  readonly loaders: readonly (readonly [format: ModelFormat, module: string])[]
  /** The names of all formats, for messages. */
  readonly supported: readonly ModelFormat[]
  /** The descriptor's format. */
  readonly format: ModelFormat | undefined
  readonly output: string | undefined
  /** The fields of the data records. */
  readonly specs: readonly ColumnSpec[]
  readonly golden: GoldenRows | undefined
  /** Whether its process only starts again: it is loaded, and not tried. */
  readonly tried: boolean
  /** A model that exceeds these is heavy. */
  readonly light: LightLimits
}

/** Limits for a model that runs in the thread that processes the data. */
export interface LightLimits {
  /** The largest model that may be light, bytes. */
  readonly bytes: number
  /** Time to construct it, ms. */
  readonly constructMs: number
  /** Time to score 256 rows, ms. */
  readonly runMs: number
}

/** What is known about a model without loading it. */
export interface ModelFacts {
  readonly format: ModelFormat
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly oneByOne: string | undefined
}

/** `kept`: the process keeps the model and scores with it. Otherwise `compiled` is what a light model is constructed from, if its format has two halves. */
export interface LoadAnswer extends ModelFacts {
  readonly kept: boolean
  readonly compiled: unknown
  /** The time of 256 made-up rows in one call, ms; Infinity: not known. */
  readonly runMs: number
}

export type GuardAnswer =
  | { readonly kind: 'loaded'; readonly answer: LoadAnswer }
  | { readonly kind: 'scores'; readonly scores: PlainScores }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
