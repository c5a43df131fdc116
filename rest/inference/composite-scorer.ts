import type { Model, ModelInput } from '../../models/index.ts'
import { type CompositeModel, type CompositeStep, outputPlaces, StepFailed } from '../../serving/index.ts'
import type { ColumnSpec } from '../../records/index.ts'
import { FieldRows } from './field-rows.ts'
import type { ModelBatcher, RowOutputs, Rows } from './model-batcher.ts'
import type { Tensor } from './tensor.ts'

/**
 * Scores requests with the two models of a composite, as records are scored. Each step has the batcher of its model, which requests for that model alone
 * use too: calls of a model never overlap.
 */
export class CompositeScorer {
  readonly model: CompositeModel
  readonly #rows: FieldRows
  readonly #joined: readonly ColumnSpec[]
  readonly #batcherOf: (model: Model) => ModelBatcher

  /** `fields`: those of the data type's records. Throws SluiceError MODEL_INPUT_MISMATCH. */
  constructor(model: CompositeModel, fields: readonly ColumnSpec[], batcherOf: (model: Model) => ModelBatcher) {
    this.model = model
    this.#joined = [...fields, ...model.takes]
    const [first, second] = model.steps
    this.#rows = new FieldRows([first.model, second.model], { fields, joined: this.#joined })
    this.#batcherOf = batcherOf
  }

  get inputs(): readonly ModelInput[] {
    return this.#rows.inputs
  }

  /** Throws SluiceError MODEL_INPUT_MISMATCH. */
  rowsOf(tensors: readonly Tensor[]): Rows {
    return this.#rows.rowsOf(tensors)
  }

  /** Throws StepFailed. */
  async score(rows: Rows): Promise<RowOutputs> {
    const [first, second] = this.model.steps
    const given = await this.#run(first, rows)
    const found = await this.#run(second, this.#join(rows, given))
    return { ...found, ...withoutResult(given, found), waitedMs: given.waitedMs + found.waitedMs }
  }

  async #run(step: CompositeStep, rows: Rows): Promise<RowOutputs> {
    try {
      return await this.#batcherOf(step.model).score(rows)
    } catch (error) {
      throw new StepFailed(step, error)
    }
  }

  #join({ length, columns }: Rows, given: RowOutputs): Rows {
    const [first] = this.model.steps
    try {
      const between = outputPlaces(given.outputs, this.model.takes).map(({ column, at }): Rows['columns'][number] => {
        const has = (row: number): boolean => given.noResult?.[row] !== 1
        const { width } = column
        if (column.kind === 'text')
          return { texts: Array.from({ length }, (_, row) => (has(row) ? column.values[row * width + at] : undefined)) }
        const values = Float64Array.from({ length }, (_, row) => (has(row) ? (column.values[row * width + at] as number) : NaN))
        const exact = column.exact
        return {
          values,
          exact: exact && BigInt64Array.from({ length }, (_, row) => BigInt.asIntN(64, exact[row * width + at] as bigint)),
        }
      })
      return { length, specs: this.#joined, columns: [...columns, ...between] }
    } catch (error) {
      throw new StepFailed(first, error)
    }
  }
}

/** A row without a result of the first has none of both. */
function withoutResult({ noResult: without, length }: RowOutputs, found: RowOutputs): Pick<RowOutputs, 'noResult' | 'blank'> {
  if (without === undefined) return found
  const marked = (flags: Uint8Array | undefined): Uint8Array =>
    Uint8Array.from({ length }, (_, row) => (without[row] === 1 ? 1 : (flags?.[row] ?? 0)))
  return { noResult: marked(found.noResult), blank: marked(found.blank) }
}
