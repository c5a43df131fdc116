import { constants } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import { type Entry, type ZipFile, fromBufferPromise } from 'yauzl'
import { asBuffer } from '../../records/index.ts'
import { SluiceError, messageOf } from '../../base/index.ts'
import { isArchive, isGzip, isZip } from '../archive-names.ts'

/** The files of a model that is a directory: a SavedModel, an ONNX model with external data. */
export interface ModelFiles {
  /** Relative paths with `/`, sorted; never absolute and never with `..`. */
  readonly names: readonly string[]
  /** Throws SluiceError MODEL_LOAD_FAILED if there is no such file. */
  read(name: string): Promise<Uint8Array>
}

/** Limits for the total unpacked size, bytes, and the number of a model's files. */
export interface FileLimits {
  readonly maxBytes: number
  readonly maxFiles: number
  /** Directories only: whether files with several hard links are refused. */
  readonly oneName?: boolean
}

const defaultLimits: FileLimits = { maxBytes: 1024 * 1024 * 1024, maxFiles: 10_000 }

/**
 * Unpacks a zip or a tar (gzip'd or not) in memory. A directory that contains all files is removed from their names. Throws SluiceError
 * MODEL_TOO_LARGE beyond the limits, before more is unpacked; MODEL_LOAD_FAILED for links, for names that are absolute, lead out of the
 * archive or are repeated, and for bytes that are not an archive or are damaged.
 */
export async function archiveFiles(bytes: Uint8Array, limits: FileLimits = defaultLimits): Promise<ModelFiles> {
  if (!isArchive(bytes)) throw new SluiceError('MODEL_LOAD_FAILED', 'the model is neither a zip nor a tar archive')
  const files = new FileCollector(limits)
  try {
    if (isZip(bytes)) await unzip(asBuffer(bytes), files)
    else await untar(isGzip(bytes) ? await inflate(bytes, limits) : asBuffer(bytes), files)
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('MODEL_LOAD_FAILED', `the model's archive cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return files.collected()
}

/**
 * The regular files below a directory, read on demand. Symbolic links to files below it are followed. Throws SluiceError MODEL_LOAD_FAILED for
 * other links, MODEL_TOO_LARGE beyond the limits.
 */
export async function directoryFiles(root: string, limits: FileLimits = defaultLimits): Promise<ModelFiles> {
  const { maxBytes, maxFiles, oneName = false } = limits
  const top = await realpath(root)
  const names: string[] = []
  let total = 0
  for (const entry of await readdir(top, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(top.length + 1).replaceAll(sep, '/')
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

class FileCollector {
  readonly #limits: FileLimits
  readonly #files = new Map<string, Uint8Array>()
  #left: number

  constructor(limits: FileLimits) {
    this.#limits = limits
    this.#left = limits.maxBytes
  }

  /** Subtracts from the remaining limit; called before a file is unpacked. */
  reserve(size: number): void {
    this.#left -= size
    if (this.#left < 0 || this.#files.size >= this.#limits.maxFiles) throw tooLarge(this.#limits)
  }

  add(given: string, bytes: Uint8Array): void {
    const name = safeName(given)
    if (isLitter(name)) return
    if (this.#files.has(name)) throw new SluiceError('MODEL_LOAD_FAILED', `the model's archive has ${name} twice`)
    this.#files.set(name, bytes)
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

async function unzip(bytes: Buffer, files: FileCollector): Promise<void> {
  const zip: ZipFile = await fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true })
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue
    if (entry.isEncrypted()) throw new Error(`${entry.fileName} is encrypted`)
    if (isZipLink(entry)) throw linkRefused(entry.fileName)
    files.reserve(entry.uncompressedSize)
    const chunks: Buffer[] = []
    // yauzl fails the stream if it is longer than its header says, so no more than was reserved is unpacked.
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    files.add(entry.fileName, Buffer.concat(chunks))
  }
}

/** The upper half of the attributes is the Unix file mode, if there is one. */
function isZipLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170_000) === 0o120_000
}

async function untar(bytes: Buffer, files: FileCollector): Promise<void> {
  const entries = extract()
  entries.end(bytes)
  for await (const entry of entries) {
    const { name, type, size } = entry.header
    const regular = type === 'file' || type === 'contiguous-file'
    if (!regular && type !== 'directory') throw linkRefused(name)
    if (regular) files.reserve(size)
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    if (regular) files.add(name, Buffer.concat(chunks))
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

function safeName(given: string): string {
  const name = given.replace(/^(\.\/)+/, '')
  const parts = name.split('/')
  if (name === '' || /[\\\0]|^[a-z]:/i.test(name) || parts.some(part => part === '' || part === '.' || part === '..'))
    throw new SluiceError(
      'MODEL_LOAD_FAILED',
      `the model's archive has a file with the name ${JSON.stringify(given)}, which is not allowed`,
    )
  return name
}

/** Whether it is a file that desktop systems add to archives. */
function isLitter(name: string): boolean {
  return /^__MACOSX\/|(^|\/)(\._[^/]*|\.DS_Store)$/.test(name)
}

function sharedDirectory(names: readonly string[]): string {
  const [first = ''] = names
  const directory = first.slice(0, first.indexOf('/') + 1)
  return names.every(name => name.startsWith(directory)) ? directory : ''
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

function linkRefused(name: string): SluiceError {
  return new SluiceError(
    'MODEL_LOAD_FAILED',
    `the model's files hold ${name}, a link: only regular files inside the model's directory are read`,
  )
}

function noFile(name: string, names: readonly string[]): SluiceError {
  const some = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '')
  return new SluiceError('MODEL_LOAD_FAILED', `the model has no file ${name}; it has: ${some || 'none'}`)
}

function tooLarge({ maxBytes, maxFiles }: FileLimits): SluiceError {
  return new SluiceError('MODEL_TOO_LARGE', `the model's files are more than ${maxBytes} bytes or more than ${maxFiles} files`)
}
