import { compressSync } from 'snappy'
import { type ModelFiles, packFiles } from '../../../models/files/model-files.ts'
import {
  type BundleEntry,
  type FunctionDef,
  type NodeDef,
  type SignatureDef,
  bundleEntry,
  bundleHeader,
  savedModel,
} from '../../../models/tensorflow/graph/tf-schema.ts'

/** A SavedModel for tests: its graph, its signatures, its variables by key. */
export interface TestModel {
  readonly nodes: readonly NodeDef[]
  readonly functions?: readonly FunctionDef[]
  readonly signatures?: Readonly<Record<string, SignatureDef>>
  readonly assets?: readonly { readonly node: string; readonly filename: string }[]
  /** Whether the index of the variables is compressed by Snappy. */
  readonly compressed?: boolean
  /** Further files of the directory. */
  readonly files?: Readonly<Record<string, Uint8Array>>
}

/** A variable in the checkpoint; `shard` is the data file that it lies in. */
export interface StoredVariable {
  readonly dims: readonly number[]
  readonly values: readonly number[]
  readonly shard?: number
  /** Only its parts are stored, under keys of their own. */
  readonly slices?: BundleEntry['slices']
}

export function signature(
  inputs: Record<string, readonly [tensor: string, dims: readonly number[]]>,
  outputs: Record<string, string>,
): SignatureDef {
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, [tensor, dims]]) => [
        name,
        { name: tensor, dtype: 1, tensor_shape: { dim: dims.map(size => ({ size })) } },
      ]),
    ),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, { name: tensor, dtype: 1 }])),
  }
}

export function savedModelBytes({ nodes, functions = [], signatures = {}, assets = [] }: TestModel): Uint8Array {
  return savedModel.encode({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { tags: ['serve'] },
        graph_def: { node: [...nodes], library: { function: [...functions] } },
        signature_def: signatures,
        asset_file_def: assets.map(({ node, filename }) => ({ tensor_info: { name: `${node}:0` }, filename })),
      },
    ],
  } as Parameters<typeof savedModel.encode>[0])
}

export function filesOf(model: TestModel, variables: Readonly<Record<string, StoredVariable>> = {}): ModelFiles {
  const files = new Map<string, Uint8Array>([
    ['saved_model.pb', savedModelBytes(model)],
    ...Object.entries(model.files ?? {}),
    ...bundleFiles(variables, model.compressed),
  ])
  return { names: [...files.keys()].sort(), read: async name => files.get(name) ?? new Uint8Array(0) }
}

/** The archive that a model record carries. */
export function archiveOf(model: TestModel, variables: Readonly<Record<string, StoredVariable>> = {}): Promise<Uint8Array> {
  return packFiles(filesOf(model, variables))
}

/** The checkpoint's files. */
export function bundleFiles(variables: Readonly<Record<string, StoredVariable>>, compressed = false): [string, Uint8Array][] {
  const shards: number[][] = []
  const rows = Object.entries(variables).map(([key, { dims, values, shard = 0, slices = [] }]): [string, Uint8Array] => {
    const data = (shards[shard] ??= [])
    const bytes = slices.length > 0 ? [] : [...new Uint8Array(Float32Array.from(values).buffer)]
    const entry = {
      dtype: 1,
      shape: { dim: dims.map(size => ({ size })) },
      shard_id: shard,
      offset: data.length,
      size: bytes.length,
      slices,
    }
    data.push(...bytes)
    return [key, bundleEntry.encode(entry)]
  })
  const count = Math.max(1, shards.length)
  const header: [string, Uint8Array] = ['', bundleHeader.encode({ num_shards: count })]
  const digits = (value: number): string => String(value).padStart(5, '0')
  const data = Array.from({ length: count }, (_, at): [string, Uint8Array] => [
    `variables/variables.data-${digits(at)}-of-${digits(count)}`,
    Uint8Array.from(shards[at] ?? []),
  ])
  return [['variables/variables.index', sortedTable([header, ...rows], compressed)], ...data]
}

/** A sorted string table of two data blocks. Keys are one byte a character. */
function sortedTable(rows: readonly [string, Uint8Array][], compressed: boolean): Uint8Array {
  const stored = (block: number[]): number[] => (compressed ? [...compressSync(Buffer.from(block))] : block)
  const trailer = [compressed ? 1 : 0, 0, 0, 0, 0]
  const sorted = rows.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const half = Math.ceil(sorted.length / 2)
  const parts = [sorted.slice(0, half), sorted.slice(half)].filter(part => part.length > 0)
  const file: number[] = []
  const handles = parts.map((part): [string, Uint8Array] => {
    const block = stored(blockOf(part))
    const handle = Uint8Array.from([...varint(file.length), ...varint(block.length)])
    file.push(...block, ...trailer)
    return [part.at(-1)?.[0] ?? '', handle]
  })
  const index = stored(blockOf(handles))
  const footer = [...varint(0), ...varint(0), ...varint(file.length), ...varint(index.length)]
  file.push(...index, ...trailer, ...footer, ...Array.from({ length: 40 - footer.length }, () => 0))
  return Uint8Array.from([...file, 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb])
}

/** Rows that share the beginning of their key with the one before, and one restart point. */
function blockOf(rows: readonly [string, Uint8Array][]): number[] {
  let last = ''
  const bytes = rows.flatMap(([key, value]) => {
    let shared = 0
    while (shared < Math.min(key.length, last.length) && key[shared] === last[shared]) shared++
    last = key
    const own = Buffer.from(key.slice(shared), 'latin1')
    return [...varint(shared), ...varint(own.length), ...varint(value.length), ...own, ...value]
  })
  return [...bytes, 0, 0, 0, 0, 1, 0, 0, 0]
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
