import { asBuffer } from '../../records/index.ts'
import { archiveNames, isArchive } from '../archive-names.ts'
import type { ModelSource } from '../model.ts'

/** Whether an archive contains an ONNX model: one .onnx file, and no SavedModel. */
export function isOnnxArchive(bytes: Uint8Array): boolean {
  const names = archiveNames(bytes)
  return names.filter(name => name.endsWith('.onnx')).length === 1 && !names.some(name => name.endsWith('saved_model.pb'))
}

/**
 * Returns the model as one ONNX file, assembled from an archive's files if needed. Throws SluiceError MODEL_LOAD_FAILED if the archive has no
 * model, or if weights are in files that did not come with it. The code that reads such files is imported only for such models.
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
