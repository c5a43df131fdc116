import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { directoryFiles, packFiles } from '../../models/files/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'

/** A model given on the command line. */
export interface ModelFile {
  /** undefined: the model is a URL, which only the instances read. */
  readonly bytes: Uint8Array | undefined
  /** The location that instances read; undefined: the bytes are sent. */
  readonly location: string | undefined
  /** The default name of the model. */
  readonly name: string
}

/** How instances get a file. */
export interface FileUse {
  /** They read it where it is. */
  readonly byLocation: boolean
  /** They know where files of its name are. */
  readonly byName: boolean
  /** Which files of a directory are not sent; default: none. */
  readonly leavesOut?: (name: string, path: string) => boolean
}

/** Reads a file, or a directory as one archive. Does not read an http: or https: URL. Throws SluiceError CONFIG_INVALID, INPUT_INVALID. */
export async function readModelFile(model: string, { byLocation, byName, leavesOut }: FileUse): Promise<ModelFile> {
  if (/^https?:\/\//i.test(model)) return { bytes: undefined, location: urlOf(model), name: nameOf(new URL(model).pathname) }
  const path = resolve(pathOf(model))
  const location = byLocation ? pathToFileURL(path).href : byName ? basename(path) : undefined
  try {
    const bytes = statSync(path).isDirectory() ? await packedDirectory(path, leavesOut) : readFileSync(path)
    return { bytes, location, name: nameOf(path) }
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `model ${model} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * The models of a directory: each of its files and directories, by name. A file, a URL and a directory that is a SavedModel are one model. Throws
 * SluiceError CONFIG_INVALID, INPUT_INVALID.
 */
export function modelsIn(model: string): readonly string[] {
  if (/^https?:\/\//i.test(model)) return [model]
  const path = resolve(pathOf(model))
  try {
    if (!statSync(path).isDirectory() || ['saved_model.pb', 'saved_model.pbtxt'].some(name => existsSync(join(path, name)))) return [model]
    const names = readdirSync(path).filter(name => !name.startsWith('.'))
    return names.sort().map(name => join(path, name))
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${model} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

async function packedDirectory(path: string, leavesOut: FileUse['leavesOut']): Promise<Uint8Array> {
  const files = await directoryFiles(path)
  const names = files.names.filter(name => leavesOut?.(name, join(path, name)) !== true)
  return packFiles({ names, read: name => files.read(name) })
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
