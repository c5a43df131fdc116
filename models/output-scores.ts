import type { ModelOutput, OutputColumn, Scores } from './model.ts'
import { isFraction } from './value-type.ts'

/** A batch's outputs, and which of its rows could not be fed to the model. */
export interface BatchOutputs {
  readonly length: number
  readonly columns: readonly OutputColumn[]
  /** 1 for each row with a value that the input's type cannot represent. */
  readonly unfit: Uint8Array | undefined
}

type NumberOutput = Extract<OutputColumn, { kind: 'number' }>

/** A class's label, and the number that it is; NaN if it is none. */
interface Label {
  readonly text: string
  readonly number: number
}

/** Labels of classes that are small whole numbers are kept, so that none is made for each record. */
const keptLabels = 1024

/**
 * Derives scores and labels from a batch's outputs. The primary output decides: a single floating-point number is a regression's value; a single
 * text or integer is a classifier's class; several numbers stand for classes, and the largest one is the result. If they are all NaN, there is
 * no result; a regression's NaN is passed on.
 */
export class OutputScores {
  readonly #outputs: readonly ModelOutput[]
  readonly #primary: number
  /** The index of the output with a classifier's probabilities; -1 if there is none. */
  readonly #probabilities: number
  /** The outputs that each hold the probability of one class, by class; undefined if there are none. */
  readonly #classOutputs: ReadonlyMap<string, number> | undefined
  readonly #named: readonly string[] | undefined
  #score = new Float64Array(0)
  /** By the index of a class in the primary output. */
  readonly #labels: Label[] = []
  /** By the class itself, if it is a whole number below `keptLabels`. */
  readonly #numbers: Label[] = []

  /** `named`: the classes that the model's numbers stand for, if the outputs do not name them. */
  constructor(outputs: readonly ModelOutput[], primary: number, named?: readonly string[]) {
    this.#named = named
    this.#outputs = outputs
    this.#primary = primary
    this.#probabilities = outputs.findIndex((output, at) => at !== primary && isFraction(output.type))
    this.#classOutputs = outputs[primary]?.type === 'string' ? classOutputs(outputs) : undefined
  }

