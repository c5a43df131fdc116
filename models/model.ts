import type { ColumnBatch } from '../records/column-batch.ts'
import type { ModelFiles } from './files/index.ts'
import type { ValueType } from './value-type.ts'

/** The formats that a descriptor can name; users may register others under their own names. */
export type ModelFormat = 'ONNX' | 'TENSORFLOW' | 'TENSORFLOWSAVED' | 'PMML' | 'SERVICE' | (string & {})

/** An input of a model. `width` is how many of the record's fields it takes: 1 for a scalar by name, n for one vector of n features. */
export interface ModelInput {
  readonly name: string
  readonly type: ValueType
  /** undefined: any width (a dynamic dimension). */
  readonly width: number | undefined
  /** The dimensions of one record's values, those that may be of any size undefined. Without it `[width]`, or any where that is not known either. */
  readonly shape?: readonly (number | undefined)[] | undefined
  readonly required: boolean
}

export interface ModelOutput {
  readonly name: string
  readonly type: ValueType
  /** Values a record; undefined: only known once it has run. */
  readonly width: number | undefined
  /** The dimensions of one record's values, those that are only known once it has run undefined. Without it `[width]`. */
  readonly shape?: readonly (number | undefined)[] | undefined
  /** The classes that its values stand for, in order, where the model names them. */
  readonly classes?: readonly string[]
}

/** One output for every row of a batch: row r has the values [r * width, (r + 1) * width). `shape`: their dimensions; `[width]` without it. */
export type OutputColumn =
  | {
      readonly name: string
      readonly kind: 'number'
      readonly width: number
      readonly shape?: readonly number[] | undefined
      readonly values: ArrayLike<number>
      /** The same values, where the model gives 64-bit whole numbers: a double may not hold them. */
      readonly exact?: BigInt64Array | BigUint64Array
    }
  | {
      readonly name: string
      readonly kind: 'text'
      readonly width: number
      readonly shape?: readonly number[] | undefined
      readonly values: readonly string[]
    }

/** What a model says of a batch, row by row. It stays valid until the model's next `score`. */
export interface Scores {
  readonly length: number
  /** A regression's value; a classifier's class where it is a number, else that class's probability; NaN where there is no result. */
  readonly score: Float64Array
  /** A classifier's predicted class; undefined for a regression. */
  readonly labels: readonly string[] | undefined
  /** 1 where the model has no result for the row; undefined when it has one for each. */
  readonly noResult: Uint8Array | undefined
  /** 1 where the outputs say nothing either; without it where `noResult` has it. A model may give outputs of which no score can be told. */
  readonly blank?: Uint8Array | undefined
  readonly outputs: readonly OutputColumn[]
}

/**
 * A model, loaded and ready. Calls do not overlap: the next `score` is made when the last has settled.
 * A batch gives the same numbers as its rows one by one.
 */
export interface Model {
  readonly format: ModelFormat
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  /** Why the model scores records one by one: what it gives for one would depend on those beside it. It may find that out with time. */
  readonly oneByOne?: string | undefined
  /**
   * Scores the batch's rows; 0 rows are allowed. Throws SluiceError MODEL_INPUT_MISMATCH when the batch lacks an input
   * (`checkInputs` tells so before a model takes over), MODEL_FAILED when the run itself fails.
   */
  score(batch: ColumnBatch): Scores | Promise<Scores>
  /** Gives the memory back: native sessions are not garbage collected. A second call does nothing. */
  dispose(): Promise<void>
}

/** A model as it arrived: its bytes, and what its descriptor says of them. */
export interface ModelSource {
  readonly bytes: Uint8Array
  /** As the descriptor has it. The content is what counts: a format that the content contradicts is refused, with both named. */
  readonly format: ModelFormat | undefined
  /** The output that holds the score; undefined: the model's first. */
  readonly output: string | undefined
  /** The files of a model that is a directory, where they are known already; else `bytes` may be an archive of them. */
  readonly files?: ModelFiles | undefined
}
