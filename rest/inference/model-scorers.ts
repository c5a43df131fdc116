import type { Model, ModelInput } from '../../models/index.ts'
import { CompositeModel, type OpenModel } from '../../serving/index.ts'
import { CompositeScorer } from './composite-scorer.ts'
import { InputRows } from './input-rows.ts'
import { ModelBatcher, type RowOutputs, type Rows } from './model-batcher.ts'
import type { Tensor } from './tensor.ts'

/** Scores the requests for one loaded model, or for the two of a composite. */
export interface ModelScorer {
  /** What a request gives. */
  readonly inputs: readonly ModelInput[]
  /** Throws SluiceError MODEL_INPUT_MISMATCH. */
  rowsOf(tensors: readonly Tensor[]): Rows
  /** Throws the errors of the model. */
  score(rows: Rows): Promise<RowOutputs>
}

/** The scorers of loaded models. Data types with the same model bytes share one loaded model, and so its batcher. */
export class ModelScorers {
  readonly #maxBatch: number
  readonly #batchers = new WeakMap<Model, ModelBatcher>()
  readonly #alone = new WeakMap<Model, ModelScorer>()
  /** By the first model: the composite that was asked for last. */
  readonly #composites = new WeakMap<Model, CompositeScorer>()

  /** `maxBatch`: most rows in one call of a model. */
  constructor(maxBatch: number) {
    this.#maxBatch = maxBatch
  }

  /** Throws SluiceError MODEL_INPUT_MISMATCH for a composite that does not take records of the fields. */
  of({ model, fields }: Pick<OpenModel, 'model' | 'fields'>): ModelScorer {
    return model instanceof CompositeModel ? this.#compositeOf(model, fields) : this.#aloneOf(model)
  }

  #aloneOf(model: Model): ModelScorer {
    const known = this.#alone.get(model)
    if (known !== undefined) return known
    const rows = new InputRows(model)
    const batcher = this.#batcherOf(model)
    const { inputs } = model
    const scorer: ModelScorer = { inputs, rowsOf: tensors => rows.rowsOf(tensors), score: given => batcher.score(given) }
    this.#alone.set(model, scorer)
    return scorer
  }

  /** Requests that one scorer has read are scored together: a composite is opened anew for each. */
  #compositeOf(model: CompositeModel, fields: OpenModel['fields']): ModelScorer {
    const [first, second] = model.steps
    const known = this.#composites.get(first.model)
    const isSame = known?.model.takes === model.takes && known.model.steps.every(({ key }, at) => key === model.steps[at]?.key)
    if (known !== undefined && isSame && known.model.steps[1].model === second.model) return known
    const scorer = new CompositeScorer(model, fields, each => this.#batcherOf(each))
    this.#composites.set(first.model, scorer)
    return scorer
  }

  #batcherOf(model: Model): ModelBatcher {
    const known = this.#batchers.get(model)
    if (known !== undefined) return known
    const batcher = new ModelBatcher(model, this.#maxBatch)
    this.#batchers.set(model, batcher)
    return batcher
  }
}
