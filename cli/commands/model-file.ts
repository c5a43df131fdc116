import { readFileSync, statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { directoryFiles, packFiles } from '../../models/files/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'

/** A model that is named on the command line. */
export interface ModelFile {
  /** undefined: only the instances read it. */
  readonly bytes: Uint8Array | undefined
  /** Where instances are to read it; undefined: it is sent. */
  readonly location: string | undefined
  /** What it is called unless it is given a name. */
  readonly name: string
}

/** Reads a file, or a directory as one archive; a URL is for the instances to read. Throws SluiceError CONFIG_INVALID, INPUT_INVALID. */
export async function readModelFile(model: string, byLocation: boolean): Promise<ModelFile> {
  if (/^https?:\/\//i.test(model)) return { bytes: undefined, location: urlOf(model), name: nameOf(new URL(model).pathname) }
  const path = resolve(pathOf(model))
  const location = byLocation ? pathToFileURL(path).href : undefined
  try {
    const bytes = statSync(path).isDirectory() ? await packFiles(await directoryFiles(path)) : readFileSync(path)
    return { bytes, location, name: nameOf(path) }
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `model ${model} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function nameOf(path: string): string {
  return basename(path, extname(path))
}

function urlOf(model: string): string {
  if (URL.canParse(model)) return model
  throw new SluiceError(
    'CONFIG_INVALID',
    `model ${JSON.stringify(model)} is not allowed; allowed: a file, a directory, a file: URI, or an http: or https: URL`,
  )
}

function pathOf(model: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(model)) return model
  try {
    return fileURLToPath(model)
  } catch {
    throw new SluiceError(
      'CONFIG_INVALID',
      `model ${JSON.stringify(model)} is not allowed; allowed: a file, a directory, a file: URI, or an http: or https: URL`,
    )
  }
}
