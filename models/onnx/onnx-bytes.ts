import { asBuffer } from '../../records/serde.ts'
import { archiveNames, isArchive } from '../archive-names.ts'
import type { ModelSource } from '../model.ts'

/** Whether an archive holds an ONNX model: one file of that name, and no SavedModel beside it. */
export function isOnnxArchive(bytes: Uint8Array): boolean {
  const names = archiveNames(bytes)
  return names.filter(name => name.endsWith('.onnx')).length === 1 && !names.some(name => name.endsWith('saved_model.pb'))
}

/**
 * The model as one ONNX file: as it is, or put together of the files of an archive. Throws SluiceError MODEL_LOAD_FAILED when the archive
 * holds no model, and for a model whose weights lie in files that it does not bring. Only such models bring in what reads them.
 */
export async function onnxBytes({ bytes, files }: Pick<ModelSource, 'bytes' | 'files'>): Promise<Uint8Array> {
  if (files !== undefined) return (await import('./external-data.ts')).bytesOfFiles(files)
  if (isArchive(bytes)) {
    const { archiveFiles } = await import('../files/index.ts')
    return (await import('./external-data.ts')).bytesOfFiles(await archiveFiles(bytes))
  }
  if (asBuffer(bytes).includes('location')) (await import('./external-data.ts')).refuseExternalData(bytes)
  return bytes
}
