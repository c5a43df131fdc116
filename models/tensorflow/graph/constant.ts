import { asBuffer } from '../../../records/index.ts'
import { SluiceError } from '../../../base/index.ts'
import { type ElementType, bytesOf, elementTypeOf } from './element-type.ts'
import type { TensorProto, TensorShapeProto } from './tf-schema.ts'

/** A tensor whose values are known: little-endian bytes as TensorFlow and ONNX both have them, or texts. */
export interface Constant {
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly bytes: Uint8Array
  /** For type `string` alone. */
  readonly texts?: readonly Uint8Array[]
}

/** Most bytes of a constant that a few bytes of the graph represent (one value, repeated). */
const mostBytes = 256 * 1024 * 1024

/** Reads a TensorProto. Throws SluiceError MODEL_LOAD_FAILED, without the name of the node. */
export function constantOf(proto: TensorProto): Constant {
  const type = elementTypeOf(proto.dtype)
  if (type === undefined || type === 'resource' || type === 'list') throw failed(`a constant of TensorFlow’s type ${proto.dtype}`)
  const dims = fixedDims(proto.tensor_shape)
  const count = elementCount(dims)
  const content = proto.tensor_content ?? new Uint8Array(0)
  if (type === 'string') return { type, dims, bytes: new Uint8Array(0), texts: repeated(proto.string_val ?? [], count, new Uint8Array(0)) }
  const size = bytesOf(type)
  if (content.length > 0) {
    if (content.length !== count * size)
      throw failed(`a constant of the shape [${dims.join(', ')}] needs ${count * size} bytes and has ${content.length}`)
    return { type, dims, bytes: content }
  }
  if (count * size > mostBytes) throw failed(`a constant of ${count} values, which a single one stands for`)
  return numberConstant(type, dims, repeated(valuesOf(proto, type), count, 0))
}

/** A constant of numbers. Beyond 2^53, and for half floats, give their bits through `constantOf`. */
export function numberConstant(type: ElementType, dims: readonly number[], values: readonly (number | bigint)[]): Constant {
  const size = bytesOf(type)
  const bytes = Buffer.alloc(values.length * size)
  const write = writers[type]
  if (write === undefined) throw failed(`numbers of type ${type}`)
  for (let i = 0; i < values.length; i++) write(bytes, values[i] as number | bigint, i * size)
  return { type, dims, bytes }
}

/** Its values as numbers: text and half floats have none. */
export function numbersOf({ type, bytes, dims }: Constant): number[] | undefined {
  const read = readers[type]
  if (read === undefined) return undefined
  const buffer = asBuffer(bytes)
  return Array.from({ length: elementCount(dims) }, (_, i) => read(buffer, i * bytesOf(type)))
}

export function textsOf(constant: Constant): string[] | undefined {
  return constant.texts?.map(text => asBuffer(text).toString('utf8'))
}

/** A shape without open dimensions. */
export function fixedDims(shape: TensorShapeProto | null | undefined): number[] {
  return (shape?.dim ?? []).map(({ size }) => {
    const dim = Number(size ?? 0)
    if (!Number.isSafeInteger(dim) || dim < 0) throw failed(`a constant with a dimension of ${dim}`)
    return dim
  })
}

/** Throws when there are more than could be held. */
export function elementCount(dims: readonly number[]): number {
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (count > 2 ** 31) throw failed(`a constant of the shape [${dims.join(', ')}]: ${count} values`)
  return count
}

type Writer = (bytes: Buffer, value: number | bigint, at: number) => void
const writers: Partial<Record<ElementType, Writer>> = {
  float32: (bytes, value, at) => bytes.writeFloatLE(Number(value), at),
  float64: (bytes, value, at) => bytes.writeDoubleLE(Number(value), at),
  int32: (bytes, value, at) => bytes.writeInt32LE(Number(value) | 0, at),
  uint32: (bytes, value, at) => bytes.writeUInt32LE(Number(value) >>> 0, at),
  int64: (bytes, value, at) => bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)), at),
  uint64: (bytes, value, at) => bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), at),
  int16: (bytes, value, at) => bytes.writeInt16LE((Number(value) << 16) >> 16, at),
  uint16: (bytes, value, at) => bytes.writeUInt16LE(Number(value) & 65_535, at),
  // Their bits: TensorProto has them as numbers.
  float16: (bytes, value, at) => bytes.writeUInt16LE(Number(value) & 65_535, at),
  bfloat16: (bytes, value, at) => bytes.writeUInt16LE(Number(value) & 65_535, at),
  int8: (bytes, value, at) => bytes.writeInt8((Number(value) << 24) >> 24, at),
  uint8: (bytes, value, at) => bytes.writeUInt8(Number(value) & 255, at),
  bool: (bytes, value, at) => bytes.writeUInt8(Number(value) === 0 ? 0 : 1, at),
}

type Reader = (bytes: Buffer, at: number) => number
const readers: Partial<Record<ElementType, Reader>> = {
  float32: (bytes, at) => bytes.readFloatLE(at),
  float64: (bytes, at) => bytes.readDoubleLE(at),
  int32: (bytes, at) => bytes.readInt32LE(at),
  uint32: (bytes, at) => bytes.readUInt32LE(at),
  int64: (bytes, at) => Number(bytes.readBigInt64LE(at)),
  uint64: (bytes, at) => Number(bytes.readBigUInt64LE(at)),
  int16: (bytes, at) => bytes.readInt16LE(at),
  uint16: (bytes, at) => bytes.readUInt16LE(at),
  int8: (bytes, at) => bytes.readInt8(at),
  uint8: (bytes, at) => bytes.readUInt8(at),
  bool: (bytes, at) => bytes.readUInt8(at),
}

function valuesOf(proto: TensorProto, type: ElementType): readonly (number | bigint)[] {
  const exact = (value: number | { toString(): string }): bigint => BigInt(value.toString())
  switch (type) {
    case 'float32':
      return proto.float_val ?? []
    case 'float64':
      return proto.double_val ?? []
    case 'int64':
      return (proto.int64_val ?? []).map(exact)
    case 'uint64':
      return (proto.uint64_val ?? []).map(exact)
    case 'uint32':
      return proto.uint32_val ?? []
    case 'bool':
      return (proto.bool_val ?? []).map(Number)
    case 'float16':
    case 'bfloat16':
      return proto.half_val ?? []
    default:
      return proto.int_val ?? []
  }
}

/** TensorFlow omits values at the end that equal the last one. */
function repeated<T>(values: readonly T[], count: number, none: T): readonly T[] {
  if (values.length > count) throw failed(`a constant of ${count} values that has ${values.length}`)
  if (values.length === count) return values
  if (count > mostBytes / 8) throw failed(`a constant of ${count} values, of which only ${values.length} are there`)
  const last = values.at(-1) ?? none
  return [...values, ...Array.from({ length: count - values.length }, () => last)]
}

function failed(what: string): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', what)
}
