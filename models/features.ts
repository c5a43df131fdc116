import type { ColumnSpec } from '../records/column-batch.ts'
import { NameFinder } from '../records/name-finder.ts'
import { SluiceError } from '../base/sluice-error.ts'
import type { FeatureMapping } from './feature-mapping.ts'
import type { Model, ModelInput } from './model.ts'
import { areTensors, mapTensors } from './tensor-mapping.ts'

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
 * Scalar inputs take the column of their very name, else the one that has it but for case, spaces and underscores, else the one of the same letters
 * and digits (converters change the others; the `:0` that TensorFlow ends names with does not count). A column of one input's very name is no
 * other's; where several columns can be meant, or one column is meant by several inputs, nothing is chosen. A vector of n takes the columns that
 * are named as its elements (`name[0]`, `name_0` or `name0`), when there is one for each (one of any width: as many as there are; beside other
 * inputs also the one of its own name); else it takes the record's number columns (text columns for a vector of text) that no other input takes, in their order, when there are exactly n: at most one vector of a model can. An input of one value
 * that is the model's only one takes the record's only column, whatever their names. Columns that no input takes are ignored.
 * Columns of tensors (`ColumnSpec.tensor`) go to the inputs of the tensors' names, and nothing else.
 * Throws SluiceError MODEL_INPUT_MISMATCH that lists what is missing or ambiguous, and what there is.
 */
export function mapFeatures(inputs: readonly ModelInput[], specs: readonly ColumnSpec[]): FeatureMapping {
  if (areTensors(specs)) return mapTensors(inputs, specs)
  const find = columnFinder(inputs, specs)
  const vectors = inputs.filter(input => input.width !== 1 || (inputs.length === 1 && input.required && find(input.name) === undefined))
  const elements = new Map(vectors.map(input => [input, elementColumns(input, specs, find) ?? ownColumn(input, specs, inputs.length)]))
  const unnamed = vectors.filter(input => elements.get(input) === undefined)
  if (unnamed.length > 1) {
    const how = `name the fields ${unnamed[0]?.name}[0], ${unnamed[0]?.name}[1], …`
    throw mismatch(
      `of its ${inputs.length} inputs ${list(unnamed)} take several fields, and the field names do not say which; ${how}`,
      specs,
    )
  }
  const scalars = namedColumns(
    inputs.filter(input => !elements.has(input)),
    { specs, find },
  )
  const named = new Map([...elements, ...scalars])
  refuseShared(named, specs)
  const taken = new Set([...named.values()].flatMap(columns => columns ?? []))
  const columnsOf = (input: ModelInput): readonly number[] =>
    named.get(input) ?? restColumns(input, specs, inputs.length === 1 ? undefined : taken)
  return { inputs: inputs.map(input => ({ input, columns: columnsOf(input) })) }
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

/** Finds the column for any of some names that mean the same; undefined: there is none. Throws when there are several. */
type ColumnFinder = (...names: readonly string[]) => number | undefined

function columnFinder(inputs: readonly ModelInput[], specs: readonly ColumnSpec[]): ColumnFinder {
  const finder = new NameFinder(
    specs.map(({ name }) => name),
    inputs.flatMap(({ name }) => [name, withoutPort(name)]),
  )
  return (...given) => {
    const names = [...new Set(given.flatMap(name => [name, withoutPort(name)]))]
    const ways = [
      ...names.map(name => () => finder.exactly(name)),
      ...names.map(name => () => finder.alike(name, 'plain')),
      ...names.map(name => () => finder.alike(name, 'bare')),
    ]
    for (const way of ways) {
      const [column, ...others] = way()
      if (others.length === 0 && column === undefined) continue
      if (others.length === 0) return column
      const fields = [column as number, ...others].map(at => JSON.stringify(specs[at]?.name)).join(', ')
      throw mismatch(`input ${given[0]} matches several fields, ${fields}: give one of them exactly the input's name`, specs)
    }
    return undefined
  }
}

function withoutPort(name: string): string {
  return name.replace(/:\d+$/, '')
}

/** A column that two inputs would take by a name that is like theirs is the one or the other. */
function refuseShared(named: ReadonlyMap<ModelInput, readonly number[] | undefined>, specs: readonly ColumnSpec[]): void {
  const takers = new Map<number, string>()
  for (const [input, columns = []] of named) {
    for (const column of columns) {
      const other = takers.get(column)
      if (other !== undefined)
        throw mismatch(
          `field ${specs[column]?.name} matches the inputs ${other} and ${input.name}: give the fields exactly the names of the inputs`,
          specs,
        )
      takers.set(column, input.name)
    }
  }
}

function kindOf(input: ModelInput): ColumnSpec['kind'] {
  return input.type === 'string' ? 'text' : 'number'
}

/** The columns that bear the names of a vector's elements; undefined unless each of them has one of its kind. */
function elementColumns(input: ModelInput, specs: readonly ColumnSpec[], find: ColumnFinder): readonly number[] | undefined {
  const { name, width } = input
  if (width === 1) return undefined
  const columns: number[] = []
  for (let at = 0; at < (width ?? specs.length); at++) {
    const column = find(`${name}[${at}]`, `${name}_${at}`, `${name}${at}`)
    if (column === undefined || specs[column]?.kind !== kindOf(input)) break
    columns.push(column)
  }
  return columns.length === 0 || columns.length < (width ?? 1) ? undefined : columns
}

/** Of several inputs one of any width may be one value: the column of exactly its name. */
function ownColumn(input: ModelInput, specs: readonly ColumnSpec[], inputs: number): readonly number[] | undefined {
  if (inputs === 1 || input.width !== undefined) return undefined
  const column = specs.findIndex(({ name, kind }) => name === input.name && kind === kindOf(input))
  return column < 0 ? undefined : [column]
}

/** All columns of the input's kind but those that others take; `taken` is undefined when there are no others. */
function restColumns(input: ModelInput, specs: readonly ColumnSpec[], taken: ReadonlySet<number> | undefined): number[] {
  const kind = kindOf(input)
  const columns = specs.flatMap((spec, column) => (spec.kind === kind && taken?.has(column) !== true ? [column] : []))
  if (columns.length > 0 && (input.width === undefined || input.width === columns.length)) return columns
  if (input.width === 1) throw mismatch(`input ${input.name} is missing`, specs)
  const beside = taken === undefined ? '' : ' that no other input takes'
  throw mismatch(
    `input ${input.name} takes ${input.width ?? 'at least 1'} ${kind} fields, the record has ${columns.length}${beside}`,
    specs,
  )
}

/** The column of each input; none for an optional one that there is not. */
function namedColumns(
  inputs: readonly ModelInput[],
  { specs, find }: { readonly specs: readonly ColumnSpec[]; readonly find: ColumnFinder },
): [ModelInput, readonly number[]][] {
  const missing: ModelInput[] = []
  const wrong: string[] = []
  const mapped = inputs.map((input): [ModelInput, readonly number[]] => {
    const column = find(input.name)
    if (column === undefined) {
      if (input.required) missing.push(input)
      return [input, []]
    }
    if (specs[column]?.kind !== kindOf(input))
      wrong.push(`${input.name} should be a ${kindOf(input)}, the field ${specs[column]?.name} is a ${specs[column]?.kind}`)
    return [input, [column]]
  })
  const faults = [...(missing.length > 0 ? [`missing: ${list(missing)}`] : []), ...wrong]
  if (faults.length > 0) throw mismatch(faults.join('; '), specs)
  return mapped
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