  of({ length, columns, unfit }: BatchOutputs): Scores {
    if (this.#score.length < length) this.#score = new Float64Array(length)
    const rows = new Rows(length, this.#score.subarray(0, length), unfit)
    const primary = columns[this.#primary]
    if (length === 0 || primary === undefined) return rows.scores(columns)
    if (primary.width === 0) rows.noneAtAll()
    else if (primary.width > 1 && primary.kind === 'number') this.#largest(primary, rows)
    else if (isFraction(this.#outputs[this.#primary]?.type)) copyValues(primary as NumberOutput, rows)
    else this.#classes(primary, columns, rows)
    return rows.scores(columns)
  }

  #largest(column: NumberOutput, rows: Rows): void {
    const classes = this.#outputs[this.#primary]?.classes
    for (let row = 0; row < rows.length; row++) {
      const index = indexOfLargest(column, row)
      if (index < 0) rows.none(row)
      else {
        const label = (this.#labels[index] ??= asLabel(classes?.[index] ?? String(index)))
        rows.set(row, label, column.values[row * column.width + index] as number)
      }
    }
  }

  #classes(column: OutputColumn, columns: readonly OutputColumn[], rows: Rows): void {
    const probabilities = columns[this.#probabilities] as NumberOutput | undefined
    const named = probabilities !== undefined && this.#named?.length === probabilities.width ? this.#named : undefined
    const own = this.#outputs[this.#probabilities]?.classes
    for (let row = 0; row < rows.length; row++) {
      const label = this.#labelOf(column, row * column.width)
      if (probabilities === undefined || probabilities.width === 0) rows.set(row, label, NaN)
      else if (indexOfLargest(probabilities, row) < 0) rows.none(row)
      else {
        const classes = own ?? (named?.includes(label.text) === true ? named : undefined)
        rows.set(row, label, this.#classValue(label.text, columns, row) ?? probabilityOf(label.text, probabilities, row, classes))
      }
    }
  }

  #labelOf(column: OutputColumn, at: number): Label {
    const value = column.values[at]
    const kept = typeof value === 'number' && value >= 0 && value < keptLabels && Number.isInteger(value)
    return kept ? (this.#numbers[value] ??= asLabel(String(value))) : asLabel(textOf(column, at))
  }

  /** The probability of a class, if each class has an output of its own. */
  #classValue(label: string, columns: readonly OutputColumn[], row: number): number | undefined {
    const at = this.#classOutputs?.get(label)
    return at === undefined ? undefined : (columns[at]?.values[row] as number)
  }
}

/** Collects the rows' scores and labels. */
class Rows {
  readonly length: number
  readonly #score: Float64Array
  readonly #labels: string[] = []
  readonly #unfit: Uint8Array | undefined
  #noResult: Uint8Array | undefined

  constructor(length: number, score: Float64Array, unfit: Uint8Array | undefined) {
    this.length = length
    this.#score = score
    this.#unfit = unfit
    this.#noResult = unfit
  }

  /** Sets a class. A class that is a number is the score itself. */
  set(row: number, { text, number }: Label, probability: number): void {
    this.#labels[row] = text
    this.#score[row] = Number.isFinite(number) ? number : probability
  }

  setValue(row: number, value: number): void {
    this.#score[row] = value
  }

  none(row: number): void {
    if (this.#noResult === this.#unfit) this.#noResult = this.#unfit?.slice() ?? new Uint8Array(this.length)
    ;(this.#noResult as Uint8Array)[row] = 1
    this.#score[row] = NaN
    this.#labels[row] = ''
  }

  noneAtAll(): void {
    for (let row = 0; row < this.length; row++) this.none(row)
  }

  scores(outputs: readonly OutputColumn[]): Scores {
    const labels = this.#labels.length > 0 ? this.#labels : undefined
    for (let row = 0; row < this.length; row++) {
      if (this.#noResult?.[row] !== 1) continue
      this.#score[row] = NaN
      if (labels !== undefined) labels[row] = ''
    }
    const scores = { length: this.length, score: this.#score, labels, noResult: this.#noResult, outputs }
    return this.#noResult === this.#unfit ? scores : { ...scores, blank: this.#unfit ?? new Uint8Array(this.length) }
  }
}

function asLabel(text: string): Label {
  return { text, number: text.trim() === '' ? NaN : Number(text) }
}

/** A bigint is made only of what no number holds exactly. */
function textOf(column: OutputColumn, at: number): string {
  const value = column.values[at]
  if (column.kind === 'number' && column.exact !== undefined && !Number.isSafeInteger(value)) return String(column.exact[at])
  return String(value)
}

/** By class: outputs of one value named like the class; sklearn-onnx prefixes the name with an s (`zipmap='columns'`). */
function classOutputs(outputs: readonly ModelOutput[]): ReadonlyMap<string, number> | undefined {
  const single = [...outputs.entries()].filter(([, output]) => output.width === 1 && isFraction(output.type))
  const prefixed = single.filter(([, { name }]) => name.startsWith('s')).map(([at, { name }]): [string, number] => [name.slice(1), at])
  return single.length < 2 ? undefined : new Map([...prefixed, ...single.map(([at, { name }]): [string, number] => [name, at])])
}

function copyValues({ values, width }: NumberOutput, rows: Rows): void {
  for (let row = 0; row < rows.length; row++) rows.setValue(row, values[row * width] as number)
}

/** The index of the largest value, the first of equals; -1 if all are NaN. */
function indexOfLargest({ values, width }: NumberOutput, row: number): number {
  let best = -1
  let largest = NaN
  for (let i = 0; i < width; i++) {
    const value = values[row * width + i] as number
    if (value > largest || (best < 0 && !Number.isNaN(value))) {
      best = i
      largest = value
    }
  }
  return best
}

/** By the class's name if the names are known, otherwise the largest, which made the model choose the class. NaN if unknown. */
function probabilityOf(label: string, probabilities: NumberOutput, row: number, classes: readonly string[] | undefined): number {
  const { values, width } = probabilities
  if (classes !== undefined) {
    const at = classes.indexOf(label)
    return at < 0 || at >= width ? NaN : (values[row * width + at] as number)
  }
  return width === 1 ? NaN : (values[row * width + indexOfLargest(probabilities, row)] as number)
}
