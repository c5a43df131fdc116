import type { ModelInput } from './model.ts'

/** An input of a model and the columns of the batch that fill it, in the order of its values. */
export interface MappedInput {
  /** The input. */
  readonly input: ModelInput
  /** Indexes of the batch's columns. */
  readonly columns: readonly number[]
  /** The dimensions of one record's values; set if the columns are those of a tensor. */
  readonly shape?: readonly number[]
}

/** How a record's columns become a model's inputs. */
export interface FeatureMapping {
  /** One for each of the model's inputs, in its order. */
  readonly inputs: readonly MappedInput[]
}
