import type { ColumnBatch, ColumnSpec, NumberColumn, TextColumn } from '../../proto/column-batch.ts'
import { SluiceError, messageOf } from '../../proto/sluice-error.ts'
import { mapFeatures } from '../features.ts'
import type { Model, ModelInput, ModelOutput, ModelSource, Scores } from '../model.ts'
import { type CompiledPmml, compilePmml } from './compile-pmml.ts'
import { isDateText, parseDate } from './dates.ts'
import { type ModelRunner, modelRunner } from './model-runner.ts'
import { PmmlScores } from './pmml-scores.ts'
import { TreeBatch } from './tree-batch.ts'
import { Row, isNoResult } from './row.ts'
import type { InputField } from './scope.ts'
import { treat } from './treatments.ts'
import type { DataType } from './values.ts'

/** Loads a PMML document; throws SluiceError MODEL_LOAD_FAILED that names the element and its line. */
export async function loadPmmlModel(source: ModelSource): Promise<Model> {
  return pmmlModel(compilePmml(source.bytes), source.output)
}

/** The model of a compiled document: cheap. `output` is the one that holds the score; undefined: the prediction. */
export function pmmlModel(compiled: CompiledPmml, output?: string): Model {
  return new PmmlModel(compiled, output)
}

/** An input that the model takes from a batch, and what is done with it. */
interface Reader {
  readonly field: InputField
  /** -1: the records have no such field. */
  readonly column: number
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
  #readers: readonly Reader[] = []
  /** The batch's columns, by reader. */
  readonly #sources: (NumberColumn | TextColumn | undefined)[] = []
  /** The inputs of which any number is fine as it is. */
  #plain: readonly Reader[] = []
  #plainSlots = new Int32Array(0)
  readonly #plainSources: Float64Array[] = []
  readonly #firstToClear: number
  /** The quick way; undefined where there is none for this model. */
  readonly #tree: TreeBatch | undefined
  #disposed = false

  constructor(compiled: CompiledPmml, output: string | undefined) {
    this.#compiled = compiled
    this.#runner = modelRunner(compiled.model)
    this.#row = new Row(compiled.slots, compiled.texts, compiled.functions)
    // Where the model is not made of others, each run sets every output.
    const nested = compiled.model.part.kind === 'mining' || compiled.slots.some(slot => slot !== undefined)
    this.#firstToClear = nested ? compiled.inputs.length : compiled.slots.length
    this.#scores = new PmmlScores(compiled, this.#runner, output)
    this.#tree = TreeBatch.of(compiled, this.#scores)
    this.outputs = this.#scores.outputs
    this.inputs = compiled.inputs.map(({ name, type, required }) => ({ name, type: inputType(type), width: 1, required }))
  }

  score(batch: ColumnBatch): Scores {
    if (this.#disposed) throw new SluiceError('MODEL_FAILED', 'the model has been disposed of')
    if (batch.specs !== this.#specs) this.#map(batch.specs)
    const { length } = batch
    const scores = this.#scores
    this.#open(batch)
    scores.start(length)
    // Where another field is not taken as it is, its value may make the row invalid.
    const tree = this.#readers.length === 0 ? this.#tree : undefined
    if (tree === undefined) for (let row = 0; row < length; row++) this.#scoreRow(row)
    else {
      tree.open(this.#plainSlots, this.#plainSources)
      for (let row = 0; row < length; row++) if (!tree.score(row)) this.#scoreRow(row)
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
      row.start(this.#firstToClear)
      if (!this.#read(at)) this.#scores.none(at, undefined)
      else if (this.#runner.run(row)) this.#scores.set(at, row)
      else this.#scores.none(at, row)
    } catch (error) {
      if (!isNoResult(error)) throw new SluiceError('MODEL_FAILED', `the model failed: ${messageOf(error)}`, { cause: error })
      this.#scores.none(at, undefined)
    }
  }

  #map(specs: readonly ColumnSpec[]): void {
    const { inputs } = mapFeatures(this.inputs, specs)
    const readers = this.#compiled.inputs
      .map((field, at): Reader => ({ field, column: inputs[at]?.columns[0] ?? -1 }))
      .filter(({ field }) => field.used || !field.treatment.free)
    const isPlain = ({ field, column }: Reader): boolean =>
      field.treatment.free && specs[column]?.kind === 'number' && field.type !== 'float'
    this.#plain = readers.filter(isPlain)
    this.#plainSlots = Int32Array.from(this.#plain, ({ field }) => field.slot)
    this.#plainSources.length = this.#plain.length
    this.#readers = readers.filter(reader => !isPlain(reader))
    this.#sources.length = this.#readers.length
    this.#specs = specs
  }

  #open(batch: ColumnBatch): void {
    const plain = this.#plain
    for (let i = 0; i < plain.length; i++) this.#plainSources[i] = (batch.columns[(plain[i] as Reader).column] as NumberColumn).values
    const readers = this.#readers
    for (let i = 0; i < readers.length; i++) this.#sources[i] = batch.columns[(readers[i] as Reader).column]
  }

  /** Puts the row's fields into their slots; false: one of them is invalid, so that there is no result. */
  #read(at: number): boolean {
    const { values } = this.#row
    const slots = this.#plainSlots
    const sources = this.#plainSources
    for (let i = 0; i < slots.length; i++) values[slots[i] as number] = (sources[i] as Float64Array)[at] as number
    const readers = this.#readers
    for (let i = 0; i < readers.length; i++) {
      const { field } = readers[i] as Reader
      const source = this.#sources[i]
      const value =
        source === undefined ? NaN : source.kind === 'number' ? (source.values[at] as number) : this.#code(field, source.values[at])
      const treated = field.treatment.free ? (field.type === 'float' ? Math.fround(value) : value) : treat(field.treatment, value)
      if (treated === undefined) return false
      values[field.slot] = treated
    }
    return true
  }

  #code({ type }: InputField, text: string | undefined): number {
    if (text === undefined) return NaN
    return type === 'string' ? this.#row.symbols.codeOf(text) : parseDate(type, text)
  }
}

function inputType(type: DataType): ModelInput['type'] {
  if (type === 'string' || isDateText(type)) return 'string'
  if (type === 'boolean') return 'bool'
  if (type === 'float') return 'float32'
  return type === 'double' ? 'float64' : 'int64'
}
