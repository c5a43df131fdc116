import { checkedOptions, completeOptions } from '../../base/options/index.ts'
import { modelCacheTable } from '../model-option-tables.ts'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { env, messageOf, SluiceError } from '../../base/index.ts'
import type { ModelContent } from './model-content.ts'

const complete = /^[0-9a-f]{64}$/
const partial = /^\.[0-9a-f-]{36}\.part$/
/** A partial file that was not written to for this long was left by a process that ended. */
const abandonedMs = 60 * 60_000

/**
 * Caches large models as files named by their SHA-256. A file appears whole or not at all. Its content is verified at each use, and a damaged
 * file is removed. Beyond `maxBytes` the least recently used files are removed first.
 */
export class ModelCache {
  /** Where its files are. */
  readonly directory: string
  readonly #maxBytes: number

  /** Throws CONFIG_INVALID for a wrong option. */
  constructor(options: { readonly directory: string; readonly maxBytes: number }) {
    const { directory, maxBytes } = completeOptions(modelCacheTable, checkedOptions({ of: 'ModelCache' }, modelCacheTable, options))
    this.directory = directory
    this.#maxBytes = maxBytes
  }

  /** The model with that SHA-256 (in hex); undefined if it is not cached. */
  async find(hash: string): Promise<ModelContent | undefined> {
    const path = join(this.directory, hash)
    const size = await sizeOf(path)
    if (!complete.test(hash) || size === undefined) return undefined
    const found = createHash('sha256')
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) found.update(chunk as Buffer)
    } catch {
      return undefined
    }
    if (found.digest('hex') !== hash) {
      await rm(path, { force: true })
      return undefined
    }
    // Records the last use, for eviction. Another instance may have removed the file meanwhile.
    await utimes(path, new Date(), new Date()).catch(() => undefined)
    return { hash: Buffer.from(hash, 'hex'), size, bytes: undefined, path }
  }

  /** Writes a model as it arrives. If `chunks` throws, the error is passed on and no file is left. */
  async add(chunks: AsyncIterable<Uint8Array>): Promise<ModelContent> {
    const part = join(this.directory, `.${env.uuid()}.part`)
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 })
      const { hash, size } = await write(part, chunks)
      const path = join(this.directory, hash)
      await rename(part, path)
      await this.#makeRoom(hash)
      return { hash: Buffer.from(hash, 'hex'), size, bytes: undefined, path }
    } catch (error) {
      await rm(part, { force: true })
      if (error instanceof SluiceError) throw error
      throw new SluiceError('MODEL_LOAD_FAILED', `the model cannot be cached in ${this.directory}: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Evicts files beyond the limit; the one just added stays, whatever its size. */
  async #makeRoom(added: string): Promise<void> {
    const files: { readonly path: string; readonly size: number; readonly used: number }[] = []
    for (const name of await readdir(this.directory)) {
      const path = join(this.directory, name)
      const found = await stat(path).catch(() => undefined)
      if (found === undefined) continue
      if (partial.test(name) && env.now() - found.mtimeMs > abandonedMs) await rm(path, { force: true })
      if (complete.test(name) && name !== added) files.push({ path, size: found.size, used: found.mtimeMs })
    }
    files.sort((a, b) => b.used - a.used)
    let total = (await sizeOf(join(this.directory, added))) ?? 0
    for (const { path, size } of files) {
      total += size
      if (total > this.#maxBytes) await rm(path, { force: true })
    }
  }
}

async function write(path: string, chunks: AsyncIterable<Uint8Array>): Promise<{ readonly hash: string; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      size += chunk.length
      await file.writeFile(chunk)
    }
    // Synced to disk before the rename: after a power failure the file is either whole or absent.
    await file.sync()
  } finally {
    await file.close()
  }
  return { hash: hash.digest('hex'), size }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}
