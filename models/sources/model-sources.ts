import { createHash } from 'node:crypto'
import { SluiceError } from '../../base/index.ts'
import { locationChunks } from '../model-location.ts'
import { checkHttpLocation, httpChunks, isHttpLocation } from './http-location.ts'
import type { ModelCache } from './model-cache.ts'
import type { ModelContent } from './model-content.ts'

/** Where models given by location may come from. */
export interface SourceRules {
  /** Directories that files may be read from; if empty, no file is read. */
  readonly roots: readonly string[]
  /** `host` or `host:port` of model hosts; if empty, no server is contacted. */
  readonly hosts: readonly string[]
  readonly maxBytes: number
  /** Models up to this size, bytes, are held in memory and written to the store; larger ones are kept in the cache. */
  readonly inMemoryBytes: number
  /** The cache for larger models; undefined: they are refused. */
  readonly cache: ModelCache | undefined
  /** How long a server may be silent, ms. */
  readonly silenceMs?: number
}

/** Reads models from the locations in their descriptors. */
export class ModelSources {
  readonly #rules: SourceRules

  constructor(rules: SourceRules) {
    this.#rules = rules
  }

  /**
   * Reads the model at a location: a file or a directory (as one archive) below a root, or a URL at one of the model hosts. With `expected`,
   * its SHA-256, a cached copy is used if there is one, even if the location is gone. Throws SluiceError MODEL_LOCATION_REFUSED,
   * MODEL_LOAD_FAILED, MODEL_TOO_LARGE, MODEL_HASH_MISMATCH.
   */
  async read(location: string, expected?: Uint8Array): Promise<ModelContent> {
    if (isHttpLocation(location)) checkHttpLocation(location, this.#rules.hosts)
    const wanted = expected === undefined || expected.length === 0 ? undefined : Buffer.from(expected).toString('hex')
    const cached = wanted === undefined ? undefined : await this.#rules.cache?.find(wanted)
    if (cached !== undefined) return cached
    const content = await this.#take(location)
    const found = Buffer.from(content.hash).toString('hex')
    if (wanted === undefined || found === wanted) return content
    throw new SluiceError('MODEL_HASH_MISMATCH', `the bytes at ${location} have the SHA-256 ${found}, not ${wanted} as the record says`)
  }

  /** Keeps a model in memory if it is small enough, otherwise in the cache. */
  async #take(location: string): Promise<ModelContent> {
    const { roots, hosts, maxBytes, inMemoryBytes, cache, silenceMs } = this.#rules
    const chunks = isHttpLocation(location)
      ? httpChunks(location, { hosts, ...(silenceMs === undefined ? {} : { silenceMs }) })
      : locationChunks(location, { roots, maxBytes })
    const limited = limitedTo(maxBytes, location, chunks)
    const hash = createHash('sha256')
    const held: Uint8Array[] = []
    let size = 0
    for (;;) {
      const next = await limited.next()
      if (next.done) return { hash: hash.digest(), size, bytes: held.length === 1 ? held[0] : Buffer.concat(held), path: undefined }
      hash.update(next.value)
      held.push(next.value)
      size += next.value.length
      if (size <= inMemoryBytes) continue
      if (cache !== undefined) return cache.add(following(held, limited))
      await limited.return(undefined)
      throw new SluiceError(
        'MODEL_TOO_LARGE',
        `the model at ${location} has more than ${inMemoryBytes} bytes, and no cache is configured, which models of that size need`,
      )
    }
  }
}

async function* limitedTo(maxBytes: number, location: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxBytes)
      throw new SluiceError('MODEL_TOO_LARGE', `the model at ${location} has more than ${maxBytes} bytes, which is the limit`)
    yield chunk
  }
}

async function* following(held: Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let chunk = held.shift(); chunk !== undefined; chunk = held.shift()) yield chunk
  yield* rest
}
