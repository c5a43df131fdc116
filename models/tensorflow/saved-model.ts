import { SluiceError } from '../../base/index.ts'
import { asBuffer } from '../../records/index.ts'
import type { ModelFiles } from '../files/index.ts'
import type { CompiledTensorflow } from './compiled-tensorflow.ts'
import { type Shape, type MetaGraphDef, type SavedModel, type SignatureDef, type TensorInfo, elementTypeOf } from './graph/index.ts'
import { GraphCompiler } from './graph-compiler.ts'
import { graphInput } from './graph-input.ts'
import { declaredShape, inferredShape, isOpenShape, usualShape } from './placeholder-shape.ts'
import { type Asset, restoredValues } from './restored-values.ts'
import { TensorBundle } from './tensor-bundle.ts'

const variables = 'variables/variables'
/** In this order; else the only one that has inputs and outputs. */
const usualSignatures = ['serving_default', 'predict', 'serve']

/**
 * Compiles a SavedModel's signature: its inputs and outputs keep the signature's names, in their order. `output` is one of them, or the
 * tensor that it stands for; only it is then compiled.
 */
export async function compileSavedModel(
  { meta_graphs: graphs = [] }: SavedModel,
  files: ModelFiles,
  output: string | undefined,
): Promise<CompiledTensorflow> {
  const graph = servingGraph(graphs)
  const signature = signatureOf(graph)
  const bundle = await TensorBundle.open(files, variables)
  const asset = await assetsOf(graph, files)
  const definition = graph.graph_def ?? {}
  const restored = restoredValues(definition, bundle, asset)
  const compiler = new GraphCompiler(definition.node ?? [], definition.library?.function ?? [], restored)
  const shapeOf = (reference: string): Shape => restored.variables.get(reference.replace(/(\/Read(\/ReadVariableOp)?|\/read)?$/, ''))?.dims
  for (const [name, info] of sorted(signature.inputs)) {
    const type = elementTypeOf(info.dtype)
    if (type === undefined) throw failed(`input ${name} is of TensorFlow’s type ${info.dtype}, which is not supported`)
    const node = nodeOf(name, info)
    const declared = declaredShape(info.tensor_shape)
    const shape = isOpenShape(declared) ? (inferredShape(node, definition.node ?? [], shapeOf) ?? declared) : declared
    compiler.bind(node, graphInput(compiler.graph, name, { type, shape: shape ?? usualShape(type) }))
  }
  const inputs = new Set(Object.keys(signature.inputs ?? {}))
  const wanted = outputsOf(signature, output)
  const outputs = new Map(wanted.map(([name, info]) => [inputs.has(name) ? `${name}:0` : name, compiler.compile(info.name ?? '')]))
  return { onnx: compiler.graph.finish(outputs), outputs: [...outputs.keys()] }
}

function servingGraph(graphs: readonly MetaGraphDef[]): MetaGraphDef {
  const graph = graphs.find(each => each.meta_info_def?.tags?.includes('serve') === true) ?? graphs[0]
  if (graph === undefined) throw failed('it has no graph')
  return graph
}

function signatureOf({ signature_def: signatures = {} }: MetaGraphDef): SignatureDef {
  const usable = Object.entries(signatures).filter(([name, { outputs = {} }]) => !name.startsWith('__') && Object.keys(outputs).length > 0)
  const byName = new Map(usable)
  const usual = usualSignatures.find(name => byName.has(name))
  const found = usual === undefined ? (usable.length === 1 ? usable[0]?.[1] : undefined) : byName.get(usual)
  if (found !== undefined) return found
  throw failed(`none of its signatures is ${usualSignatures.join(' or ')}; it has: ${usable.map(([name]) => name).join(', ') || 'none'}`)
}

function outputsOf(signature: SignatureDef, output: string | undefined): [string, TensorInfo][] {
  const all = sorted(signature.outputs)
  if (output === undefined) return all
  const tensor = /:\d+$/.test(output) ? output : `${output}:0`
  const found = all.find(([name]) => name === output) ?? all.find(([, info]) => info.name === tensor)
  if (found === undefined) throw failed(`the signature has no output ${output}; it has: ${all.map(([name]) => name).join(', ')}`)
  return [found]
}

/** The files do not keep an order: that of the names, with numbers in them counted, as TensorFlow makes them. */
function sorted(infos: Record<string, TensorInfo> = {}): [string, TensorInfo][] {
  const order = new Intl.Collator('en', { numeric: true })
  return Object.entries(infos).sort(([a], [b]) => order.compare(a, b))
}

function nodeOf(name: string, { name: tensor = '' }: TensorInfo): string {
  if (!/^[^:]+(:0)?$/.test(tensor)) throw failed(`input ${name} is not a dense tensor`)
  return tensor.replace(/:0$/, '')
}

/** Vocabularies and the like, line by line. */
async function assetsOf(graph: MetaGraphDef, files: ModelFiles): Promise<Asset> {
  const lines = new Map<string, readonly string[]>()
  for (const { filename = '', tensor_info: info } of graph.asset_file_def ?? []) {
    const path = `assets/${filename}`
    if (!files.names.includes(path)) continue
    const text = asBuffer(await files.read(path)).toString('utf8')
    lines.set((info?.name ?? '').replace(/:0$/, ''), text.replace(/\r?\n$/, '').split(/\r?\n/))
  }
  return node => lines.get(node)
}

function failed(what: string): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the TensorFlow SavedModel cannot be compiled: ${what}`)
}
