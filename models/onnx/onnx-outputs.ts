import type { Tensor } from 'onnxruntime-node'
import { SluiceError } from '../../base/index.ts'
import type { ModelOutput, OutputColumn } from '../model.ts'
import type { ValueType } from '../value-type.ts'
import { halfValues } from '../half-floats.ts'
import type { Results, TensorInfo } from './onnx-session.ts'

/** The element types that results can have. */
const resultTypes: ReadonlySet<string> = new Set<ValueType>([
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
])

/** The outputs that can be read; lists and maps are left out. */
export function readableOutputs(infos: readonly TensorInfo[]): TensorInfo[] {
  return infos.filter(info => info.type !== undefined && resultTypes.has(info.type))
}

/** `axis`: the dimension that counts the records. */
export function modelOutput({ name, type, shape }: TensorInfo, classes: readonly string[] | undefined, axis = 0): ModelOutput {
  const dims = shape.filter((_, at) => at !== axis)
  const width = dims.every(dim => dim !== undefined) ? dims.reduce<number>((product, dim) => product * dim, 1) : undefined
  return {
    name,
    type: (type ?? 'float32') as ValueType,
    width: width === 1 && classes !== undefined ? undefined : width,
    ...(shape.length === 0 || (dims.length === 1 && width !== undefined) ? {} : { shape: dims }),
    ...(classes === undefined ? {} : { classes }),
  }
}

/** Whether the declared shapes say that a run returns one record's values, whatever the batch. A shape without dimensions is undeclared. */
export function givesOneRecord(infos: readonly TensorInfo[]): boolean {
  return infos.some(({ shape }) => shape.length > 0 && shape[0] !== undefined)
}

/** Whether each output has a row for each of `size` records. */
export function hasRows(results: Results, names: readonly string[], size: number): boolean {
  return size === 1 || names.every(name => results[name]?.dims[0] === size)
}

/** One run's results as columns of `count` rows, without padding rows. Copies only if needed. */
export function columnsOf(
  results: Results,
  outputs: readonly ModelOutput[],
  { count, size }: { count: number; size: number },
): OutputColumn[] {
  return outputs.map(({ name }) => {
    const tensor = results[name]
    if (tensor === undefined || tensor.size % size !== 0) {
      throw new SluiceError(
        'MODEL_FAILED',
        `output ${name} has the shape [${tensor?.dims.join(', ') ?? ''}], which does not hold one row for each of ${size} records`,
      )
    }
    const width = tensor.size / size
    const shape = recordShape(tensor, size)
    const end = count * width
    if (tensor.type === 'string') return { name, kind: 'text', width, shape, values: (tensor.data as string[]).slice(0, end) }
    const values = numbersOf(tensor)
    const column = { name, kind: 'number', width, shape, values: end === values.length ? values : values.subarray(0, end) } as const
    const { data } = tensor
    return data instanceof BigInt64Array || data instanceof BigUint64Array ? { ...column, exact: data.subarray(0, end) } : column
  })
}

/** The dimensions of one record's values. A run of one record may omit the dimension that counts the records. */
function recordShape({ dims }: Tensor, size: number): readonly number[] {
  return dims[0] === size ? dims.slice(1) : dims
}

type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array

function numbersOf(tensor: Tensor): NumberArray {
  const data = tensor.data as NumberArray | BigInt64Array | BigUint64Array
  if (tensor.type === 'float16') return halfValues(new Uint16Array(data.buffer, data.byteOffset, data.length))
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return data
  // Reads two halves instead of a BigInt for each value; exact as far as a double is.
  const halves = new Uint32Array(data.buffer, data.byteOffset, data.length * 2)
  const signed = data instanceof BigInt64Array
  const values = new Float64Array(data.length)
  for (let i = 0; i < values.length; i++) {
    const high = halves[2 * i + 1] as number
    values[i] = (signed ? high | 0 : high) * 4294967296 + (halves[2 * i] as number)
  }
  return values
}
