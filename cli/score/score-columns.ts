import { type ModelInput, mapFeatures } from '../../models/index.ts'
import type { ColumnSpec } from '../../proto/column-batch.ts'
import type { CsvOutline } from '../../proto/csv-rows.ts'
import { bareName, plainName } from '../../proto/plain-name.ts'
import { wineRecordReader } from '../../proto/protobuf-record-reader.ts'
import { messageOf, SluiceError } from '../../proto/sluice-error.ts'

/** WineRecord's fields: what a file without a header holds, unless it is said. */
const wineFields = wineRecordReader().specs.map(spec => spec.name)

/** What a model takes of a file. */
export interface ScoreColumns {
  /** The fields to read. Without a header that is every column's, since they count from the first. */
  readonly fields: readonly string[]
  /** The columns that the model takes. */
  readonly specs: readonly ColumnSpec[]
  /** For each of them, which of the fields it is. */
  readonly places: readonly number[]
}

/**
 * The columns of a file that a model's inputs take. Inputs with names take the columns of their
 * names. One vector takes the named fields, else WineRecord's where they are all there and fit, else all columns, which must then be as many as
 * it has values: which of more columns are meant is never guessed. Without a header the columns are the named fields, or WineRecord's, in
 * their order, or, where those do not fit, as many as the vector takes.
 * Throws SluiceError MODEL_INPUT_MISMATCH with what is missing and what there is.
 */
export function scoreColumns(inputs: readonly ModelInput[], outline: CsvOutline, fields: readonly string[] | undefined): ScoreColumns {
  const candidates = candidateNames(inputs, outline, fields).map((name): ColumnSpec => ({ name, kind: kindOf(name, inputs) }))
  try {
    const columns = mapFeatures(inputs, candidates).inputs.flatMap(mapped => mapped.columns)
    if (columns.length === 0 && inputs.length > 0)
      throw new SluiceError('MODEL_INPUT_MISMATCH', `none of the model's inputs (${namesOf(inputs)}) is a column: ${namesOf(candidates)}`)
    const taken = [...new Set(columns)]
    const specs = taken.map(column => candidates[column] as ColumnSpec)
    return outline.header === undefined
      ? { fields: candidates.map(({ name }) => name), specs, places: taken }
      : { fields: specs.map(({ name }) => name), specs, places: [...specs.keys()] }
  } catch (error) {
    const hint = outline.header === undefined ? 'the file has no header: name its columns' : 'name the columns to take'
    throw new SluiceError('MODEL_INPUT_MISMATCH', `${messageOf(error)} (${hint} with --fields a,b,…)`, { cause: error })
  }
}

/** What the model may take, by name, in the order that a vector takes them in. */
function candidateNames(
  inputs: readonly ModelInput[],
  { header, width }: CsvOutline,
  fields: readonly string[] | undefined,
): readonly string[] {
  const vector = vectorOf(inputs)
  if (header !== undefined) {
    const names = firstOfEach(header)
    if (fields !== undefined) return fieldsOf(names, fields)
    return vector !== undefined && takesWine(vector) && hasAll(names, wineFields) ? wineFields : names
  }
  if (fields !== undefined) return fields
  const wine = width >= wineFields.length && (vector === undefined || takesWine(vector))
  return wine ? wineFields : Array.from({ length: vector?.width ?? width }, (_, at) => `column ${at + 1}`)
}

function fieldsOf(header: readonly string[], fields: readonly string[]): readonly string[] {
  const absent = fields.filter(field => !hasAll(header, [field]))
  if (absent.length === 0) return fields
  throw new SluiceError('CONFIG_INVALID', `--fields ${absent.join(', ')}: no such column; the file has: ${header.join(', ')}`)
}

/** The input, when it is the only one and does not go by a field's name. */
function vectorOf(inputs: readonly ModelInput[]): ModelInput | undefined {
  return inputs.length === 1 && inputs[0]?.width !== 1 ? inputs[0] : undefined
}

function takesWine({ width, type }: ModelInput): boolean {
  return type !== 'string' && (width === undefined || width === wineFields.length)
}

function kindOf(name: string, inputs: readonly ModelInput[]): ColumnSpec['kind'] {
  const vectors = inputs.filter(({ width }) => width !== 1)
  const rest = vectors.length === 1 ? vectors[0] : undefined
  const input = inputs.length === 1 ? inputs[0] : (inputOf(name, inputs) ?? rest)
  return input?.type === 'string' ? 'text' : 'number'
}

/** The input that goes by a column's name, or is a vector whose element it names. */
function inputOf(name: string, inputs: readonly ModelInput[]): ModelInput | undefined {
  const own = name.replace(/\[\d+\]$/, '')
  const alike = (nameOf: (name: string) => string): ModelInput | undefined =>
    inputs.find(input => nameOf(input.name.replace(/:\d+$/, '')) === nameOf(own))
  return alike(plainName) ?? alike(bareName)
}

function firstOfEach(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.findIndex(other => plainName(other) === plainName(name)) === at)
}

function hasAll(names: readonly string[], wanted: readonly string[]): boolean {
  const known = new Set(names.map(plainName))
  return wanted.every(name => known.has(plainName(name)))
}

function namesOf(things: readonly { readonly name: string }[]): string {
  return things.map(thing => thing.name).join(', ')
}
