import type { ColumnBatch, NumberColumn, TextColumn } from '../../records/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import { mapFeatures } from '../features.ts'
import type { Model, ModelInput, ModelOutput, OutputColumn, Scores } from '../model.ts'
import { ModelDisposed } from '../model-disposed.ts'
import { OutputScores } from '../output-scores.ts'
import { type CheckedModule, isObject, type ModuleResult, type ModuleRow } from './module-contract.ts'

/** The values of one output, for all rows. */
type Values = Float64Array | string[]

/** A model whose scores a module computes. What the module throws, or returns against its word, is MODEL_FAILED. */
export class ModuleModel implements Model {
  readonly format = 'MODULE'
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly ModelOutput[]
  readonly #module: CheckedModule
  readonly #scores: OutputScores
  #disposed: Promise<void> | undefined

  /** Throws SluiceError MODEL_LOAD_FAILED if the module has no output of that name. */
  constructor(module: CheckedModule, output: string | undefined) {
    this.#module = module
    this.inputs = module.inputs
    this.outputs = module.outputs
    const primary = output === undefined ? 0 : module.outputs.findIndex(({ name }) => name === output)
    if (primary < 0)
      throw new SluiceError(
        'MODEL_LOAD_FAILED',
        `the module has no output ${output}; it has: ${module.outputs.map(({ name }) => name).join(', ')}`,
      )
    this.#scores = new OutputScores(module.outputs, primary)
  }

  async score(batch: ColumnBatch): Promise<Scores> {
    if (this.#disposed !== undefined) throw new ModelDisposed()
    const { model } = this.#module
    const given = this.#inputColumns(batch)
    const empty = new Uint8Array(batch.length)
    let columns: readonly OutputColumn[]
    try {
      columns =
        model.score === undefined
          ? this.#ofColumns(await model.scoreColumns?.(columnsOf(given, batch.length), batch.length), batch.length)
          : this.#ofRows(await model.score(rowsOf(given, batch.length)), batch.length, empty)
    } catch (error) {
      if (error instanceof SluiceError) throw error
      throw new SluiceError('MODEL_FAILED', `the module threw: ${messageOf(error)}`, { cause: error })
    }
    return this.#scores.of({ length: batch.length, columns, unfit: empty.includes(1) ? empty : undefined })
  }

  dispose(): Promise<void> {
    this.#disposed ??= Promise.resolve().then(async () => {
      await this.#module.model.dispose?.()
    })
    return this.#disposed
  }

  #inputColumns(batch: ColumnBatch): ReadonlyMap<string, NumberColumn | TextColumn | undefined> {
    const { inputs } = mapFeatures(this.inputs, batch.specs)
    return new Map(inputs.map(({ input, columns: [at] }) => [input.name, at === undefined ? undefined : batch.columns[at]]))
  }

  /** `empty` gets a 1 for each row without a result. */
  #ofRows(results: readonly ModuleResult[], length: number, empty: Uint8Array): readonly OutputColumn[] {
    if (!Array.isArray(results)) throw failed(`score returned ${kindOf(results)}, not an array with a result for each row`)
    if (results.length !== length) throw failed(`score returned ${results.length} results for ${length} rows`)
    const { outputs } = this.#module
    const values = outputs.map(output => room(output, length))
    for (let row = 0; row < length; row++) {
      const result: unknown = (results as readonly unknown[])[row]
      if (result === null || result === undefined) empty[row] = 1
      else if (outputs.length === 1 && !isObject(result)) put(values[0] as Values, outputs[0] as Output, row, result)
      else if (isObject(result)) for (const [at, output] of outputs.entries()) put(values[at] as Values, output, row, result[output.name])
      else throw failed(`score returned ${kindOf(result)} for a row, not an object of its outputs ${this.#names()}`)
    }
    return values.map((each, at) => outputColumn(outputs[at] as Output, each))
  }

  #ofColumns(given: unknown, length: number): readonly OutputColumn[] {
    if (!isObject(given)) throw failed(`scoreColumns returned ${kindOf(given)}, not an object of its outputs ${this.#names()}`)
    return this.#module.outputs.map(output => {
      const values = given[output.name]
      if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && !(values instanceof DataView)))
        throw failed(`output ${output.name} is ${kindOf(values)}, not an array`)
      const list = values as unknown as ArrayLike<unknown>
      if (list.length !== length * output.width)
        throw failed(
          `output ${output.name} has ${list.length} values, not ${length * output.width}: ${output.width} for each of ${length} rows`,
        )
      const kept = room(output, length)
      for (let at = 0; at < list.length; at++) kept[at] = checked(list[at], output) as never
      return outputColumn(output, kept)
    })
  }

  #names(): string {
    return this.outputs.map(({ name }) => name).join(', ')
  }
}

type Output = CheckedModule['outputs'][number]

function room({ type, width }: Output, length: number): Values {
  return type === 'string' ? Array.from<string>({ length: length * width }).fill('') : new Float64Array(length * width).fill(NaN)
}

function put(values: Values, output: Output, row: number, result: unknown): void {
  const { name, width } = output
  if (width === 1) {
    values[row] = checked(result, output) as never
    return
  }
  if (!Array.isArray(result) && !ArrayBuffer.isView(result))
    throw failed(`output ${name} is ${kindOf(result)}, not an array of ${width} values`)
  const list = result as unknown as ArrayLike<unknown>
  if (list.length !== width) throw failed(`output ${name} has ${list.length} values, not ${width}`)
  for (let at = 0; at < width; at++) values[row * width + at] = checked(list[at], output) as never
}

/** The value, if it is of the output's type; true and false are numbers. */
function checked(value: unknown, { name, type }: Output): number | string {
  if (type === 'string' && typeof value === 'string') return value
  if (type !== 'string' && typeof value === 'number') return value
  if (type !== 'string' && typeof value === 'boolean') return value ? 1 : 0
  throw failed(`output ${name} is ${kindOf(value)}, not a ${type === 'string' ? 'text' : 'number'}`)
}

function outputColumn({ name, width }: Output, values: Values): OutputColumn {
  return values instanceof Float64Array ? { name, kind: 'number', width, values } : { name, kind: 'text', width, values }
}

function rowsOf(columns: ReadonlyMap<string, NumberColumn | TextColumn | undefined>, length: number): readonly ModuleRow[] {
  return Array.from({ length }, (_, row) => {
    const cells: Record<string, number | string | undefined> = {}
    for (const [name, column] of columns) cells[name] = column === undefined || isMissing(column, row) ? undefined : column.values[row]
    return cells
  })
}

function isMissing(column: NumberColumn | TextColumn, row: number): boolean {
  return column.kind === 'number' && column.missing[row] === 1
}

function columnsOf(columns: ReadonlyMap<string, NumberColumn | TextColumn | undefined>, length: number) {
  return Object.fromEntries(
    [...columns].map(([name, column]) => [
      name,
      column === undefined ? new Float64Array(length).fill(NaN) : column.values.slice(0, length),
    ]),
  )
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `of type ${typeof value}`
}

function failed(why: string): SluiceError {
  return new SluiceError('MODEL_FAILED', `the module does not keep its word: ${why}`)
}
