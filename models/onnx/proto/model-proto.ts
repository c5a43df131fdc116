import { asBuffer } from '../../../records/index.ts'
import { SluiceError, messageOf } from '../../../base/index.ts'
import { type GraphProto, type ModelProto, type NodeProto, attributeType, elementType, modelOutline, modelProto } from './onnx-schema.ts'

/** A model that ONNX Runtime's Node binding can run, and what was removed from it. */
export interface MendedModel {
  readonly bytes: Uint8Array
  /** The classes of an output's values, by the output's name. */
  readonly classes: ReadonlyMap<string, readonly string[]>
  /** The classes that its nodes name, in the order of their numbers; undefined: none, or different ones. */
  readonly named?: readonly string[] | undefined
}

/** Whether the bytes are an ONNX model, by its outermost fields. */
export function isOnnx(bytes: Uint8Array): boolean {
  try {
    return modelOutline.decode(bytes).graph.length > 0
  } catch {
    return false
  }
}

/**
 * Makes tensors of the outputs that ONNX Runtime's Node binding cannot give. ZipMap nodes, which make lists of maps, become Identity: the output of
 * that name is then the tensor of probabilities, one value a class, and the class labels are kept beside it. An output that is a list of
 * tensors (a classifier of several targets) becomes an output for each: `name[0]`, …. Other models come back as they are.
 */
export function mendOutputs(bytes: Uint8Array): MendedModel {
  const given = asBuffer(bytes)
  const classes = new Map<string, readonly string[]>()
  if (!['ZipMap', 'SequenceConstruct', 'classlabels_strings'].some(name => given.includes(name))) return { bytes, classes }
  const model = decodeModel(bytes)
  const graph = model.graph ?? {}
  const named = namedClasses(graph)
  graph.node = (graph.node ?? []).map(node => (node.op_type === 'ZipMap' ? replaceZipMap(node, graph, classes) : node))
  if (!takeApart(graph) && classes.size === 0) return { bytes, classes, named }
  const imports = (model.opset_import ??= [])
  if (!imports.some(({ domain }) => domain === undefined || domain === '' || domain === 'ai.onnx'))
    imports.push({ domain: '', version: 13 })
  return { bytes: modelProto.encode(model), classes, named }
}

/**
 * The model with the locale C.UTF-8, which every system has, in its changes of case; undefined: it changes no case, or names a locale that is
 * not English.
 */
export function withPlainLocale(bytes: Uint8Array): Uint8Array | undefined {
  const model = decodeModel(bytes)
  const nodes = (model.graph?.node ?? []).filter(({ op_type }) => op_type === 'StringNormalizer')
  for (const node of nodes) {
    const others = (node.attribute ?? []).filter(({ name }) => name !== 'locale')
    const locale = node.attribute?.find(({ name }) => name === 'locale')?.s
    if (locale !== undefined && !/^en|^$/.test(asBuffer(locale).toString('utf8'))) return undefined
    node.attribute = [...others, { name: 'locale', type: attributeType.string, s: Buffer.from('C.UTF-8') }]
  }
  return nodes.length === 0 ? undefined : modelProto.encode(model)
}

/** The names of the inputs that declare no shape. */
export function shapelessInputs(bytes: Uint8Array): ReadonlySet<string> {
  const inputs = decodeModel(bytes).graph?.input ?? []
  const shapeless = inputs.filter(
    ({ type }) => (type?.tensor_type ?? undefined) !== undefined && (type?.tensor_type?.shape ?? undefined) === undefined,
  )
  return new Set(shapeless.map(({ name = '' }) => name))
}

/** Decodes a model; throws SluiceError MODEL_LOAD_FAILED. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    return modelProto.decode(bytes)
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the ONNX model cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function namedClasses({ node = [] }: GraphProto): readonly string[] | undefined {
  const lists = node.flatMap(({ attribute = [] }) => attribute.filter(({ name }) => name === 'classlabels_strings'))
  const [first, ...others] = lists.map(({ strings = [] }) => strings.map(label => asBuffer(label).toString('utf8')))
  return others.every(other => other.join('\0') === first?.join('\0')) ? first : undefined
}

/** Whether there were outputs that are lists of known tensors. */
function takeApart(graph: GraphProto): boolean {
  const made = new Map(graph.node?.flatMap(node => node.output?.map((name): [string, NodeProto] => [name, node]) ?? []))
  let found = false
  graph.output =
    graph.output?.flatMap(output => {
      const maker = made.get(output.name ?? '')
      if (maker?.op_type !== 'SequenceConstruct') return [output]
      found = true
      return (maker.input ?? []).map((input, at) => {
        const name = `${output.name}[${at}]`
        graph.node?.push({ op_type: 'Identity', name, input: [input], output: [name] })
        return { name }
      })
    }) ?? []
  return found
}

function replaceZipMap(node: NodeProto, graph: GraphProto, classes: Map<string, readonly string[]>): NodeProto {
  const [output = ''] = node.output ?? []
  const attributes = new Map(node.attribute?.map(attribute => [attribute.name, attribute]))
  const texts = attributes.get('classlabels_strings')?.strings?.map(label => asBuffer(label).toString('utf8')) ?? []
  const numbers = attributes.get('classlabels_int64s')?.ints?.map(String) ?? []
  classes.set(output, texts.length > 0 ? texts : numbers)
  const declared = graph.output?.find(({ name }) => name === output)
  // Without a shape: how many classes there are is known to the graph.
  if (declared !== undefined) declared.type = { tensor_type: { elem_type: elementType.float } }
  return { input: node.input ?? [], output: [output], name: node.name ?? '', op_type: 'Identity' }
}
