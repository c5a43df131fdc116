import { createHash } from 'node:crypto'
import { SluiceError } from '../../base/index.ts'
import { CHUNK_BYTES, hexOf } from './model-rows.ts'
import { chunkKey } from './row-keys.ts'
import type { TransactionBuffer } from '../rows/index.ts'

/** A blob by its SHA-256, in hex, and its size, bytes. */
export interface NamedBlob {
  readonly hash: string
  readonly size: number
}

/**
 * Bytes of models and of their signatures by their SHA-256, in chunks. A blob exists exactly as long as a kept version of some data type names it. References are
 * counted in memory, from the state rows.
 */
export class ModelBlobs {
  readonly #buffer: TransactionBuffer
  readonly #named = new Map<string, { size: number; count: number }>()
  readonly #hashes = new Map<string, readonly string[]>()

  constructor(buffer: TransactionBuffer) {
    this.#buffer = buffer
  }

  /** Whether a kept version names the blob. */
  has(hash: string): boolean {
    return this.#named.has(hash)
  }

  /** Writes the chunks, unless a kept version names the blob already. */
  store(hash: Uint8Array, bytes: Uint8Array): void {
    const name = hexOf(hash)
    if (this.#named.has(name)) return
    for (let chunk = 0; chunk < chunksOf(bytes.length); chunk++) {
      this.#buffer.put(chunkKey(name, chunk), bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES))
    }
  }

  /** Sets the blobs that the versions of the data type name. Returns those that no version names any more. */
  name(dataType: string, blobs: readonly NamedBlob[]): readonly NamedBlob[] {
    const before = this.#hashes.get(dataType) ?? []
    for (const { hash, size } of blobs) {
      const known = this.#named.get(hash)
      if (known === undefined) this.#named.set(hash, { size, count: 1 })
      else known.count++
    }
    const dropped: NamedBlob[] = []
    for (const hash of before) {
      const known = this.#named.get(hash)
      if (known === undefined || --known.count > 0) continue
      this.#named.delete(hash)
      dropped.push({ hash, size: known.size })
    }
    this.#hashes.set(
      dataType,
      blobs.map(({ hash }) => hash),
    )
    return dropped
  }

  delete({ hash, size }: NamedBlob): void {
    for (let chunk = 0; chunk < chunksOf(size); chunk++) this.#buffer.delete(chunkKey(hash, chunk))
  }

  /** The whole blob, checked against its hash; undefined when no version names it. Throws SluiceError STORE_CORRUPT. */
  read(hash: string): Uint8Array | undefined {
    const known = this.#named.get(hash)
    if (known === undefined) return undefined
    const chunks: Uint8Array[] = []
    for (let chunk = 0; chunk < chunksOf(known.size); chunk++) {
      const bytes = this.#buffer.get(chunkKey(hash, chunk))
      if (bytes === undefined) throw new SluiceError('STORE_CORRUPT', `chunk ${chunk} of model ${hash} is missing from the store`)
      chunks.push(bytes)
    }
    const whole = Buffer.concat(chunks)
    if (hexOf(sha256(whole)) !== hash) throw new SluiceError('STORE_CORRUPT', `the stored bytes of model ${hash} do not have that SHA-256`)
    return whole
  }

  clear(): void {
    this.#named.clear()
    this.#hashes.clear()
  }
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

function chunksOf(size: number): number {
  return Math.ceil(size / CHUNK_BYTES)
}
