import type { ModelPublisher, ModelRegistry } from '../../serving/index.ts'

/** The services behind the model routes. The caller that creates them closes them. */
export interface ModelServices {
  /** The models of all data types, for reading and scoring. */
  readonly registry: ModelRegistry
  /** Writes models to the models topic. */
  readonly publisher: ModelPublisher
  /** Name of the store that keeps the models. */
  readonly store: string
  /** Most rows in one call of a model. */
  readonly maxBatch: number
}
