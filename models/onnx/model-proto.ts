import { asBuffer } from '../../proto/serde.ts'
import { SluiceError, messageOf } from '../../proto/sluice-error.ts'
import { type GraphProto, type ModelProto, type NodeProto, elementType, modelOutline, modelProto } from './onnx-schema.ts'

/** A model that ONNX Runtime can run, and what had to be taken out of it. */
export interface MendedModel {
  readonly bytes: Uint8Array
  /** The classes that an output's values stand for, by the output's name. */
  readonly classes: ReadonlyMap<string, readonly string[]>
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
 * Replaces ZipMap nodes, whose lists of maps ONNX Runtime's Node binding cannot give, by Identity: the output of that name is then the
 * tensor of probabilities, one value a class, and the class labels are kept beside it. Other models come back as they are.
 */
export function mendZipMap(bytes: Uint8Array): MendedModel {
  if (!asBuffer(bytes).includes('ZipMap')) return { bytes, classes: new Map() }
  const model = decodeModel(bytes)
  const graph = model.graph ?? {}
  const classes = new Map<string, readonly string[]>()
  graph.node = (graph.node ?? []).map(node => (node.op_type === 'ZipMap' ? replaceZipMap(node, graph, classes) : node))
  if (classes.size === 0) return { bytes, classes }
  const imports = (model.opset_import ??= [])
  if (!imports.some(({ domain }) => domain === undefined || domain === '' || domain === 'ai.onnx'))
    imports.push({ domain: '', version: 13 })
  return { bytes: modelProto.encode(model), classes }
}

/** Decodes a model; throws SluiceError MODEL_LOAD_FAILED. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    return modelProto.decode(bytes)
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the ONNX model cannot be read: ${messageOf(error)}`, { cause: error })
  }
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
