import { SluiceError, messageOf } from '../../base/index.ts'
import { isArchive } from '../archive-names.ts'
import { type ModelFiles, archiveFiles } from '../files/index.ts'
import type { CompiledTensorflow } from './compiled-tensorflow.ts'
import { compileFrozenGraph } from './frozen-graph.ts'
import { compileSavedModel } from './saved-model.ts'
import { type GraphDef, type SavedModel, graphDef, savedModel } from './graph/index.ts'

/** The graph's file within a SavedModel's directory. */
export const savedModelFile = 'saved_model.pb'

/**
 * Compiles a frozen graph, or a SavedModel (an archive of its directory, or its file alone where it has no variables), to ONNX. `output`
 * names what holds the score. Throws SluiceError MODEL_LOAD_FAILED that says which op or node is why.
 */
export async function compileTensorflow(bytes: Uint8Array, output?: string): Promise<CompiledTensorflow> {
  if (isArchive(bytes)) return compileTensorflowFiles(await archiveFiles(bytes), output)
  // A SavedModel begins with its version, a graph with a node.
  if (bytes[0] === 0x08) {
    return compileTensorflowFiles({ names: [savedModelFile], read: () => Promise.resolve(bytes) }, output)
  }
  return compileFrozenGraph(decodeGraph(bytes), output)
}

/** The same for a SavedModel's files. */
export async function compileTensorflowFiles(files: ModelFiles, output?: string): Promise<CompiledTensorflow> {
  return compileSavedModel(decodeSavedModel(await files.read(savedModelFile)), files, output)
}

function decodeGraph(bytes: Uint8Array): GraphDef {
  try {
    return graphDef.decode(bytes)
  } catch (error) {
    throw unreadable('graph', error)
  }
}

function decodeSavedModel(bytes: Uint8Array): SavedModel {
  try {
    return savedModel.decode(bytes)
  } catch (error) {
    throw unreadable('SavedModel', error)
  }
}

function unreadable(what: string, error: unknown): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the TensorFlow ${what} cannot be read: ${messageOf(error)}`, { cause: error })
}
