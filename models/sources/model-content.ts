import { createHash, webcrypto } from 'node:crypto'

/** What a model is loaded from: its bytes in memory, or a file that holds them (models beyond what is kept in memory and in the store). */
export interface ModelContent {
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array
  readonly size: number
  /** One of these two. */
  readonly bytes: Uint8Array | undefined
  readonly path: string | undefined
}

/** Beyond this a hash is made in another thread: the data waits for nothing. */
const quicklyHashed = 1024 * 1024

/** Bytes in memory as content. */
export async function contentOf(bytes: Uint8Array): Promise<ModelContent> {
  return { hash: await sha256Of(bytes), size: bytes.length, bytes, path: undefined }
}

/** The SHA-256, without holding the thread up for large bytes. */
export async function sha256Of(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length <= quicklyHashed) return new Uint8Array(createHash('sha256').update(bytes).digest())
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes))
}
