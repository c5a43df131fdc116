import type { ColumnBatch, ColumnSpec } from '../../records/index.ts'
import { SluiceError, messageOf } from '../../base/index.ts'
import { mapFeatures } from '../features.ts'
import type { Model, ModelInput, ModelOutput, ModelSource, Scores } from '../model.ts'
import { ModelDisposed } from '../model-disposed.ts'
import { type CompiledPmml, compilePmml } from './compile-pmml.ts'
import { type DataType, isDateText } from './document/index.ts'
import { InputColumns } from './contract/index.ts'
import { type ModelRunner, modelRunner } from './mining/index.ts'
import { ForestBatch } from './forest-batch.ts'
import { PmmlScores } from './pmml-scores.ts'
import type { QuickBatch } from './quick-batch.ts'
import { TreeBatch } from './tree-batch.ts'
import { evaluate, Row, isNoResult } from './expressions/index.ts'

/** Loads a PMML document. Throws SluiceError MODEL_LOAD_FAILED, which names the element and its line. */
export async function loadPmmlModel(source: ModelSource): Promise<Model> {
  return pmmlModel(compilePmml(source.bytes), source.output)
}

/** Makes the model of a compiled document; this is cheap. `output` names the output that holds the score; undefined: the prediction. */
export function pmmlModel(compiled: CompiledPmml, output?: string): Model {
  return new PmmlModel(compiled, output)
}

class PmmlModel implements Model {
  readonly format = 'PMML'
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly #compiled: CompiledPmml
  readonly #runner: ModelRunner
  readonly #row: Row
  readonly #scores: PmmlScores
  #specs: readonly ColumnSpec[] | undefined
  readonly #columns = new InputColumns()
  readonly #firstToClear: number
  /** The faster way to score; undefined if this model has none. */
  readonly #quick: QuickBatch | undefined
  #disposed = false

  constructor(compiled: CompiledPmml, output: string | undefined) {
    this.#compiled = compiled
    this.#runner = modelRunner(compiled.model)
    this.#row = new Row(compiled, evaluate)
    // In a model without inner models, each run sets every output.
    const nested = compiled.model.part.kind === 'mining' || compiled.slots.some(slot => slot !== undefined)
    this.#firstToClear = nested ? compiled.inputs.length : compiled.slots.length
    this.#scores = new PmmlScores(compiled, this.#runner, output)
    this.#quick = TreeBatch.of(compiled, this.#scores) ?? ForestBatch.of(compiled, this.#runner, this.#scores)
    this.outputs = this.#scores.outputs
    this.inputs = compiled.inputs.map(({ name, type, required }) => ({ name, type: inputType(type), width: 1, required }))
  }

  score(batch: ColumnBatch): Scores {
    if (this.#disposed) throw new ModelDisposed()
    if (batch.specs !== this.#specs) this.#map(batch.specs)
    const { length } = batch
    const scores = this.#scores
    const columns = this.#columns
    columns.open(batch)
    scores.start(length)
    const quick = this.#quick
    if (quick?.open(columns)) {
      for (let row = 0; row < length; row++) if (!quick.score(row)) this.#scoreRow(row)
    } else {
      this.#runner.prepare(columns)
      for (let row = 0; row < length; row++) this.#scoreRow(row)
    }
    return scores.finish()
  }

  dispose(): Promise<void> {
    this.#disposed = true
    return Promise.resolve()
  }

  #scoreRow(at: number): void {
    const row = this.#row
    try {
      row.start(at, this.#firstToClear)
      if (!this.#columns.read(at, row)) this.#scores.none(at, undefined)
      else if (this.#runner.run(row)) this.#scores.set(at, row)
      else this.#scores.none(at, row)
    } catch (error) {
      if (!isNoResult(error)) throw new SluiceError('MODEL_FAILED', `the model failed: ${messageOf(error)}`, { cause: error })
      this.#scores.none(at, undefined)
    }
  }

  #map(specs: readonly ColumnSpec[]): void {
    const { inputs } = mapFeatures(this.inputs, specs)
    const columns = inputs.map(({ columns: [column] }) => column ?? -1)
    this.#columns.map(this.#compiled.inputs, columns, specs)
    this.#specs = specs
  }
}

function inputType(type: DataType): ModelInput['type'] {
  if (type === 'string' || isDateText(type)) return 'string'
  if (type === 'boolean') return 'bool'
  if (type === 'float') return 'float32'
  return type === 'double' ? 'float64' : 'int64'
}
