import { SluiceError } from '../../base/index.ts'
import type { ModelOutput, OutputColumn, Scores } from '../model.ts'
import type { CompiledPmml } from './compile-pmml.ts'
import { isResult } from './contract/index.ts'
import type { ModelRunner } from './mining/index.ts'
import type { CompiledOutput } from './elements/index.ts'
import { outputType, type ResultField, resultFields } from './result-fields.ts'
import type { Row } from './expressions/index.ts'
import { castValue, formatValue } from './document/index.ts'

interface NumberOutput {
  readonly field: ResultField
  readonly slot: number
  readonly values: Float64Array
}

/** A text column. The label's column is the same array as the labels. */
interface TextOutput {
  readonly field: ResultField
  readonly values: string[]
}

interface Views {
  readonly length: number
  readonly capacity: number
  readonly score: Float64Array
  readonly outputs: readonly OutputColumn[]
}

/** Collects a batch's results. The arrays are reused for the next batch. */
export class PmmlScores {
  readonly outputs: readonly ModelOutput[]
  readonly #fields: readonly ResultField[]
  readonly #primary: ResultField
  readonly #runner: ModelRunner
  readonly #labels: readonly string[]
  /** The classes' labels as numbers; NaN for a label that is not a number. */
  readonly #classNumbers: Float64Array
  readonly #classifies: boolean
  /** Whether a row's result may be a number although the model has classes. */
  readonly #mixed: boolean
  #capacity = 0
  #length = 0
  #score = new Float64Array(0)
  #rowLabels: string[] = []
  #columns: { readonly numbers: readonly NumberOutput[]; readonly texts: readonly TextOutput[] } = { numbers: [], texts: [] }
  #noResult = new Uint8Array(0)
  #missing = false
  #views: Views = { length: -1, capacity: -1, score: this.#score, outputs: [] }

  constructor(compiled: CompiledPmml, runner: ModelRunner, output: string | undefined) {
    const { model, labels } = compiled
    this.#runner = runner
    this.#labels = labels
    this.#classNumbers = Float64Array.from(labels, numberOf)
    const [first = NaN] = runner.evaluator.probabilities
    const { prediction, shown } = resultFields(compiled, !Number.isNaN(first))
    this.#fields = shown
    this.outputs = shown.map(field => ({ name: field.name, type: outputType(field), width: 1 }))
    this.#primary = this.#find(output) ?? prediction
    this.#mixed = model.part.kind === 'mining' && model.part.mixed
    this.#classifies = this.#primary.slot === -1 ? model.classes.values.length > 0 || prediction.text : this.#primary.text
    this.#grow(16)
  }

