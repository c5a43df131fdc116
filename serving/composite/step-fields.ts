import { mapFeatures, type Model, type ModelOutput } from '../../models/index.ts'
import { SluiceError } from '../../base/index.ts'
import { limits } from '../../base/limits/index.ts'
import type { ColumnSpec } from '../../records/index.ts'
import type { ModelField, ModelState } from '../../stores/index.ts'

/** The fields of a model that others take, and those that it takes of others. */
export interface StepFields {
  readonly gives: readonly ModelField[] | undefined
  readonly takes: readonly ModelField[] | undefined
}

/** Most values of all outputs of a record that can be fields. */
const mostFields = 4096

/** The outputs as fields: one of its own name for a single value, else `name[0]`, `name[1]`, …; undefined: how many there are is known only after a run, or they are too many, or one has too long a name. */
export function givenFields(outputs: readonly ModelOutput[]): readonly ModelField[] | undefined {
  const fields: ModelField[] = []
  for (const { name, type, width } of outputs) {
    const isLong = Buffer.byteLength(name) > limits.model_name.most
    if (width === undefined || fields.length + width > mostFields || isLong) return undefined
    const kind = type === 'string' ? 'text' : 'number'
    for (let at = 0; at < width; at++) fields.push({ name: fieldName(name, width, at), kind })
  }
  return fields
}

export function fieldName(output: string, width: number, at: number): string {
  return width === 1 ? output : `${output}[${at}]`
}

/** The fields that the newest version of that name gives beside those of the record. Throws MODEL_INPUT_MISMATCH. */
export function fieldsAfter(state: ModelState | undefined, after: string, specs: readonly ColumnSpec[]): readonly ModelField[] {
  const first = state?.versions.findLast(({ name, retired }) => name === after && retired === undefined)
  if (first === undefined) throw mismatch(`it is to take the outputs of the model "${after}", and no version in use has that name`)
  const { gives, takes, version } = first
  if (takes !== undefined) throw mismatch(`it is to take the outputs of version ${version}, which itself takes those of another model`)
  if (gives === undefined)
    throw mismatch(
      `it is to take the outputs of version ${version}, which are known only after a run, are too many, have too long names, or were not kept by an older build: publish that again`,
    )
  const twice = gives.find(({ name }) => specs.some(spec => spec.name === name))
  if (twice !== undefined) throw mismatch(`output ${twice.name} of version ${version} has the name of a field of the records`)
  return gives
}

/** Those of the fields that the model takes. Throws MODEL_INPUT_MISMATCH if it takes none. */
export function usedFields(
  { inputs }: Pick<Model, 'inputs'>,
  specs: readonly ColumnSpec[],
  fields: readonly ModelField[],
): readonly ModelField[] {
  const used = new Set(mapFeatures(inputs, [...specs, ...fields]).inputs.flatMap(({ columns }) => columns))
  const taken = fields.filter((_, at) => used.has(specs.length + at))
  if (taken.length > 0) return taken
  throw mismatch(`it takes none of the outputs of the model before it, which are: ${someNames(fields)}`)
}

/** Names of a message. */
const mostNamed = 32

/** The names of the fields, for a message: some of them. */
export function someNames(fields: readonly Pick<ModelField, 'name'>[]): string {
  const names = fields.slice(0, mostNamed).map(({ name }) => name)
  return [...names, ...(fields.length > mostNamed ? [`and ${fields.length - mostNamed} more`] : [])].join(', ')
}

function mismatch(why: string): SluiceError {
  return new SluiceError('MODEL_INPUT_MISMATCH', why)
}
