import type { ModelOutput, OutputColumn, Scores } from '../../models/index.ts'
import { SluiceError } from '../../base/index.ts'
import { toJson } from '../output.ts'

/** Formats scores, one line per row. Rows are numbered from 0. */
export interface ScoreLines {
  /** The head line, if any. `scores`: those of the first batch; undefined if the model failed on it. */
  head(scores: Scores | undefined): string | undefined
  /** The lines of a batch whose first row has number `first`. */
  rows(scores: Scores, first: number): string[]
  /** The line of a row that could not be scored. */
  failed(row: number, message: string): string
}

/**
 * CSV: `row,score,label`, then one column per output value: `name` for a single value, `name(class)` if the classes are known, else `name[0]`, ….
 * Numbers have the fewest digits that give the same value (float32 outputs: the same float32). A row without a result has empty cells. The score cell is
 * also empty for a class that is not a number and has no probability.
 */
export class CsvScoreLines implements ScoreLines {
  readonly #outputs: readonly ModelOutput[]
  readonly #number: (value: number) => string
  #widths: readonly number[] = []

  constructor(outputs: readonly ModelOutput[]) {
    this.#outputs = outputs
    this.#number = scoreNumber(outputs)
  }

  head(scores: Scores | undefined): string {
    this.#widths = this.#outputs.map(({ width, classes }, at) => scores?.outputs[at]?.width ?? width ?? classes?.length ?? 1)
    const names = this.#outputs.flatMap((output, at) => valueNames(output, this.#widths[at] as number))
    return ['row', 'score', 'label', ...names.map(quoted)].join(',')
  }

  rows(scores: Scores, first: number): string[] {
    const cells = scores.outputs.map((column, at) => this.#cells(column, at))
    return Array.from({ length: scores.length }, (_, row) => {
      if (scores.noResult?.[row] === 1) return this.failed(first + row)
      const label = scores.labels?.[row] ?? ''
      const score = scores.score[row] as number
      let line = `${first + row},${label !== '' && Number.isNaN(score) ? '' : this.#number(score)},${quoted(label)}`
      for (const [at, { width }] of scores.outputs.entries()) {
        const cell = cells[at] as (index: number) => string
        for (let i = row * width; i < (row + 1) * width; i++) line += `,${cell(i)}`
      }
      return line
    })
  }

  failed(row: number): string {
    return `${row},,${','.repeat(this.#widths.reduce((sum, width) => sum + width, 0))}`
  }

  #cells(column: OutputColumn, at: number): (index: number) => string {
    const { name, kind, width, values } = column
    if (width !== this.#widths[at])
      throw new SluiceError('MODEL_FAILED', `output ${name} has ${width} values per record, but had ${this.#widths[at]} before`)
    if (kind === 'text') return index => quoted(values[index] as string)
    const { exact } = column
    if (exact !== undefined) return index => String(exact[index])
    if (values instanceof Float32Array) return index => float32Text(values[index] as number)
    return isSingle(this.#outputs[at]?.type) ? index => singleText(values[index] as number) : index => String(values[index])
  }
}

/** JSON: one object per row, with the values of the outputs under their names. */
export class JsonScoreLines implements ScoreLines {
  head(): undefined {
    return undefined
  }

  rows({ length, score, labels, noResult, outputs }: Scores, first: number): string[] {
    return Array.from({ length }, (_, row) => {
      if (noResult?.[row] === 1) return toJson({ row: first + row, status: 'NO_RESULT', score: null })
      const named = outputs.map(({ name, width, ...column }) => {
        const values = column.kind === 'number' ? (column.exact ?? column.values) : column.values
        const own = Array.from({ length: width }, (__, at) => values[row * width + at])
        return [name, width === 1 ? own[0] : own] as const
      })
      return toJson({ row: first + row, status: 'OK', score: score[row], label: labels?.[row], outputs: Object.fromEntries(named) })
    })
  }

  failed(row: number, error: string): string {
    return toJson({ row, status: 'FAILED', score: null, error })
  }
}

function valueNames({ name, classes }: ModelOutput, width: number): string[] {
  if (width === 1) return [name]
  return Array.from({ length: width }, (_, at) => (classes?.length === width ? `${name}(${classes[at]})` : `${name}[${at}]`))
}

/** Scores are doubles, but those of a model with float32 and without float64 outputs are float32 values. */
function scoreNumber(outputs: readonly ModelOutput[]): (value: number) => string {
  const single = outputs.some(({ type }) => isSingle(type)) && !outputs.some(({ type }) => type === 'float64')
  return single ? singleText : String
}

/** Whether a float32 can hold every value of the floating-point type. */
function isSingle(type: ModelOutput['type'] | undefined): boolean {
  return type === 'float32' || type === 'float16'
}

/** Formats a double that may be a float32 value; other values are formatted as doubles. */
function singleText(value: number): string {
  return Math.fround(value) === value ? float32Text(value) : String(value)
}

/** The fewest digits, from 6 to 9, that give the same float32; 9 always do. */
function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits))
    if (Math.fround(rounded) === value) return String(rounded)
  }
  return String(Number(value.toPrecision(9)))
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
