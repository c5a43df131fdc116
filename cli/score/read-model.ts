import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { directoryFiles, packFiles } from '../../models/files/index.ts'
import { serviceHostOf } from '../../models/service/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'

/** A model given on the command line. */
export interface NamedModel {
  readonly bytes: Uint8Array
  /** Host of the model server if the model is a URL. The command line may name any host, so this one is allowed. */
  readonly host: string | undefined
}

/**
 * Reads the model of a file, a file: URI, a directory (packed), the URL of a model server or `-` (standard input).
 * Throws SluiceError INPUT_INVALID if it cannot be read, CONFIG_INVALID for any other URL.
 */
export async function readModel(model: string, stdin: AsyncIterable<Uint8Array>): Promise<NamedModel> {
  const url = Buffer.from(model, 'utf8')
  const host = serviceHostOf(url)
  if (host !== undefined) return { bytes: url, host }
  try {
    if (model === '-') return { bytes: await readAll(stdin), host }
    const path = pathOf(model)
    const directory = (await stat(path)).isDirectory()
    return { bytes: directory ? await packFiles(await directoryFiles(path)) : await readFile(path), host }
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('INPUT_INVALID', `model ${model} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function pathOf(model: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(model)) return model
  try {
    return fileURLToPath(model)
  } catch {
    const allowed = 'a file, a directory, a file: URI, a URL of a model server (…/v2/models/NAME, …/v1/models/NAME), or -'
    throw new SluiceError('CONFIG_INVALID', `model ${JSON.stringify(model)} is not allowed; allowed: ${allowed}`)
  }
}
