import { mapFeatures, type Model, type ModelInput } from '../../models/index.ts'
import type { ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import type { Rows } from './model-batcher.ts'
import type { Tensor } from './tensor.ts'

/** The fields of the records, and those that the second model of a composite takes of the first. */
export interface CompositeFields {
  readonly fields: readonly ColumnSpec[]
  readonly joined: readonly ColumnSpec[]
}

/**
 * Turns the tensors of a request into rows with the columns of the data type's records, as a composite takes them: each tensor is a field, of one value a row. So the
 * models of the composite find their inputs among the fields as they do for records of the data topic.
 */
export class FieldRows {
  /** The fields that the two models take. A request may give the others of a record too. */
  readonly inputs: readonly ModelInput[]
  readonly #fields: readonly ColumnSpec[]

  /** Throws SluiceError MODEL_INPUT_MISMATCH for models that do not take records of these fields. */
  constructor([first, second]: readonly [Pick<Model, 'inputs'>, Pick<Model, 'inputs'>], { fields, joined }: CompositeFields) {
    this.#fields = fields
    const required = new Map<number, boolean>()
    for (const { input, columns } of [...mapFeatures(first.inputs, fields).inputs, ...mapFeatures(second.inputs, joined).inputs])
      for (const column of columns) required.set(column, required.get(column) === true || input.required)
    this.inputs = fields.flatMap(({ name, kind }, at): ModelInput[] => {
      const needed = required.get(at)
      return needed === undefined ? [] : [{ name, type: kind === 'text' ? 'string' : 'float64', width: 1, shape: [], required: needed }]
    })
  }

  /** Throws SluiceError MODEL_INPUT_MISMATCH for fields that are missing, unknown, of another kind, or not of one value a row. */
  rowsOf(tensors: readonly Tensor[]): Rows {
    const given = new Map(tensors.map(tensor => [tensor.name, tensor]))
    const missing = this.inputs.find(({ name, required }) => required && !given.has(name))
    if (missing !== undefined)
      throw mismatch(`input ${missing.name} is missing: a composite takes the fields of a record, each as one input`)
    const unknown = tensors.find(({ name }) => !this.#fields.some(field => field.name === name))
    if (unknown !== undefined)
      throw mismatch(
        `the records have no field ${unknown.name}, and a composite takes their fields: ${this.inputs.map(({ name }) => name).join(', ')}`,
      )
    const [length = 0, ...others] = tensors.map(({ shape }) => shape[0] as number)
    if (others.some(other => other !== length)) throw mismatch('the inputs have different numbers of rows')
    return { length, specs: this.#fields, columns: this.#fields.map(field => columnOf(field, given.get(field.name), length)) }
  }
}

function columnOf({ name, kind }: ColumnSpec, tensor: Tensor | undefined, length: number): Rows['columns'][number] {
  if (tensor === undefined)
    return kind === 'text' ? { texts: Array.from<undefined>({ length }) } : { values: new Float64Array(length).fill(NaN), exact: undefined }
  const { shape, datatype } = tensor
  if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1))
    throw mismatch(`input ${name} has the shape [${shape.join(', ')}]; a field of a record needs [N] or [N, 1]`)
  if ((tensor.texts !== undefined) !== (kind === 'text'))
    throw mismatch(`input ${name} has the datatype ${datatype}; the field needs ${kind === 'text' ? 'BYTES' : 'numbers'}`)
  if (tensor.texts !== undefined) return { texts: tensor.texts }
  const { values, exact } = tensor
  return { values, exact: exact && new BigInt64Array(exact.buffer, exact.byteOffset, exact.length) }
}

function mismatch(message: string): SluiceError {
  return new SluiceError('MODEL_INPUT_MISMATCH', message)
}
