import type { ColumnSpec, RowTensor } from '../records/index.ts'
import { SluiceError } from '../base/index.ts'
import type { FeatureMapping, MappedInput } from './feature-mapping.ts'
import type { ModelInput } from './model.ts'

interface GivenTensor extends RowTensor {
  readonly columns: readonly number[]
  readonly kind: ColumnSpec['kind']
}

/** Whether the columns belong to tensors. Inputs are then matched by the tensors' names alone. */
export function areTensors(specs: readonly ColumnSpec[]): boolean {
  return specs.length > 0 && specs.every(({ tensor }) => tensor !== undefined)
}

/** Each input takes the tensor with its name. Throws SluiceError MODEL_INPUT_MISMATCH if one is missing or has another shape or kind. */
export function mapTensors(inputs: readonly ModelInput[], specs: readonly ColumnSpec[]): FeatureMapping {
  const given = tensorsOf(specs)
  return {
    inputs: inputs.map((input): MappedInput => {
      const tensor = given.get(input.name)
      if (tensor === undefined && !input.required) return { input, columns: [] }
      if (tensor === undefined) throw mismatch(`input ${input.name} is missing`)
      if ((input.type === 'string') !== (tensor.kind === 'text'))
        throw mismatch(`input ${input.name} takes values of type ${input.type}, but is given ${tensor.kind}`)
      if (!hasShape(input, tensor.shape))
        throw mismatch(`input ${input.name} does not take values of the shape [${tensor.shape.join(', ')}]`)
      return { input, columns: tensor.columns, shape: tensor.shape }
    }),
  }
}

/** Whether the input accepts one record's values with these dimensions. */
export function hasShape({ shape, width }: Pick<ModelInput, 'shape' | 'width'>, given: readonly number[]): boolean {
  const wanted = shape ?? (width === undefined ? undefined : [width])
  return wanted === undefined || (wanted.length === given.length && wanted.every((dim, at) => dim === undefined || dim === given[at]))
}

function tensorsOf(specs: readonly ColumnSpec[]): ReadonlyMap<string, GivenTensor> {
  const tensors = new Map<string, RowTensor & { readonly columns: number[]; readonly kind: ColumnSpec['kind'] }>()
  for (const [at, { kind, tensor }] of specs.entries()) {
    if (tensor === undefined) continue
    const known = tensors.get(tensor.name)
    if (known === undefined) tensors.set(tensor.name, { ...tensor, columns: [at], kind })
    else known.columns.push(at)
  }
  return tensors
}

function mismatch(what: string): SluiceError {
  return new SluiceError('MODEL_INPUT_MISMATCH', what)
}
