import { asBuffer, parseSchema } from '../../records/index.ts'
import { SluiceError, messageOf } from '../../base/index.ts'
import type { ModelFiles } from '../files/index.ts'
import type { Int64 } from './proto/index.ts'

interface Tensor {
  dims?: Int64[]
  data_type?: number
  name?: string
  raw_data?: Uint8Array
  external_data?: { key?: string; value?: string }[]
  /** 1 if the values are in another file. */
  data_location?: number
}

interface Node {
  name?: string
  attribute?: { t?: Tensor; g?: Graph; tensors?: Tensor[]; graphs?: Graph[]; sparse_tensor?: Sparse; sparse_tensors?: Sparse[] }[]
}

interface Sparse {
  values?: Tensor
  indices?: Tensor
}

interface Graph {
  node?: Node[]
  initializer?: Tensor[]
  sparse_initializer?: Sparse[]
}

interface Outside {
  graph?: Graph
  functions?: { node?: Node[] }[]
}

/** The parts of ONNX's schema that can contain tensors; the rest is passed through unread. */
const outsideModel = parseSchema(`syntax = "proto2";
  message Model { optional Graph graph = 7; repeated Function functions = 25; }
  message Function { repeated Node node = 7; }
  message Graph { repeated Node node = 1; repeated Tensor initializer = 5; repeated Sparse sparse_initializer = 15; }
  message Node { optional string name = 3; repeated Attribute attribute = 5; }
  message Attribute {
    optional Tensor t = 5; optional Graph g = 6; repeated Tensor tensors = 10; repeated Graph graphs = 11;
    optional Sparse sparse_tensor = 22; repeated Sparse sparse_tensors = 23;
  }
  message Sparse { optional Tensor values = 1; optional Tensor indices = 2; }
  message Tensor {
    repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9;
    repeated Entry external_data = 13; optional int32 data_location = 14;
  }
  message Entry { optional string key = 1; optional string value = 2; }`).message<Outside>('Model')

/** The size of a value, bytes, by ONNX's number of the element type. */
const elementBytes: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2 }

/**
 * Returns a directory's ONNX file with the weights from its other files embedded. Throws SluiceError MODEL_LOAD_FAILED if there is not exactly
 * one ONNX file, or if it refers to a file, or a range of a file, that does not exist.
 */
export async function bytesOfFiles(files: ModelFiles): Promise<Uint8Array> {
  const [name, more] = files.names.filter(each => each.endsWith('.onnx'))
  if (name === undefined || more !== undefined)
    throw new SluiceError('MODEL_LOAD_FAILED', 'the archive must hold exactly one .onnx file, and the files that it names')
  return embedData(await files.read(name), directoryOf(name), files)
}

/**
 * Throws SluiceError MODEL_LOAD_FAILED if weights are in other files. A model is data from a topic: it must not make ONNX Runtime open paths
 * of its choice.
 */
export function refuseExternalData(bytes: Uint8Array): void {
  const [outside] = outsideTensors(decode(bytes))
  if (outside === undefined) return
  throw new SluiceError(
    'MODEL_LOAD_FAILED',
    `the ONNX model keeps the weights of ${outside.name ?? 'a tensor'} in another file; publish it together with its files as one archive (zip or tar), or export it as one file`,
  )
}

async function embedData(bytes: Uint8Array, directory: string, files: ModelFiles): Promise<Uint8Array> {
  if (!asBuffer(bytes).includes('location')) return bytes
  const model = decode(bytes)
  const read = new Map<string, Uint8Array>()
  for (const tensor of outsideTensors(model)) {
    const entries = new Map(tensor.external_data?.map(({ key, value }) => [key, value]))
    const name = directory + (entries.get('location') ?? '').replace(/^\.\//, '')
    const file = read.get(name) ?? (await files.read(name))
    read.set(name, file)
    tensor.raw_data = partOf(file, tensor, entries)
    delete tensor.external_data
    delete tensor.data_location
  }
  return outsideModel.encode(model)
}

function partOf(file: Uint8Array, tensor: Tensor, entries: ReadonlyMap<string | undefined, string | undefined>): Uint8Array {
  const offset = Number(entries.get('offset') ?? 0)
  const size = (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), elementBytes[tensor.data_type ?? 0] ?? NaN)
  const length = Number(entries.get('length') ?? (Number.isNaN(size) ? file.length - offset : size))
  const sound = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= file.length
  if (sound && (Number.isNaN(size) || size === length)) return file.subarray(offset, offset + length)
  throw new SluiceError(
    'MODEL_LOAD_FAILED',
    `the weights of ${tensor.name ?? 'a tensor'} are said to be bytes ${offset} to ${offset + length} of a file of ${file.length} bytes`,
  )
}

function decode(bytes: Uint8Array): Outside {
  try {
    return outsideModel.decode(bytes)
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the ONNX model cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function outsideTensors({ graph = {}, functions = [] }: Outside): Tensor[] {
  const found: Tensor[] = []
  const ofTensors = (tensors: readonly (Tensor | undefined)[]): void => {
    for (const tensor of tensors) if (tensor?.data_location === 1) found.push(tensor)
  }
  const ofSparse = (tensors: readonly (Sparse | undefined)[]): void =>
    ofTensors(tensors.flatMap(sparse => [sparse?.values, sparse?.indices]))
  const ofNodes = (nodes: readonly Node[]): void => {
    for (const { t, g, tensors = [], graphs = [], sparse_tensor, sparse_tensors = [] } of nodes.flatMap(node => node.attribute ?? [])) {
      ofTensors([t, ...tensors])
      ofSparse([sparse_tensor, ...sparse_tensors])
      for (const inner of g === undefined ? graphs : [g, ...graphs]) ofGraph(inner)
    }
  }
  const ofGraph = ({ node = [], initializer = [], sparse_initializer = [] }: Graph): void => {
    ofTensors(initializer)
    ofSparse(sparse_initializer)
    ofNodes(node)
  }
  ofGraph(graph)
  for (const { node = [] } of functions) ofNodes(node)
  return found
}

function directoryOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}