  start(length: number): void {
    if (length > this.#capacity) this.#grow(length)
    this.#length = length
    if (this.#missing) this.#noResult.fill(0)
    this.#missing = false
    if (this.#rowLabels.length > length) this.#rowLabels.length = length
    for (const { values } of this.#columns.texts) if (values.length > length) values.length = length
  }

  /** Stores the row's result, which the runner and the slots hold. */
  set(at: number, row: Row): void {
    this.#setColumns(at, row)
    const { value, evaluator } = this.#runner
    const { slot, type } = this.#primary
    if (slot !== -1) return this.#setPrimary(at, row)
    if (!this.#classifies) {
      if (value !== value) return this.#noneAt(at)
      this.#score[at] = value
      return
    }
    if (this.#mixed && !this.#runner.isClass) {
      this.#rowLabels[at] = ''
      this.#score[at] = value
      return
    }
    const index = evaluator.value
    const known = this.#labels[index]
    const label = known ?? formatValue(type, value, row.symbols)
    this.#rowLabels[at] = label
    const number = known === undefined ? numberOf(label) : (this.#classNumbers[index] as number)
    this.#score[at] = number === number ? number : (evaluator.probabilities[index] ?? NaN)
  }

  /**
   * For each number column, the class whose probability it holds; undefined if the model has any other output besides its label.
   * `outputs`: the model's own outputs, which fill the slots.
   */
  classesOfColumns(outputs: readonly CompiledOutput[]): Int32Array | undefined {
    const { numbers, texts } = this.#columns
    if (this.#primary.slot !== -1 || !this.#classifies || texts.some(({ values }) => values !== this.#rowLabels)) return undefined
    if (
      this.#labels.length === 0 ||
      outputs.some(({ source, type, segment }) => segment !== undefined || source.feature !== 'probability' || type !== 'double')
    )
      return undefined
    const sources = new Map(outputs.map(({ slot, source }) => [slot, source]))
    const classes = numbers.map(({ slot }) => {
      if (slot < -1) return -2 - slot
      const source = sources.get(slot)
      return source?.feature === 'probability' ? source.classIndex : -1
    })
    const known = this.#runner.evaluator.probabilities.length
    return classes.some(index => index < 0 || index >= known) ? undefined : Int32Array.from(classes)
  }

  /** Stores the row's class and the probabilities, which start at `from`, one for each class. `classes`: from `classesOfColumns`. */
  setShares(
    at: number,
    index: number,
    given: { readonly classes: Int32Array; readonly shares: Float64Array; readonly from: number },
  ): void {
    const { classes, shares, from } = given
    const { numbers } = this.#columns
    for (let i = 0; i < numbers.length; i++) (numbers[i] as NumberOutput).values[at] = shares[from + (classes[i] as number)] as number
    this.#rowLabels[at] = this.#labels[index] as string
    const number = this.#classNumbers[index] as number
    this.#score[at] = number === number ? number : (shares[from + index] as number)
  }

  /** Stores that the row has no result. Its output fields are kept if they could be made (`row` is given). */
  none(at: number, row: Row | undefined): void {
    this.#noneAt(at)
    this.#setColumns(at, row)
  }

  finish(): Scores {
    const length = this.#length
    const { score, outputs } = this.#views.length === length && this.#views.capacity === this.#capacity ? this.#views : this.#view()
    return {
      length,
      score,
      labels: this.#classifies ? this.#rowLabels : undefined,
      noResult: this.#missing ? this.#noResult.subarray(0, length) : undefined,
      outputs,
    }
  }

  /** Views of the arrays at the batch's length, cached: views are not free, and batches often have the same length. */
  #view(): Views {
    const length = this.#length
    const numbers = new Map(this.#columns.numbers.map(({ field, values }) => [field, values]))
    const texts = new Map(this.#columns.texts.map(({ field, values }) => [field, values]))
    const outputs = this.#fields.map((field): OutputColumn => {
      const values = numbers.get(field)?.subarray(0, length)
      if (values !== undefined) return { name: field.name, kind: 'number', width: 1, values }
      return { name: field.name, kind: 'text', width: 1, values: texts.get(field) ?? [] }
    })
    this.#views = { length, capacity: this.#capacity, score: this.#score.subarray(0, length), outputs }
    return this.#views
  }

  #find(output: string | undefined): ResultField | undefined {
    if (output === undefined) return undefined
    const found = this.#fields.find(({ name }) => name === output)
    if (found !== undefined) return found
    const names = this.#fields.map(({ name }) => name).join(', ')
    throw new SluiceError('MODEL_LOAD_FAILED', `the model has no output ${output}; it has: ${names}`)
  }

  /** `row` undefined: the row has no outputs. */
  #setColumns(at: number, row: Row | undefined): void {
    const { numbers, texts } = this.#columns
    for (let i = 0; i < numbers.length; i++) {
      const { field, slot, values } = numbers[i] as NumberOutput
      values[at] =
        row === undefined ? NaN : slot >= 0 && field.within === undefined ? (row.values[slot] as number) : this.#valueOf(field, row)
    }
    for (let i = 0; i < texts.length; i++) {
      const { field, values } = texts[i] as TextOutput
      if (values === this.#rowLabels) continue
      const value = row === undefined ? NaN : this.#valueOf(field, row)
      values[at] = row === undefined || value !== value ? '' : this.#textOf(field, value, row)
    }
  }

  #valueOf({ slot, within }: ResultField, row: Row): number {
    if (within !== undefined && !isResult(this.#runner.evaluator, within)) return NaN
    if (slot >= 0) return row.values[slot] as number
    const { value, evaluator } = this.#runner
    if (slot === -1 || value !== value) return value
    return evaluator.probabilities[-2 - slot] as number
  }

  #textOf({ type, slot }: ResultField, value: number, row: Row): string {
    if (slot === -1 && this.#mixed && !this.#runner.isClass) return String(value)
    if (slot === -1 && this.#labels.length > 0) return this.#labels[this.#runner.evaluator.value] ?? ''
    return type === 'string' ? row.symbols.textOf(value) : formatValue(type, value, row.symbols)
  }

  #setPrimary(at: number, row: Row): void {
    const { slot, type, text } = this.#primary
    const value = this.#valueOf(this.#primary, row)
    if (value !== value) return this.#noneAt(at)
    if (!text) {
      this.#score[at] = value
      return
    }
    const label = row.symbols.textOf(castValue(type, 'string', { value, symbols: row.symbols }))
    this.#rowLabels[at] = label
    this.#score[at] = numberOf(label)
    if (slot < -1) this.#score[at] = value
  }

  #noneAt(at: number): void {
    this.#missing = true
    this.#noResult[at] = 1
    this.#score[at] = NaN
    if (this.#classifies) this.#rowLabels[at] = ''
  }

  #grow(length: number): void {
    this.#capacity = Math.max(length, 2 * this.#capacity)
    this.#score = new Float64Array(this.#capacity)
    this.#noResult = new Uint8Array(this.#capacity)
    this.#rowLabels = []
    const labelled = this.#classifies ? this.#fields.find(field => field.text && field.slot === this.#primary.slot) : undefined
    this.#columns = {
      numbers: this.#fields
        .filter(({ text }) => !text)
        .map(field => ({ field, slot: field.slot, values: new Float64Array(this.#capacity) })),
      texts: this.#fields.filter(({ text }) => text).map(field => ({ field, values: field === labelled ? this.#rowLabels : [] })),
    }
  }
}

function numberOf(label: string): number {
  return label.trim() === '' ? NaN : Number(label)
}
