import { SluiceError } from '../../base/index.ts'
import { datatypes, type DatatypeSpec } from './datatypes.ts'

/** A decoded tensor of a request; its values are in row-major order. Missing numbers are NaN, missing texts undefined. */
export type Tensor = {
  readonly name: string
  readonly datatype: string
  readonly spec: DatatypeSpec
  readonly shape: readonly number[]
} & TensorValues

export type TensorValues =
  | { readonly values: Float64Array; readonly exact: BigInt64Array | BigUint64Array | undefined; readonly texts?: undefined }
  | { readonly texts: readonly (string | undefined)[]; readonly values?: undefined; readonly exact?: undefined }

/** A tensor of a request without its data, checked. */
export interface TensorHead {
  readonly name: string
  readonly datatype: string
  readonly spec: DatatypeSpec
  readonly shape: readonly number[]
  /** Number of values: the product of the dimensions. */
  readonly count: number
}

/** Maximum nesting depth of data in JSON. */
const maxRank = 16
/** Maximum number of values of one tensor: a body of a small datatype could hold more than there is memory for. */
const maxValues = 2 ** 24

/** Reads name, datatype and shape of an input. Throws SluiceError INPUT_INVALID. */
export function tensorHead(input: Readonly<Record<string, unknown>>): TensorHead {
  const { name, datatype, shape } = input
  if (typeof name !== 'string' || name === '') throw invalid('an input has no name')
  const spec = typeof datatype === 'string' ? datatypes.get(datatype) : undefined
  if (spec === undefined) throw invalid(`input ${name} has the datatype ${shown(datatype)}; supported: ${[...datatypes.keys()].join(', ')}`)
  if (!Array.isArray(shape) || shape.length === 0 || !shape.every(dim => Number.isSafeInteger(dim) && (dim as number) >= 0))
    throw invalid(
      `input ${name} has the shape ${shown(shape)}; a shape is a list of whole numbers, the first of which is the number of rows`,
    )
  const dims = shape as number[]
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (count > maxValues) throw invalid(`input ${name} has the shape ${shown(shape)}; an input has at most ${maxValues} values`)
  return { name, datatype: datatype as string, spec, shape: dims, count }
}

/** Reads values from a JSON list, flat or nested. Throws SluiceError INPUT_INVALID. */
export function tensorOfJson(head: TensorHead, data: unknown): Tensor {
  if (!Array.isArray(data)) throw invalid(`input ${head.name} has no data`)
  const { items, dims } = flattened(data, head.name)
  if (items.length !== head.count)
    throw invalid(`input ${head.name} has ${items.length} values; its shape [${head.shape.join(', ')}] requires ${head.count}`)
  // Data with fewer levels than dimensions is flat in part; only its number of values is checked.
  if (dims.length === head.shape.length && head.count > 0 && dims.some((dim, at) => dim !== head.shape[at]))
    throw invalid(`the data of input ${head.name} has the shape [${dims.join(', ')}]; the declared shape is [${head.shape.join(', ')}]`)
  const { spec, ...named } = head
  switch (spec.kind) {
    case 'bytes':
      return { ...named, spec, texts: items.map(item => textOf(item, head)) }
    case 'bool':
      return { ...named, spec, values: Float64Array.from(items, item => boolOf(item, head)), exact: undefined }
    default:
      return { ...named, spec, ...numbersOf(head, at => numberOf(items[at], head, spec)) }
  }
}

/** The values of nested lists, and the length of the lists at each level. */
function flattened(data: readonly unknown[], name: string): { readonly items: readonly unknown[]; readonly dims: readonly number[] } {
  const dims = [data.length]
  let items = data
  while (Array.isArray(items[0]) && dims.length <= maxRank) {
    const { length } = items[0]
    if (!items.every(item => Array.isArray(item) && item.length === length))
      throw invalid(`the data of input ${name} contains lists of different lengths`)
    dims.push(length)
    items = (items as readonly (readonly unknown[])[]).flat()
  }
  return { items, dims }
}

