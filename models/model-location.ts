import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { isAbsolute, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SluiceError, messageOf } from '../base/index.ts'
import { directoryFiles, packFiles } from './files/index.ts'

export interface LocationRules {
  /** The directories that models may be read from; if empty, every location is refused. */
  readonly roots: readonly string[]
  readonly maxBytes: number
}

const maxDirectoryFiles = 10_000
/** The size of a piece, bytes: how much of a file is in memory at a time. */
const chunkBytes = 1024 * 1024

/**
 * Reads a model that its descriptor gives by location, in pieces. The location is an absolute path or a file: URI of a regular file, or of a
 * directory (returned as an archive of its files), below one of the roots. The real path must lie there, so that neither `..` nor a symbolic
 * link leads out; a file with several hard links could be one of elsewhere, and is refused. Throws SluiceError MODEL_LOCATION_REFUSED (outside the roots also for a file that does not exist, so that the error does
 * not reveal what exists there), MODEL_LOAD_FAILED if it cannot be read, MODEL_TOO_LARGE.
 */
export async function* locationChunks(location: string, { roots, maxBytes }: LocationRules): AsyncGenerator<Uint8Array> {
  const refused = (why: string): SluiceError =>
    new SluiceError(
      'MODEL_LOCATION_REFUSED',
      `the model location ${location} is refused: ${why}; models may lie below: ${roots.join(', ') || 'none, no model root is configured'}`,
    )
  const path = pathOf(location)
  if (path === undefined) throw refused('it is neither an absolute path nor a file: URI of this machine')
  const real = await realLocation(location, path, roots)
  if (real === undefined) throw refused('it is not below a model root')
  let file: FileHandle | undefined
  try {
    // O_NOFOLLOW: what is opened is what was checked. O_NONBLOCK: a pipe cannot block the process.
    file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (stats.isDirectory()) yield await packedDirectory(real, maxBytes)
    else if (stats.nlink > 1) throw refused(`the file has ${stats.nlink} names (hard links), and another may lie outside: copy it`)
    else yield* fileChunks(file, location, sizeOf(stats, location, maxBytes))
  } catch (error) {
    throw error instanceof SluiceError ? error : unreadable(location, error)
  } finally {
    await file?.close()
  }
}

async function packedDirectory(real: string, maxBytes: number): Promise<Uint8Array> {
  const files = await directoryFiles(real, { maxBytes, maxFiles: maxDirectoryFiles, oneName: true })
  if (files.names.length === 0) throw new Error('the directory is empty')
  return packFiles(files)
}

/** Reads the whole model at a location; see locationChunks. */
export async function readModelLocation(location: string, rules: LocationRules): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of locationChunks(location, rules)) chunks.push(chunk)
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
}

async function* fileChunks(file: FileHandle, location: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size;) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, size - at))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) throw unreadable(location, new Error(`only ${at} of ${size} bytes could be read`))
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}

function sizeOf(stats: Stats, location: string, maxBytes: number): number {
  if (!stats.isFile()) throw new Error('it is neither a regular file nor a directory')
  if (stats.size <= maxBytes) return stats.size
  throw new SluiceError('MODEL_TOO_LARGE', `the model at ${location} has ${stats.size} bytes; at most ${maxBytes} are allowed`)
}

function pathOf(location: string): string | undefined {
  if (isAbsolute(location)) return location
  if (!/^file:/i.test(location)) return undefined
  try {
    return fileURLToPath(location)
  } catch {
    return undefined
  }
}

/** The real path if it lies below a root, otherwise undefined. */
async function realLocation(location: string, path: string, roots: readonly string[]): Promise<string | undefined> {
  // A root that does not exist contains nothing.
  const realRoots = await Promise.all(roots.map(root => realpath(root).catch(() => undefined)))
  const below = (candidate: string, allowed: readonly (string | undefined)[]): boolean =>
    allowed.some(root => root !== undefined && candidate.startsWith(root.endsWith(sep) ? root : root + sep))
  try {
    const real = await realpath(path)
    return below(real, realRoots) ? real : undefined
  } catch (error) {
    if (below(resolve(path), [...realRoots, ...roots.map(root => resolve(root))])) throw unreadable(location, error)
    return undefined
  }
}

function unreadable(location: string, error: unknown): SluiceError {
  return new SluiceError('MODEL_LOAD_FAILED', `the model at ${location} cannot be read: ${messageOf(error)}`, { cause: error })
}
