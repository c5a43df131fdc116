import type { ModelPublisher, ModelRegistry } from '../../serving/index.ts'

/** What the routes about models work with. Whoever makes it closes it. */
export interface ModelServices {
  /** Every data type's models, to read and to score with. */
  readonly registry: ModelRegistry
  /** Writes models to the models topic. */
  readonly publisher: ModelPublisher
  /** The store that keeps the models. */
  readonly store: string
  /** Most rows in one call of a model. */
  readonly maxBatch: number
}
