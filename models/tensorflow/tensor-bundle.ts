import { asBuffer } from '../../records/index.ts'
import { SluiceError, messageOf } from '../../base/index.ts'
import type { ModelFiles } from '../files/index.ts'
import {
  type Constant,
  type BundleEntry,
  type TensorSlice,
  elementCount,
  fixedDims,
  bytesOf,
  elementTypeOf,
  bundleEntry,
  bundleHeader,
} from './graph/index.ts'
import { readSortedTable } from './sorted-table.ts'
import { sliceKey } from './slice-key.ts'

/** The values of a model's variables, by their keys: TensorFlow's checkpoint files `PREFIX.index` and `PREFIX.data-0000i-of-0000n`. */
export class TensorBundle {
  readonly #entries: ReadonlyMap<string, BundleEntry>
  readonly #shards: readonly Buffer[]

  private constructor(entries: ReadonlyMap<string, BundleEntry>, shards: readonly Buffer[]) {
    this.#entries = entries
    this.#shards = shards
  }

  /** Opens the files; undefined: there are none. Throws SluiceError MODEL_LOAD_FAILED when they are damaged. */
  static async open(files: ModelFiles, prefix: string): Promise<TensorBundle | undefined> {
    if (!files.names.includes(`${prefix}.index`)) return undefined
    try {
      const table = await readSortedTable(asBuffer(await files.read(`${prefix}.index`)))
      const header = bundleHeader.decode(table.get('') ?? new Uint8Array(0))
      if (header.endianness === 1) throw new Error('its numbers are big-endian')
      const count = header.num_shards ?? 1
      if (count > files.names.length) throw new Error(`it claims to have ${count} files`)
      const digits = (value: number): string => String(value).padStart(5, '0')
      const names = Array.from({ length: count }, (_, at) => `${prefix}.data-${digits(at)}-of-${digits(count)}`)
      const shards = await Promise.all(names.map(async name => asBuffer(await files.read(name))))
      const entries = [...table].filter(([key]) => key !== '').map(([key, value]) => [key, bundleEntry.decode(value)] as const)
      return new TensorBundle(new Map(entries), shards)
    } catch (error) {
      if (error instanceof SluiceError) throw error
      throw new SluiceError('MODEL_LOAD_FAILED', `the variables ${prefix} cannot be read: ${messageOf(error)}`, { cause: error })
    }
  }

  has(key: string): boolean {
    return this.#entries.has(rowKey(key))
  }

  /** The tensor of a key, or a part of it: `part` is as RestoreV2 says it, like `20 5 0,10:0,5`. undefined: there is none. */
  read(key: string, part = ''): Constant | undefined {
    const entry = this.#entries.get(rowKey(key))
    if (entry === undefined) return undefined
    const [dims, ...extents] = part.trim() === '' ? [] : part.trim().split(' ')
    const slices = entry.slices ?? []
    if (dims === undefined) return slices.length === 0 ? this.#whole(key, entry) : this.#joined(key, entry)
    const wanted = extents.length === 0 ? '' : (extents.at(-1) as string)
    return cut(slices.length === 0 ? this.#whole(key, entry) : this.#joined(key, entry), parseExtents(wanted), key)
  }

  /** The text of a key whose tensor is one: the checkpoint's own notes. */
  text(key: string): Uint8Array | undefined {
    return this.read(key)?.texts?.[0]
  }

  #whole(key: string, { dtype, shape, shard_id: shard = 0, offset = 0, size = 0 }: BundleEntry): Constant {
    const type = elementTypeOf(dtype)
    if (type === undefined || type === 'resource' || type === 'list') throw damaged(key, `is of TensorFlow’s type ${dtype}`)
    const dims = fixedDims(shape)
    const [from, length] = [Number(offset), Number(size)]
    const bytes = this.#shards[shard]?.subarray(from, from + length)
    if (bytes === undefined || bytes.length !== length) throw damaged(key, 'lies beyond the end of its file')
    if (type === 'string') return { type, dims, bytes: new Uint8Array(0), texts: textsIn(bytes, elementCount(dims), key) }
    if (elementCount(dims) * bytesOf(type) !== length) throw damaged(key, `has ${length} bytes for the shape [${dims.join(', ')}]`)
    return { type, dims, bytes }
  }

