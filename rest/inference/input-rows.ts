import type { Model, ModelInput } from '../../models/index.ts'
import type { ColumnSpec } from '../../proto/column-batch.ts'
import { SluiceError } from '../../proto/sluice-error.ts'
import { datatypeOf } from './datatypes.ts'
import type { Rows } from './model-batcher.ts'
import type { Tensor } from './tensor.ts'

const INT64_END = 2 ** 63

/**
 * Makes rows of a request's tensors. A scalar input is a column of its name, from a tensor [N] or [N, 1]; a vector of n is n columns, from a
 * tensor of n values a row. Requests of one shape get one and the same list of columns, so that they can be scored together.
 */
export class InputRows {
  readonly #inputs: readonly ModelInput[]
  readonly #specs = new Map<string, readonly ColumnSpec[]>()

  constructor(model: Pick<Model, 'inputs'>) {
    this.#inputs = model.inputs
  }

  /** Throws SluiceError MODEL_INPUT_MISMATCH: inputs that are missing, unknown, of another shape or datatype. */
  rowsOf(tensors: readonly Tensor[]): Rows {
    const given = new Map(tensors.map(tensor => [tensor.name, tensor]))
    const fed = this.#inputs.flatMap(input => {
      const tensor = given.get(input.name)
      if (tensor === undefined && input.required) throw mismatch(`input ${input.name} is missing`)
      return tensor === undefined ? [] : [{ input, tensor: checked(input, tensor) }]
    })
    const unknown = tensors.find(({ name }) => !this.#inputs.some(input => input.name === name))
    if (unknown !== undefined)
      throw mismatch(`the model has no input ${unknown.name}; it has: ${this.#inputs.map(({ name }) => name).join(', ')}`)
    const [length = 0, ...others] = fed.map(({ tensor }) => tensor.shape[0] as number)
    if (others.some(other => other !== length)) throw mismatch('the inputs have different numbers of rows')
    return { length, specs: this.#specsOf(fed), columns: fed.flatMap(({ tensor }) => columnsOf(tensor)) }
  }

  #specsOf(fed: readonly { readonly input: ModelInput; readonly tensor: Tensor }[]): readonly ColumnSpec[] {
    const widths = fed.map(({ input, tensor }) => [input, widthOf(tensor)] as const)
    const key = JSON.stringify(widths.map(([{ name }, width]) => [name, width]))
    const known = this.#specs.get(key)
    if (known !== undefined) return known
    const specs = widths.flatMap(([{ name, type, width: declared }, width]): ColumnSpec[] => {
      const kind = type === 'string' ? 'text' : 'number'
      return declared === 1 ? [{ name, kind }] : Array.from({ length: width }, (_, at) => ({ name: `${name}_${at}`, kind }))
    })
    // A model that takes any width must not fill the memory with every one that was ever tried.
    if (this.#specs.size >= 64) this.#specs.clear()
    this.#specs.set(key, specs)
    return specs
  }
}

function checked(input: ModelInput, tensor: Tensor): Tensor {
  const { name, type, width } = input
  checkType(input, tensor)
  const found = widthOf(tensor)
  if (tensor.shape.length === 1 ? width !== 1 : found !== width && (width !== undefined || found === 0)) {
    const wanted = width === 1 ? '[N] or [N, 1]' : `[N, ${width ?? 'n'}]`
    throw mismatch(`input ${name} has the shape [${tensor.shape.join(', ')}]; ${wanted} is needed`)
  }
  if (type === 'int32') checkRange(tensor, -(2 ** 31), 2 ** 31)
  if (type === 'int64') checkRange(tensor, -INT64_END, INT64_END)
  return tensor
}

/** Fractions take any number, whole numbers take whole ones, the others what they are. */
function checkType({ name, type }: ModelInput, { datatype, spec }: Tensor): void {
  const fits = {
    float32: spec.kind === 'float' || spec.kind === 'integer',
    float64: spec.kind === 'float' || spec.kind === 'integer',
    int32: spec.kind === 'integer',
    int64: spec.kind === 'integer',
    bool: spec.kind === 'bool',
    string: spec.kind === 'bytes',
  }[type]
  if (!fits) throw mismatch(`input ${name} is of datatype ${datatype}; ${datatypeOf[type]} is needed`)
}

/** Whole numbers in [least, end). A UINT64 beyond what an INT64 holds is negative among the exact ones. */
function checkRange({ name, datatype, values, exact }: Tensor, least: number, end: number): void {
  for (let at = 0; at < (values?.length ?? 0); at++) {
    const value = values?.[at] as number
    const outside = end === INT64_END ? datatype === 'UINT64' && (exact?.[at] ?? 0n) < 0n : value < least || value >= end
    if (outside) throw mismatch(`input ${name} has ${value} among its data, which is out of the model's range`)
  }
}

/** Values a row. */
function widthOf({ shape }: Tensor): number {
  return shape.slice(1).reduce((product, dim) => product * dim, 1)
}

function columnsOf(tensor: Tensor): Rows['columns'] {
  const rows = tensor.shape[0] as number
  const width = widthOf(tensor)
  return Array.from({ length: width }, (_, column): Rows['columns'][number] => {
    if (tensor.texts !== undefined) return { texts: Array.from({ length: rows }, (__, row) => tensor.texts[row * width + column]) }
    const { values, exact } = tensor
    if (width === 1) return { values, exact }
    return {
      values: Float64Array.from({ length: rows }, (__, row) => values[row * width + column] as number),
      exact: exactOf(exact, rows, width, column),
    }
  })
}

function exactOf(exact: BigInt64Array | undefined, rows: number, width: number, column: number): BigInt64Array | undefined {
  return exact && BigInt64Array.from({ length: rows }, (_, row) => exact[row * width + column] as bigint)
}

function mismatch(message: string): SluiceError {
  return new SluiceError('MODEL_INPUT_MISMATCH', message)
}
