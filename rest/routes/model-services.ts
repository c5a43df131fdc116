import type { ModelPublisher, ModelRegistry } from '../../serving/index.ts'

/** What the routes about models work with. Whoever makes it closes it. */
export interface ModelServices {
  readonly registry: ModelRegistry
  readonly publisher: ModelPublisher
  /** The store that keeps the models. */
  readonly store: string
  /** Most rows in one call of a model. */
  readonly maxBatch: number
}
