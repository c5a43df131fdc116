import { type ModelInput, mapFeatures } from '../../models/index.ts'
import { type ColumnSpec, type CsvOutline, NameFinder, wineRecordReader } from '../../records/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'

/** The fields of WineRecord: the default columns of a file without a header. */
const wineFields = wineRecordReader().specs.map(spec => spec.name)

/** The columns of a file that a model takes. */
export interface ScoreColumns {
  /** Name and kind of each column. */
  readonly specs: readonly ColumnSpec[]
  /** For each of them, the index of the column in the file. */
  readonly places: readonly number[]
}

/** A column that the model may take. */
interface Candidate {
  readonly name: string
  readonly place: number
}

/**
 * Returns the columns of a file that the inputs of a model take. Named inputs take the columns of the same names. A single vector takes the
 * columns of `fields`, else those of WineRecord's fields if the file has all of them and their number fits, else all columns, whose number must
 * then be that of the vector's values. Without a header the columns are `fields`, else WineRecord's fields in order, else, if these do not
 * fit, columns by position.
 * Throws SluiceError MODEL_INPUT_MISMATCH, with the missing and the existing columns, and CONFIG_INVALID for `fields` that the header does not have.
 */
export function scoreColumns(inputs: readonly ModelInput[], outline: CsvOutline, fields: readonly string[] | undefined): ScoreColumns {
  const found = candidates(inputs, outline, fields)
  const kindOf = kindFinder(
    inputs,
    found.map(({ name }) => name),
  )
  const specs = found.map(({ name }): ColumnSpec => ({ name, kind: kindOf(name) }))
  try {
    const columns = mapFeatures(inputs, specs).inputs.flatMap(mapped => mapped.columns)
    if (columns.length === 0 && inputs.length > 0)
      throw new SluiceError(
        'MODEL_INPUT_MISMATCH',
        `no column has the name of an input of the model (${namesOf(inputs)}); columns: ${namesOf(specs)}`,
      )
    const taken = [...new Set(columns)]
    return { specs: taken.map(at => specs[at] as ColumnSpec), places: taken.map(at => (found[at] as Candidate).place) }
  } catch (error) {
    const hint = outline.header === undefined ? 'the file has no header: name its columns' : 'name the columns to take'
    throw new SluiceError('MODEL_INPUT_MISMATCH', `${messageOf(error)} (${hint} with --fields a,b,…)`, { cause: error })
  }
}

/** The columns that the model may take, in the order in which a vector takes them. */
function candidates(
  inputs: readonly ModelInput[],
  { header, width }: CsvOutline,
  fields: readonly string[] | undefined,
): readonly Candidate[] {
  const vector = vectorOf(inputs)
  if (header !== undefined) {
    if (fields !== undefined) return fieldsOf(header, fields)
    const wine = vector !== undefined && takesWine(vector) ? wineColumns(header) : undefined
    return wine ?? header.map((name, place) => ({ name, place }))
  }
  if (fields !== undefined) return inOrder(fields)
  const wine = width >= wineFields.length && (vector === undefined || takesWine(vector))
  return inOrder(wine ? wineFields : Array.from({ length: vector?.width ?? width }, (_, at) => `column ${at + 1}`))
}

function inOrder(names: readonly string[]): readonly Candidate[] {
  return names.map((name, place) => ({ name, place }))
}

/** The columns of WineRecord's fields; undefined unless the file has each of them. */
function wineColumns(header: readonly string[]): readonly Candidate[] | undefined {
  const finder = new NameFinder(header, wineFields)
  const places = wineFields.flatMap(name => finder.find(name))
  return places.length === wineFields.length && new Set(places).size === places.length
    ? wineFields.map((name, at) => ({ name, place: places[at] as number }))
    : undefined
}

function fieldsOf(header: readonly string[], fields: readonly string[]): readonly Candidate[] {
  const finder = new NameFinder(header, fields)
  const found = fields.map(name => [name, finder.find(name)] as const)
  const absent = found.filter(([, places]) => places.length === 0).map(([name]) => name)
  if (absent.length > 0)
    throw new SluiceError('CONFIG_INVALID', `--fields ${absent.join(', ')}: no such column; the file has: ${header.join(', ')}`)
  return found.map(([name, [place = 0, ...others]]) => {
    if (others.length === 0) return { name, place }
    const names = [place, ...others].map(at => JSON.stringify(header[at])).join(', ')
    throw new SluiceError('CONFIG_INVALID', `--fields ${name} matches several columns: ${names}`)
  })
}

/** The only input of a model, if it is not a single value. */
function vectorOf(inputs: readonly ModelInput[]): ModelInput | undefined {
  return inputs.length === 1 && inputs[0]?.width !== 1 ? inputs[0] : undefined
}

function takesWine({ width, type }: ModelInput): boolean {
  return type !== 'string' && (width === undefined || width === wineFields.length)
}

/** Returns the function that finds the kind of a column from the input of its name, or from the vector whose element it names. */
function kindFinder(inputs: readonly ModelInput[], columns: readonly string[]): (name: string) => ColumnSpec['kind'] {
  const vectors = inputs.filter(({ width }) => width !== 1)
  const rest = vectors.length === 1 ? vectors[0] : undefined
  const finder = new NameFinder(
    inputs.map(({ name }) => name.replace(/:\d+$/, '')),
    columns,
  )
  const inputOf = (name: string): ModelInput | undefined => {
    const [plain] = finder.find(name)
    const [at] = plain === undefined ? finder.find(name, 'bare') : [plain]
    return at === undefined ? undefined : inputs[at]
  }
  return name => {
    const input = inputs.length === 1 ? inputs[0] : (inputOf(name) ?? inputOf(name.replace(/\[\d+\]$|_?\d+$/, '')) ?? rest)
    return input?.type === 'string' ? 'text' : 'number'
  }
}

function namesOf(things: readonly { readonly name: string }[]): string {
  return things.map(thing => thing.name).join(', ')
}