/** Reads values from binary data. Throws SluiceError INPUT_INVALID. */
export function tensorOfBytes(head: TensorHead, bytes: Buffer): Tensor {
  const { spec, ...named } = head
  if (spec.kind === 'bytes') return { ...named, spec, texts: textsOf(head, bytes) }
  if (bytes.length !== head.count * spec.size)
    throw invalid(
      `input ${head.name} has ${bytes.length} bytes of data; its shape [${head.shape.join(', ')}] requires ${head.count * spec.size}`,
    )
  if (spec.kind === 'bool') return { ...named, spec, values: Float64Array.from(bytes, byte => (byte === 0 ? 0 : 1)), exact: undefined }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return { ...named, spec, ...numbersOf(head, at => spec.read(view, at * spec.size)) }
}

/** Reads numbers; `exact` is present if a double cannot hold one of them. */
function numbersOf({ count, datatype }: TensorHead, read: (at: number) => number | bigint): TensorValues {
  const values = new Float64Array(count)
  let exact: BigInt64Array | BigUint64Array | undefined
  for (let at = 0; at < count; at++) {
    const value = read(at)
    values[at] = Number(value)
    if (typeof value === 'bigint' && !Number.isSafeInteger(values[at])) {
      exact ??= datatype === 'UINT64' ? new BigUint64Array(count) : new BigInt64Array(count)
      exact[at] = value
    }
  }
  if (exact === undefined) return { values, exact }
  // Values that JSON gave as doubles are exact already.
  for (let at = 0; at < count; at++) if (exact[at] === 0n && Number.isInteger(values[at])) exact[at] = BigInt(values[at] as number)
  return { values, exact }
}

type NumberSpec = Extract<DatatypeSpec, { readonly kind: 'float' | 'integer' }>

function numberOf(item: unknown, head: TensorHead, spec: NumberSpec): number | bigint {
  if (item === null) return NaN
  if (spec.kind === 'float') {
    if (typeof item === 'number' && !Number.isFinite(item)) return item
    if ((typeof item === 'number' || typeof item === 'bigint') && item >= spec.least && item <= spec.most) return Number(item)
  } else if ((typeof item === 'number' && Number.isInteger(item)) || typeof item === 'bigint') {
    if (item >= spec.least && item <= spec.most) return item
  }
  throw invalid(`input ${head.name} contains ${shown(item)}, which is not a valid ${head.datatype}`)
}

function boolOf(item: unknown, head: TensorHead): number {
  if (item === null) return NaN
  if (item === true || item === 1) return 1
  if (item === false || item === 0) return 0
  throw invalid(`input ${head.name} contains ${shown(item)}, which is not a valid BOOL`)
}

function textOf(item: unknown, head: TensorHead): string | undefined {
  if (item === null) return undefined
  if (typeof item === 'string' && (item as string & { isWellFormed(): boolean }).isWellFormed()) return item
  if (typeof item === 'string') throw invalid(`input ${head.name} contains half of a surrogate pair, which UTF-8 cannot encode`)
  throw invalid(`input ${head.name} contains ${shown(item)}, which is not a string`)
}

/** Reads texts, each preceded by its length in four bytes, little-endian. */
function textsOf(head: TensorHead, bytes: Buffer): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const texts: string[] = []
  let at = 0
  while (at < bytes.length) {
    const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt32LE(at) : Infinity
    if (end > bytes.length) throw invalid(`the data of input ${head.name} ends within a text`)
    try {
      texts.push(decoder.decode(bytes.subarray(at + 4, end)))
    } catch (error) {
      throw new SluiceError('INPUT_INVALID', `input ${head.name} contains a text that is not valid UTF-8`, { cause: error })
    }
    at = end
  }
  if (texts.length === head.count) return texts
  throw invalid(`input ${head.name} has ${texts.length} values; its shape [${head.shape.join(', ')}] requires ${head.count}`)
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.every(item => typeof item === 'number') ? `[${value.slice(0, 10).join(', ')}]` : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : value === undefined ? 'none' : `${value as number}`
}

function invalid(message: string): SluiceError {
  return new SluiceError('INPUT_INVALID', message)
}
