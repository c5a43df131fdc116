import type { ColumnBatch } from '../records/index.ts'
import type { ModelFiles } from './files/index.ts'
import type { ValueType } from './value-type.ts'

/** The formats that a descriptor can name. Users may register others under names of their own. */
export type ModelFormat = 'ONNX' | 'TENSORFLOW' | 'TENSORFLOWSAVED' | 'PMML' | 'SERVICE' | 'MODULE' | (string & {})

/** An input of a model. `width` is the number of the record's fields that it takes: 1 for a scalar, n for a vector of n features. */
export interface ModelInput {
  /** As the model has it. */
  readonly name: string
  /** Of its values. */
  readonly type: ValueType
  /** undefined: any width (a dynamic dimension). */
  readonly width: number | undefined
  /** The dimensions of one record's values; undefined dimensions may have any size. Without it `[width]`, or any shape if that is not known. */
  readonly shape?: readonly (number | undefined)[] | undefined
  /** false: a record may lack it. */
  readonly required: boolean
}

/** An output of a model, as it is known before the model has run. */
export interface ModelOutput {
  /** As the model has it. */
  readonly name: string
  /** Of its values. */
  readonly type: ValueType
  /** The number of values for each record; undefined if it is known only after a run. */
  readonly width: number | undefined
  /** The dimensions of one record's values; undefined dimensions are known only after a run. Without it `[width]`. */
  readonly shape?: readonly (number | undefined)[] | undefined
  /** The classes that its values stand for, in order, if the model names them. */
  readonly classes?: readonly string[]
}

/** One output for all rows of a batch. Row r has the values [r * width, (r + 1) * width). `shape`: a row's dimensions; without it `[width]`. */
export type OutputColumn =
  | {
      readonly name: string
      readonly kind: 'number'
      readonly width: number
      readonly shape?: readonly number[] | undefined
      readonly values: ArrayLike<number>
      /** The exact values of 64-bit integer outputs, which a double may not represent. */
      readonly exact?: BigInt64Array | BigUint64Array
    }
  | {
      readonly name: string
      readonly kind: 'text'
      readonly width: number
      readonly shape?: readonly number[] | undefined
      readonly values: readonly string[]
    }

/** A model's results for a batch, row by row. Valid until the model's next `score`. */
export interface Scores {
  /** How many rows were scored. */
  readonly length: number
  /** A regression's value; a classifier's class if it is a number, otherwise the probability of that class; NaN if there is no result. */
  readonly score: Float64Array
  /** A classifier's predicted class; undefined for a regression. */
  readonly labels: readonly string[] | undefined
  /** 1 for each row without a result; undefined if every row has one. */
  readonly noResult: Uint8Array | undefined
  /** 1 for each row without outputs; without it the same as `noResult`. A row may have outputs from which no score follows. */
  readonly blank?: Uint8Array | undefined
  /** All that the model gives, in its order. */
  readonly outputs: readonly OutputColumn[]
}

/**
 * A model that is loaded and ready. Calls of `score` must not overlap: the next one starts after the last has settled. Those of a model that is shared
 * (`LoadedModels`) may.
 * A batch gives the same numbers as its rows scored one by one.
 */
export interface Model {
  /** As the factory has it. */
  readonly format: ModelFormat
  /** What it takes of a record. */
  readonly inputs: readonly ModelInput[]
  /** What it gives for a record. */
  readonly outputs: readonly ModelOutput[]
  /** Why the model scores records one by one: in a batch, results would depend on each other. Unset if it does not; may be set after some batches. */
  readonly oneByOne?: string | undefined
  /**
   * Scores the batch's rows; 0 rows are allowed. Throws SluiceError MODEL_INPUT_MISMATCH if the batch lacks an input
   * (`checkInputs` finds that out before a model takes over), MODEL_FAILED if the run itself fails.
   */
  score(batch: ColumnBatch): Scores | Promise<Scores>
  /** Frees the memory: native sessions are not garbage collected. A second call does nothing. */
  dispose(): Promise<void>
}

/** A model as it arrived: its bytes, and what its descriptor says about them. */
export interface ModelSource {
  /** The model: a file's content, an archive of files, or a location's text. */
  readonly bytes: Uint8Array
  /** The descriptor's format. The content decides: if it contradicts the descriptor, the model is refused and the error names both. */
  readonly format: ModelFormat | undefined
  /** The name of the output that holds the score; undefined: the model's first. */
  readonly output: string | undefined
  /** The files of a model that is a directory, if they are already known; otherwise `bytes` may be an archive of them. */
  readonly files?: ModelFiles | undefined
  /** The file of a model that is code, and the SHA-256 that was published of it. */
  readonly file?: { readonly path: string; readonly hash: Uint8Array } | undefined
}
