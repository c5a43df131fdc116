import type { ColumnSpec } from '../proto/column-batch.ts'
import { plainName } from '../proto/plain-name.ts'
import { SluiceError } from '../proto/sluice-error.ts'
import type { Model, ModelInput } from './model.ts'

/** One input of a model and the columns of the batch that it takes, in the order of its values. */
export interface MappedInput {
  readonly input: ModelInput
  readonly columns: readonly number[]
}

/** How a record's columns become a model's inputs. */
export interface FeatureMapping {
  readonly inputs: readonly MappedInput[]
}

/** One value of one input, for people: what it is taken from. */
export interface MappingRow {
  readonly input: string
  /** Which of the input's values; 0 for a scalar. */
  readonly index: number
  readonly type: ModelInput['type']
  /** The record's field; undefined: none, the input is optional. */
  readonly field: string | undefined
}

/**
 * Scalar inputs take the column of their name, else the first that has it but for case, spaces and underscores. A model whose one input is a vector of n takes
 * the record's number columns (text columns for a vector of text) in their order, when there are exactly n. An input of one value that is
 * the model's only one takes the record's only column, whatever their names. Columns that no input takes are ignored.
 * Throws SluiceError MODEL_INPUT_MISMATCH that lists what is missing and what there is.
 */
export function mapFeatures(inputs: readonly ModelInput[], specs: readonly ColumnSpec[]): FeatureMapping {
  const [only] = inputs
  if (inputs.length === 1 && only !== undefined && (only.width !== 1 || !hasNamed(only, specs))) {
    return { inputs: [{ input: only, columns: vectorColumns(only, specs) }] }
  }
  const vectors = inputs.filter(input => input.width !== 1)
  if (vectors.length > 0)
    throw mismatch(`of its ${inputs.length} inputs ${list(vectors)} take several fields: which ones cannot be told`, specs)
  return { inputs: namedColumns(inputs, specs) }
}

/** Throws SluiceError MODEL_INPUT_MISMATCH unless batches of these columns have what the model needs. */
export function checkInputs(model: Pick<Model, 'inputs'>, specs: readonly ColumnSpec[]): void {
  mapFeatures(model.inputs, specs)
}

/** The mapping, a row for each value that the model takes. */
export function explainMapping(mapping: FeatureMapping, specs: readonly ColumnSpec[]): MappingRow[] {
  return mapping.inputs.flatMap(({ input, columns }): MappingRow[] =>
    columns.length === 0
      ? [{ input: input.name, index: 0, type: input.type, field: undefined }]
      : columns.map((column, index) => ({ input: input.name, index, type: input.type, field: specs[column]?.name })),
  )
}

function hasNamed(input: ModelInput, specs: readonly ColumnSpec[]): boolean {
  return !input.required || specs.some(spec => plainName(spec.name) === plainName(input.name))
}

function kindOf(input: ModelInput): ColumnSpec['kind'] {
  return input.type === 'string' ? 'text' : 'number'
}

function vectorColumns(input: ModelInput, specs: readonly ColumnSpec[]): number[] {
  const kind = kindOf(input)
  const columns = specs.flatMap((spec, column) => (spec.kind === kind ? [column] : []))
  if (columns.length > 0 && (input.width === undefined || input.width === columns.length)) return columns
  if (input.width === 1) throw mismatch(`input ${input.name} is missing`, specs)
  throw mismatch(`input ${input.name} takes ${input.width ?? 'at least 1'} ${kind} fields, the record has ${columns.length}`, specs)
}

function namedColumns(inputs: readonly ModelInput[], specs: readonly ColumnSpec[]): MappedInput[] {
  const exactly = firstByName(specs, name => name)
  const plainly = firstByName(specs, plainName)
  const missing: ModelInput[] = []
  const wrong: string[] = []
  const mapped = inputs.map((input): MappedInput => {
    const column = exactly.get(input.name) ?? plainly.get(plainName(input.name))
    if (column === undefined) {
      if (input.required) missing.push(input)
      return { input, columns: [] }
    }
    if (specs[column]?.kind !== kindOf(input))
      wrong.push(`${input.name} should be a ${kindOf(input)}, the field ${specs[column]?.name} is a ${specs[column]?.kind}`)
    return { input, columns: [column] }
  })
  const faults = [...(missing.length > 0 ? [`missing: ${list(missing)}`] : []), ...wrong]
  if (faults.length > 0) throw mismatch(faults.join('; '), specs)
  return mapped
}

function firstByName(specs: readonly ColumnSpec[], nameOf: (name: string) => string): ReadonlyMap<string, number> {
  return new Map(specs.map(({ name }, column): [string, number] => [nameOf(name), column]).reverse())
}

function list(inputs: readonly ModelInput[]): string {
  return inputs.map(input => input.name).join(', ')
}

function mismatch(what: string, specs: readonly ColumnSpec[]): SluiceError {
  const fields = specs.map(spec => (spec.kind === 'text' ? `${spec.name} (text)` : spec.name)).join(', ')
  return new SluiceError(
    'MODEL_INPUT_MISMATCH',
    `the model and the records do not fit: ${what}; the records have: ${fields || 'no fields'}`,
  )
}
