import { type ColumnSpec, NameFinder } from '../records/index.ts'
import { SluiceError } from '../base/index.ts'
import type { FeatureMapping } from './feature-mapping.ts'
import type { Model, ModelInput } from './model.ts'
import { areTensors, mapTensors } from './tensor-mapping.ts'

/** Where one value of one input comes from, for display. */
export interface MappingRow {
  readonly input: string
  /** The index of the value within the input; 0 for a scalar. */
  readonly index: number
  readonly type: ModelInput['type']
  /** The record's field; undefined if an optional input has none. */
  readonly field: string | undefined
}

/**
 * Decides which columns each input takes. Columns that no input takes are ignored.
 * - A scalar input takes the column with its exact name; otherwise the one whose name differs only in case, spaces and underscores; otherwise
 *   the one with the same letters and digits (converters change other characters; the `:0` that ends TensorFlow's names is ignored). A column
 *   with the exact name of one input is never given to another. If several columns match, or one column matches several inputs, nothing is chosen.
 * - A vector of n values takes the columns named like its elements (`name[0]`, `name_0` or `name0`) if all n exist. A vector of any width takes
 *   as many as exist; beside other inputs it may also take the one column of its own name.
 * - Otherwise a vector takes, in order, the number columns (for a vector of text: the text columns) that no other input takes, if there are
 *   exactly n. At most one vector of a model can be filled this way.
 * - If the model's only input has one value and the records have one column, it takes that column, whatever the names.
 * - Columns of tensors (`ColumnSpec.tensor`) go to the inputs with the tensors' names, and to no others.
 * Throws SluiceError MODEL_INPUT_MISMATCH, which lists what is missing or ambiguous and which columns there are.
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

/** Throws SluiceError MODEL_INPUT_MISMATCH unless batches with these columns have all that the model needs. */
export function checkInputs(model: Pick<Model, 'inputs'>, specs: readonly ColumnSpec[]): void {
  mapFeatures(model.inputs, specs)
}

/** The mapping as rows, one for each value that the model takes. */
export function explainMapping(mapping: FeatureMapping, specs: readonly ColumnSpec[]): MappingRow[] {
  return mapping.inputs.flatMap(({ input, columns }): MappingRow[] =>
    columns.length === 0
      ? [{ input: input.name, index: 0, type: input.type, field: undefined }]
      : columns.map((column, index) => ({ input: input.name, index, type: input.type, field: specs[column]?.name })),
  )
}

/** Finds the column that matches any of these equivalent names; undefined if none does. Throws if several do. */
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

/** Throws if two inputs would take the same column by a similar name: it is not clear which one is meant. */
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

/** The columns named like a vector's elements; undefined unless each element has one of the right kind. */
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

/** Beside other inputs, an input of any width may stand for one value: the column with exactly its name. */
function ownColumn(input: ModelInput, specs: readonly ColumnSpec[], inputs: number): readonly number[] | undefined {
  if (inputs === 1 || input.width !== undefined) return undefined
  const column = specs.findIndex(({ name, kind }) => name === input.name && kind === kindOf(input))
  return column < 0 ? undefined : [column]
}

/** All columns of the input's kind that no other input takes; `taken` is undefined if there are no other inputs. */
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

/** The column of each input; none for an optional input without a column. */
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