  /** A tensor that was saved in parts. */
  #joined(key: string, entry: BundleEntry): Constant {
    const type = elementTypeOf(entry.dtype) ?? 'float32'
    const dims = fixedDims(entry.shape)
    const size = bytesOf(type)
    const bytes = Buffer.alloc(elementCount(dims) * size)
    for (const slice of entry.slices ?? []) {
      const stored = this.#entries.get(sliceKey(key, slice))
      if (stored === undefined) throw damaged(key, 'lacks one of its parts')
      const { bytes: part } = this.#whole(key, stored)
      copyPart({ bytes, dims, size }, extentsOf(slice, dims), (at, length, from) => bytes.set(part.subarray(from, from + length), at))
    }
    return { type, dims, bytes }
  }
}

/** The index’s keys are read as one byte a character. */
function rowKey(key: string): string {
  return Buffer.from(key, 'utf8').toString('latin1')
}

interface Extent {
  readonly start: number
  /** undefined: all of the dimension. */
  readonly length: number | undefined
}

function parseExtents(text: string): Extent[] {
  return text.split(':').map(each => {
    const [start, length] = each.split(',').map(Number)
    return each === '-' ? { start: 0, length: undefined } : { start: start ?? 0, length }
  })
}

function extentsOf({ extent = [] }: TensorSlice, dims: readonly number[]): Extent[] {
  return dims.map((_, axis) => {
    const { start = 0, length } = extent[axis] ?? {}
    return { start: Number(start), length: Number(length ?? 0) || undefined }
  })
}

/** Calls `copy` for each run of bytes of a part: where it lies in the whole, how long it is, and where it lies in the part. */
function copyPart(
  { dims, size }: { bytes: Uint8Array; dims: readonly number[]; size: number },
  extents: readonly Extent[],
  copy: (at: number, length: number, from: number) => void,
): void {
  const lengths = dims.map((dim, axis) => extents[axis]?.length ?? dim)
  const row = (lengths.at(-1) ?? 1) * size
  const rows = lengths.slice(0, -1).reduce((product, length) => product * length, 1)
  for (let flat = 0; flat < rows; flat++) {
    let rest = flat
    let at = extents.at(-1)?.start ?? 0
    let stride = dims.at(-1) ?? 1
    for (let axis = dims.length - 2; axis >= 0; axis--) {
      const length = lengths[axis] as number
      at += ((extents[axis]?.start ?? 0) + (rest % length)) * stride
      rest = Math.floor(rest / length)
      stride *= dims[axis] as number
    }
    copy(at * size, row, flat * row)
  }
}

function cut(whole: Constant, extents: readonly Extent[], key: string): Constant {
  if (whole.texts !== undefined || extents.length !== whole.dims.length)
    throw damaged(key, 'cannot be cut into the parts that the graph asks for')
  const dims = whole.dims.map((dim, axis) => extents[axis]?.length ?? dim)
  if (dims.some((dim, axis) => dim + (extents[axis]?.start ?? 0) > (whole.dims[axis] as number)))
    throw damaged(key, 'is smaller than the part that is asked for')
  const size = bytesOf(whole.type)
  const bytes = Buffer.alloc(elementCount(dims) * size)
  copyPart({ bytes, dims: whole.dims, size }, extents, (at, length, from) => bytes.set(whole.bytes.subarray(at, at + length), from))
  return { type: whole.type, dims, bytes }
}

/** Lengths, four bytes of checksum, then the texts behind each other. */
function textsIn(bytes: Buffer, count: number, key: string): Uint8Array[] {
  let at = 0
  const lengths = Array.from({ length: Math.min(count, bytes.length) }, () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw damaged(key, 'is cut short')
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  })
  at += 4
  return lengths.map(length => bytes.subarray(at, (at += length)))
}

function damaged(key: string, what: string): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the model's variable ${key} ${what}`)
}
