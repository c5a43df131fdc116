import { createHash, webcrypto } from 'node:crypto'

/** What a model is loaded from: its bytes in memory, or a file for models too large for memory and the store. */
export interface ModelContent {
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array
  /** Bytes. */
  readonly size: number
  /** Exactly one of the next two is set. */
  readonly bytes: Uint8Array | undefined
  /** The file that holds it, where it is too large to be held in memory. */
  readonly path: string | undefined
}

/** Beyond this size the hash is computed in another thread, so that the data thread is not blocked. */
const quicklyHashed = 1024 * 1024

/** The content of bytes in memory. */
export async function contentOf(bytes: Uint8Array): Promise<ModelContent> {
  return { hash: await sha256Of(bytes), size: bytes.length, bytes, path: undefined }
}

/** The SHA-256; does not block the thread for large input. */
export async function sha256Of(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length <= quicklyHashed) return new Uint8Array(createHash('sha256').update(bytes).digest())
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes))
}
