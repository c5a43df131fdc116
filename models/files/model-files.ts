import { constants } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { fromBufferPromise } from 'yauzl'
import { asBuffer } from '../../records/index.ts'
import { SluiceError } from '../../base/index.ts'
import { isArchive, isGzip, isZip } from '../archive-names.ts'
import {
  archiveError,
  defaultLimits,
  type EntrySink,
  linkRefused,
  tooLarge,
  type UnpackLimits,
  untar,
  unzip,
  zipOptions,
} from './archive-entries.ts'
import { isLitter, namedTwice, safeName, sharedDirectory } from './file-names.ts'

/** The files of a model that is a directory: a SavedModel, an ONNX model with external data. */
export interface ModelFiles {
  /** Relative paths with `/`, sorted; never absolute and never with `..`. */
  readonly names: readonly string[]
  /** Throws SluiceError MODEL_LOAD_FAILED if there is no such file. */
  read(name: string): Promise<Uint8Array>
}

/** Limits for a model's files. */
export interface FileLimits extends UnpackLimits {
  /** Directories only: whether files with several hard links are refused. */
  readonly oneName?: boolean
  /** Directories only: whether all links are refused. */
  readonly noLinks?: boolean
}

/**
 * Unpacks a zip or a tar (gzip'd or not) in memory. A directory that contains all files is removed from their names. Throws SluiceError
 * MODEL_TOO_LARGE beyond the limits, before more is unpacked; MODEL_LOAD_FAILED for links, for names that are absolute, lead out of the
 * archive or are repeated, and for bytes that are not an archive or are damaged.
 */
export async function archiveFiles(bytes: Uint8Array, limits: FileLimits = defaultLimits): Promise<ModelFiles> {
  if (!isArchive(bytes)) throw new SluiceError('MODEL_LOAD_FAILED', 'the model is neither a zip nor a tar archive')
  const files = new FileCollector(limits)
  try {
    if (isZip(bytes)) await unzip(await fromBufferPromise(asBuffer(bytes), zipOptions), files)
    else await untar([isGzip(bytes) ? await inflate(bytes, limits) : asBuffer(bytes)], files)
  } catch (error) {
    throw archiveError(error)
  }
  return files.collected()
}

/**
 * The regular files below a directory, read on demand. Symbolic links to files below it are followed. Throws SluiceError MODEL_LOAD_FAILED for
 * other links, MODEL_TOO_LARGE beyond the limits.
 */
export async function directoryFiles(root: string, limits: FileLimits = defaultLimits): Promise<ModelFiles> {
  const { maxBytes, maxFiles, oneName = false, noLinks = false } = limits
  const top = await realpath(root)
  const names: string[] = []
  let total = 0
  for (const entry of await readdir(top, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(top.length + 1).replaceAll(sep, '/')
    if (noLinks && entry.isSymbolicLink()) throw linkRefused(name)
    total += await sizeBelow(top, { path, name, oneName })
    names.push(name)
    if (names.length > maxFiles || total > maxBytes) throw tooLarge(limits)
  }
  names.sort()
  return {
    names,
    read: name => (names.includes(name) ? readBelow(top, name, oneName) : Promise.reject(noFile(name, names))),
  }
}

/** Packs files to a tar without times and owners: the same names and contents give the same bytes. */
export async function packFiles(files: ModelFiles): Promise<Uint8Array> {
  const archive = pack()
  const chunks: Buffer[] = []
  const reading = (async () => {
    for await (const chunk of archive) chunks.push(chunk as Buffer)
  })()
  for (const name of files.names) {
    const bytes = asBuffer(await files.read(name))
    archive.entry({ name, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), type: 'file', size: bytes.length }, bytes)
  }
  archive.finalize()
  await reading
  return Buffer.concat(chunks)
}

class FileCollector implements EntrySink {
  readonly #limits: FileLimits
  readonly #files = new Map<string, Uint8Array>()
  #left: number

  constructor(limits: FileLimits) {
    this.#limits = limits
    this.#left = limits.maxBytes
  }

  reserve(size: number): void {
    this.#left -= size
    if (this.#left < 0 || this.#files.size >= this.#limits.maxFiles) throw tooLarge(this.#limits)
  }

  async file(given: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const held: Uint8Array[] = []
    for await (const chunk of chunks) held.push(chunk)
    const name = safeName(given)
    if (isLitter(name)) return
    if (this.#files.has(name)) throw namedTwice(name)
    this.#files.set(name, Buffer.concat(held))
  }

  collected(): ModelFiles {
    const shared = sharedDirectory([...this.#files.keys()])
    const files = new Map([...this.#files].map(([name, bytes]) => [name.slice(shared.length), bytes]))
    const names = [...files.keys()].sort()
    return {
      names,
      read: async name => files.get(name) ?? (await Promise.reject(noFile(name, names))),
    }
  }
}

async function inflate(bytes: Uint8Array, limits: FileLimits): Promise<Buffer> {
  // Headers and padding are added to the files' own sizes.
  const maxOutputLength = limits.maxBytes + 4096 * (limits.maxFiles + 8)
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength })
  } catch (error) {
    throw error instanceof RangeError ? tooLarge(limits) : error
  }
}

interface BelowFile {
  readonly path: string
  readonly name: string
  readonly oneName: boolean
}

async function sizeBelow(top: string, { path, name, oneName }: BelowFile): Promise<number> {
  const real = await realpath(path).catch(() => '')
  if (!real.startsWith(top + sep)) throw linkRefused(name)
  const found = await stat(real)
  if (!found.isFile()) throw new SluiceError('MODEL_LOAD_FAILED', `the model's directory holds ${name}, which is not a regular file`)
  if (oneName && found.nlink > 1) throw linkRefused(name)
  return found.size
}

async function readBelow(top: string, name: string, oneName: boolean): Promise<Uint8Array> {
  const real = await realpath(join(top, name))
  if (!real.startsWith(top + sep)) throw linkRefused(name)
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    if (oneName && (await file.stat()).nlink > 1) throw linkRefused(name)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function noFile(name: string, names: readonly string[]): SluiceError {
  const some = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '')
  return new SluiceError('MODEL_LOAD_FAILED', `the model has no file ${name}; it has: ${some || 'none'}`)
}
