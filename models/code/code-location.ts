import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { extname, isAbsolute, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { ModelContent } from '../sources/index.ts'

/** The endings of the names of modules. */
export const moduleEndings: readonly string[] = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']
/** A module is written by people. */
const maxModuleBytes = 16 * 1024 * 1024

/** Whether the name of a file is that of a JavaScript or TypeScript module. */
export function isModuleName(path: string): boolean {
  return moduleEndings.includes(extname(path).toLowerCase())
}

/**
 * Reads the module at a location: a path below one of the roots, relative to it or absolute, or a file: URI. Its real path must lie there. What is
 * returned has no bytes, only the path: code is run from its file, and never from bytes that came another way. Throws SluiceError
 * MODEL_LOCATION_REFUSED, MODEL_LOAD_FAILED, MODEL_HASH_MISMATCH; the SHA-256 must be given.
 */
export async function readModule(location: string, sha256: Uint8Array, roots: readonly string[]): Promise<ModelContent> {
  const refused = (why: string): SluiceError =>
    new SluiceError(
      'MODEL_LOCATION_REFUSED',
      `the module ${location} is refused: ${why}; modules may lie below: ${roots.join(', ') || 'none, no code root is configured'}`,
    )
  if (!isModuleName(location)) throw refused(`its name ends in none of ${moduleEndings.join(', ')}`)
  if (sha256.length !== 32) throw refused('its record does not state the SHA-256 of the module')
  const path = await pathBelow(location, roots)
  if (path === undefined) throw refused('there is no such file below a code root')
  const bytes = await bytesOf(path, location, refused)
  const hash = createHash('sha256').update(bytes).digest()
  if (!hash.equals(sha256)) throw otherContent(location, hash, sha256)
  return { hash, size: bytes.length, bytes: undefined, path }
}

/** The error for a module whose file is not the one that was published. */
export function otherContent(location: string, found: Uint8Array, said: Uint8Array): SluiceError {
  const [is, published] = [found, said].map(hash => Buffer.from(hash).toString('hex'))
  return new SluiceError('MODEL_HASH_MISMATCH', `the module ${location} has the SHA-256 ${is}, but ${published} was published`)
}

/** The real path of the location, if it is that of a file below a root. */
async function pathBelow(location: string, roots: readonly string[]): Promise<string | undefined> {
  const named = given(location)
  if (named === undefined) return undefined
  for (const root of roots) {
    const realRoot = await realpath(root).catch(() => undefined)
    if (realRoot === undefined) continue
    const real = await realpath(isAbsolute(named) ? named : join(realRoot, named)).catch(() => undefined)
    if (real?.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep) === true) return real
  }
  return undefined
}

function given(location: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(location)) return location
  try {
    return fileURLToPath(location)
  } catch {
    return undefined
  }
}

async function bytesOf(path: string, location: string, refused: (why: string) => SluiceError): Promise<Buffer> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stats = await file.stat()
      if (!stats.isFile()) throw refused('it is no regular file')
      if (stats.nlink > 1) throw refused(`the file has ${stats.nlink} names (hard links), and another may lie outside: copy it`)
      if (stats.size > maxModuleBytes) throw refused(`it has ${stats.size} bytes; at most ${maxModuleBytes} are allowed`)
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('MODEL_LOAD_FAILED', `the module ${location} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
