import { type ColumnBatch, isLarge } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import type { MappedInput } from '../feature-mapping.ts'
import type { ModelInput, OutputColumn } from '../model.ts'

/** An input or output as a server describes it. */
export interface ServiceTensor {
  readonly name: string
  readonly type: ModelInput['type']
  /** The server's name of the type. */
  readonly datatype: string
  /** The number of records in a request; undefined: any. */
  readonly batch: number | undefined
  /** The shape of one record's values; undefined: any. */
  readonly record: readonly (number | undefined)[] | undefined
}

/** A model's inputs and outputs, as the server reports them. */
export interface ServiceSignature {
  /** The signature's name in TensorFlow Serving; '' for other protocols. */
  readonly name: string
  readonly inputs: readonly ServiceTensor[]
  readonly outputs: readonly ServiceTensor[]
}

/** One input's values for a request: JSON, value by value, row after row. */
export interface FilledTensor {
  readonly tensor: ServiceTensor
  readonly rows: number
  readonly width: number
  readonly values: readonly string[]
}

/** A protocol of model servers; implemented in oip-protocol.ts and tensorflow-protocol.ts. */
export interface ServiceProtocol {
  /** Appended to the model's URL. */
  readonly paths: { readonly metadata: string; readonly score: string }
  /** How NaN and the infinities are written; undefined if the protocol cannot express them. */
  readonly nan: string | undefined
  readonly infinity: string | undefined
  /** Throws SluiceError MODEL_LOAD_FAILED. */
  readonly signatureOf: (metadata: unknown) => ServiceSignature
  readonly requestOf: (signature: ServiceSignature, inputs: readonly FilledTensor[]) => string
  /** The values of each output by name, nested or flat. Never throws, whatever the answer is. */
  readonly answerOf: (answer: unknown, signature: ServiceSignature) => ReadonlyMap<string, unknown>
}

/** The number of values for each record; undefined: any. */
export function widthOf({ record }: ServiceTensor): number | undefined {
  return record?.every(dim => dim !== undefined) ? record.reduce<number>((product, dim) => product * dim, 1) : undefined
}

/** Describes a tensor by the server's dimensions, of which the first counts the records; negative: any size. */
export function serviceTensor(
  named: Pick<ServiceTensor, 'name' | 'type' | 'datatype'>,
  dims: readonly number[] | undefined,
  role: 'input' | 'output',
): ServiceTensor {
  const [first, ...record] = (dims ?? []).map(dim => (dim < 0 ? undefined : dim))
  const tensor = { ...named, batch: dims === undefined ? undefined : first, record: dims === undefined ? undefined : record }
  if (role === 'output' || dims === undefined) return tensor
  const open = record.filter(dim => dim === undefined).length
  if (dims.length === 0 || (first !== undefined && first !== 1) || open > 1 || record.includes(0))
    throw new SluiceError(
      'MODEL_LOAD_FAILED',
      `input ${named.name} has the shape [${dims.join(', ')}], which cannot be filled from a record`,
    )
  return tensor
}

/** Writes rows [from, from + rows) of the input's columns. Calls `onUnfit` with each row that has a value which the type or the protocol cannot represent. */
export function fillTensor(
  batch: ColumnBatch,
  { tensor, mapped, from, rows }: { tensor: ServiceTensor; mapped: MappedInput; from: number; rows: number },
  protocol: Pick<ServiceProtocol, 'nan' | 'infinity'>,
  onUnfit: (row: number) => void,
): FilledTensor {
  const width = mapped.columns.length
  const values = Array.from<string>({ length: rows * width })
  const write = writerOf(tensor.type, protocol)
  const whole = tensor.type === 'int64'
  for (const [at, column] of mapped.columns.entries()) {
    const source = batch.columns[column]
    const cells = source?.values ?? []
    const { exact, invalid } = source?.kind === 'number' ? source : {}
    for (let row = 0; row < rows; row++) {
      const cell = cells[from + row]
      const large = exact !== undefined && whole && isLarge(cell as number)
      const text = invalid?.[from + row] === 1 ? undefined : large ? exactText(cell as number, exact[from + row] as bigint) : write(cell)
      if (text === undefined) onUnfit(from + row)
      values[row * width + at] = text ?? placeholders[tensor.type] ?? '0'
    }
  }
  return { tensor, rows, width, values }
}

/** Sent for a value that cannot be represented; the row's result is not used. */
const placeholders: Partial<Record<ModelInput['type'], string>> = { string: '""', bool: 'false' }

type Cell = number | string | undefined

function exactText(value: number, bits: bigint): string {
  return String(value > 0 ? BigInt.asUintN(64, bits) : bits)
}

function writerOf(
  type: ModelInput['type'],
  { nan, infinity }: Pick<ServiceProtocol, 'nan' | 'infinity'>,
): (cell: Cell) => string | undefined {
  const infinities = infinity === undefined ? undefined : [infinity, `-${infinity}`]
  switch (type) {
    case 'string':
      return cell => (typeof cell === 'string' ? JSON.stringify(cell) : undefined)
    case 'bool':
      return cell => (cell === 1 ? 'true' : cell === 0 ? 'false' : undefined)
    case 'int32':
      return cell => (typeof cell === 'number' && (cell | 0) === cell ? String(cell) : undefined)
    case 'int64':
      return cell => (Number.isInteger(cell) && Math.abs(cell as number) < 9223372036854775808 ? String(cell) : undefined)
    default:
      return cell => (Number.isFinite(cell) ? String(cell) : Number.isNaN(cell) ? nan : infinities?.[(cell as number) > 0 ? 0 : 1])
  }
}

/** An output's values as a column of `rows` rows. Throws SluiceError MODEL_FAILED if the number of values does not fit. */
export function columnOf({ name, type }: ServiceTensor, data: unknown, rows: number): OutputColumn {
  const values = Array.isArray(data) ? (data as unknown[]).flat(Infinity) : undefined
  if (values === undefined) throw new SluiceError('MODEL_FAILED', `the model server returned no output ${name}`)
  const width = values.length / rows
  if (!Number.isInteger(width) || width === 0)
    throw new SluiceError('MODEL_FAILED', `output ${name} of the model server has ${values.length} values, for ${rows} records`)
  if (type === 'string') return { name, kind: 'text', width, values: values.map(textOf) }
  return { name, kind: 'number', width, values: Float64Array.from(values, value => numberOf(value, name)) }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const encoded = typeof value === 'object' && value !== null && 'b64' in value ? value.b64 : undefined
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : String(value)
}

function numberOf(value: unknown, name: string): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
  if (value === null || value === 'NaN') return NaN
  if (value === 'Infinity' || value === '-Infinity') return Number(value)
  throw new SluiceError('MODEL_FAILED', `output ${name} of the model server has ${JSON.stringify(value)} among its numbers`)
}
