import { type Model, type ModelInput, hasShape } from '../../models/index.ts'
import type { ColumnSpec } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import { datatypeOf, datatypeSpec } from './datatypes.ts'
import type { Rows } from './model-batcher.ts'
import type { Tensor } from './tensor.ts'

/** Maximum number of values in one row: each value is a column, and more columns would take seconds and gigabytes. */
const maxRowValues = 2 ** 20

/** A model input, its tensor in the request, and the dimensions of one row for the model. */
interface Fed {
  readonly input: ModelInput
  readonly tensor: Tensor
  readonly shape: readonly number[]
}

/**
 * Turns the tensors of a request into rows with one column for each value of each input. Requests with the same inputs and row dimensions get the
 * same `specs` object, by which ModelBatcher decides which requests it may score together.
 */
export class InputRows {
  readonly #inputs: readonly ModelInput[]
  readonly #specs = new Map<string, readonly ColumnSpec[]>()
  /** Number of columns in `#specs`. */
  #kept = 0

  constructor(model: Pick<Model, 'inputs'>) {
    this.#inputs = model.inputs
  }

  /** Throws SluiceError MODEL_INPUT_MISMATCH for inputs that are missing, unknown, of a wrong shape or datatype, or out of range. */
  rowsOf(tensors: readonly Tensor[]): Rows {
    const given = new Map(tensors.map(tensor => [tensor.name, tensor]))
    const fed = this.#inputs.flatMap((input): Fed[] => {
      const tensor = given.get(input.name)
      if (tensor === undefined && input.required) throw mismatch(`input ${input.name} is missing`)
      return tensor === undefined ? [] : [checked(input, tensor)]
    })
    const unknown = tensors.find(({ name }) => !this.#inputs.some(input => input.name === name))
    if (unknown !== undefined)
      throw mismatch(`the model has no input ${unknown.name}; it has: ${this.#inputs.map(({ name }) => name).join(', ')}`)
    const [length = 0, ...others] = fed.map(({ tensor }) => tensor.shape[0] as number)
    if (others.some(other => other !== length)) throw mismatch('the inputs have different numbers of rows')
    const width = fed.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    if (width > maxRowValues) throw mismatch(`a row of the inputs has ${width} values; the maximum is ${maxRowValues}`)
    return { length, specs: this.#specsOf(fed, width), columns: fed.flatMap(columnsOf) }
  }

  #specsOf(fed: readonly Fed[], width: number): readonly ColumnSpec[] {
    const key = JSON.stringify(fed.map(({ input, shape }) => [input.name, shape]))
    const known = this.#specs.get(key)
    if (known !== undefined) return known
    const specs = fed.flatMap(({ input: { name, type, width }, shape }): ColumnSpec[] => {
      const kind = type === 'string' ? 'text' : 'number'
      const tensor = { name, shape }
      return width === 1
        ? [{ name, kind, tensor }]
        : Array.from({ length: sizeOf(shape) }, (_, at) => ({ name: `${name}_${at}`, kind, tensor }))
    })
    // Bounds the memory for models that accept any width.
    if (this.#specs.size >= 64 || this.#kept + width > maxRowValues) {
      this.#specs.clear()
      this.#kept = 0
    }
    this.#specs.set(key, specs)
    this.#kept += width
    return specs
  }
}

/** Checks a tensor against its input. A row of one value may be sent as [N] or [N, 1]. */
function checked(input: ModelInput, tensor: Tensor): Fed {
  checkType(input, tensor)
  const given = tensor.shape.slice(1)
  const isOne = given.length === 0 || (given.length === 1 && given[0] === 1)
  const shape = input.width === 1 && isOne ? oneValue(input) : given
  // The number of rows cannot be derived from rows without values.
  if (!hasShape(input, shape) || sizeOf(shape) === 0)
    throw mismatch(`input ${input.name} has the shape [${tensor.shape.join(', ')}]; the model needs ${wantedShapes(input)}`)
  checkRange(input, tensor)
  return { input, tensor, shape: tensor.shape[0] === 0 ? leastShape(input, shape) : shape }
}

/** Dimensions for a tensor of no rows: open dimensions become 1, because without values the client could declare any size. */
function leastShape({ shape, width }: ModelInput, given: readonly number[]): readonly number[] {
  if (shape !== undefined) return shape.map(dim => dim ?? 1)
  return width === undefined ? [1] : given
}

/** Dimensions of a row of one value: those of the model if it has at most one dimension, otherwise [1]. */
function oneValue({ shape = [1] }: ModelInput): readonly number[] {
  return shape.length > 1 ? [1] : shape.map(() => 1)
}

function wantedShapes({ width, shape = [width] }: ModelInput): string {
  if (width === 1 && shape.length < 2) return '[N] or [N, 1]'
  return `[${['N', ...shape.map(dim => dim ?? 'n')].join(', ')}]`
}

/** A floating-point input accepts any number type, an integer input integer types, other inputs only their own type. */
function checkType({ name, type }: ModelInput, { datatype, spec }: Tensor): void {
  const { kind } = datatypeSpec(type)
  if (spec.kind === kind || (kind === 'float' && spec.kind === 'integer')) return
  throw mismatch(`input ${name} has the datatype ${datatype}; the model needs ${datatypeOf[type]}`)
}

/** Refuses values that the model's type cannot represent: integers out of range, and finite numbers that would become infinite. */
function checkRange({ name, type }: ModelInput, { spec: given, values, exact }: Tensor): void {
  const wanted = datatypeSpec(type)
  if (!('most' in wanted) || !('most' in given) || values === undefined) return
  const { least, most } = wanted
  if (given.kind === wanted.kind && given.least >= least && given.most <= most) return
  for (let at = 0; at < values.length; at++) {
    const value = exact?.[at] ?? (values[at] as number)
    const isInfinite = value === Infinity || value === -Infinity
    if ((value < least || value > most) && !isInfinite)
      throw mismatch(`input ${name} contains ${value}, which is out of range for the model's ${datatypeOf[type]}`)
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

function columnsOf({ input: { type }, tensor, shape }: Fed): Rows['columns'] {
  const rows = tensor.shape[0] as number
  const width = sizeOf(shape)
  const exact = exactOf(type, tensor.exact)
  return Array.from({ length: width }, (_, column): Rows['columns'][number] => {
    if (tensor.texts !== undefined) return { texts: Array.from({ length: rows }, (__, row) => tensor.texts[row * width + column]) }
    const { values } = tensor
    if (width === 1) return { values, exact }
    // The values of a single row are its columns, so they need not be copied.
    if (rows === 1) return { values: values.subarray(column, column + 1), exact: exact?.subarray(column, column + 1) }
    return {
      values: Float64Array.from({ length: rows }, (__, row) => values[row * width + column] as number),
      exact: everyNth(exact, { rows, width, column }),
    }
  })
}

/** The exact values as 64-bit patterns, as a batch holds them; undefined for model types other than int64 and uint64, which use the doubles. */
function exactOf(type: ModelInput['type'], exact: Tensor['exact']): BigInt64Array | undefined {
  if (exact === undefined || (type !== 'int64' && type !== 'uint64')) return undefined
  return new BigInt64Array(exact.buffer, exact.byteOffset, exact.length)
}

function everyNth(
  exact: BigInt64Array | undefined,
  { rows, width, column }: { readonly rows: number; readonly width: number; readonly column: number },
): BigInt64Array | undefined {
  return exact && BigInt64Array.from({ length: rows }, (_, row) => exact[row * width + column] as bigint)
}

function mismatch(message: string): SluiceError {
  return new SluiceError('MODEL_INPUT_MISMATCH', message)
}
