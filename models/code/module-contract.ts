import { SluiceError } from '../../base/index.ts'
import type { ModelInput, ModelOutput } from '../model.ts'

/** What a module gives for one record: the value of its only output, or an object of values by output; undefined or null: there is no result. */
export type ModuleResult = number | string | boolean | null | undefined | Readonly<Record<string, unknown>>

/** A record as a module gets it: a value for each of its inputs; undefined: the record has none. */
export type ModuleRow = Readonly<Record<string, number | string | undefined>>

/** The inputs of all records: an array for each, with a value for each record; NaN and undefined: the record has none. */
export type ModuleColumns = Readonly<Record<string, Float64Array | readonly (string | undefined)[]>>

/** An input or output of a module. */
export interface ModuleField {
  /** Of an input: the name of a field of the records, see `ModelInput`. */
  readonly name: string
  /** Of its values; default `number`. */
  readonly type?: 'number' | 'text' | undefined
  /** Of an input: whether every record must have it; default true. */
  readonly required?: boolean | undefined
  /** Of an output: how many values it has for each record; default 1. */
  readonly width?: number | undefined
}

/** What the module exports as default, or what its `load()` returns. It has one of the two functions. */
export interface ModuleExport {
  /** What it takes of a record. */
  readonly inputs: readonly ModuleField[]
  /** The first is the score, unless the descriptor names another: a number is the value of a regression, a text the class of a classifier. */
  readonly outputs: readonly ModuleField[]
  /** A result for each row, in their order. */
  score?(rows: readonly ModuleRow[]): readonly ModuleResult[] | Promise<readonly ModuleResult[]>
  /** An array for each output, with `width` values for each record. */
  scoreColumns?(columns: ModuleColumns, length: number): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>
  /** Called when the model is no longer needed. */
  dispose?(): unknown
}

/** What a module said of itself, checked. */
export interface CheckedModule {
  readonly model: ModuleExport
  readonly inputs: readonly ModelInput[]
  readonly outputs: readonly (ModelOutput & { readonly width: number })[]
}

/** Throws SluiceError MODEL_LOAD_FAILED, which says what of the contract is missing. */
export function checkModule(exported: unknown): CheckedModule {
  if (!isObject(exported)) throw broken(`its model is ${exported === null ? 'null' : `of type ${typeof exported}`}, not an object`)
  const model = exported as unknown as ModuleExport
  const functions = ['score', 'scoreColumns'].map(name => exported[name]).filter(each => each !== undefined)
  if (functions.length !== 1 || typeof functions[0] !== 'function')
    throw broken('its model must have one of the functions score(rows) and scoreColumns(columns, length)')
  const inputs = fields(model.inputs, 'inputs').map(({ name, type, required = true }): ModelInput => ({
    name,
    type: type === 'text' ? 'string' : 'float64',
    width: 1,
    required,
  }))
  const outputs = fields(model.outputs, 'outputs').map(({ name, type, width = 1 }) => {
    if (!Number.isInteger(width) || width < 1 || width > 65_536) throw broken(`the width of output ${name} is ${String(width)}`)
    return { name, type: type === 'text' ? ('string' as const) : ('float64' as const), width }
  })
  if (outputs.length === 0) throw broken('its model has no outputs')
  return { model, inputs, outputs }
}

function fields(given: unknown, what: string): readonly ModuleField[] {
  if (!Array.isArray(given)) throw broken(`its model has no list of ${what}`)
  const names = new Set<string>()
  for (const field of given as readonly unknown[]) {
    const { name, type = 'number', required = true } = isObject(field) ? field : {}
    if (typeof name !== 'string' || name === '') throw broken(`one of its ${what} has no name`)
    if (names.has(name)) throw broken(`${name} is twice among its ${what}`)
    if (type !== 'number' && type !== 'text') throw broken(`the type of ${name} is ${JSON.stringify(type)}; allowed: number, text`)
    if (typeof required !== 'boolean') throw broken(`required of ${name} is neither true nor false`)
    names.add(name)
  }
  return given as readonly ModuleField[]
}

function broken(why: string): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the module does not keep the contract of a model: ${why}`)
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
