import { webcrypto } from 'node:crypto'
import { nextTurn, SluiceError } from '../../base/index.ts'
import { CHUNK_BYTES, hexOf, modelUploadSerde, type ModelUpload } from './model-rows.ts'
import type { ModelBlobs } from './model-blobs.ts'
import { chunkKey, uploadKey } from './row-keys.ts'
import type { TransactionBuffer } from '../rows/index.ts'

/** One piece of a model that is sent in several records. */
export interface NewPiece {
  readonly dataType: string
  /** SHA-256 and size (bytes) of the whole model. */
  readonly hash: Uint8Array
  readonly size: number
  readonly index: number
  readonly count: number
  readonly bytes: Uint8Array
  /** Timestamp (epoch ms), partition and offset of the piece's record. */
  readonly timestamp: number
  readonly partition: number
  readonly offset: number
}

/** Number of pieces that are read from the storage before the event loop goes on. */
const readInOneGo = 8

/**
 * Models of which pieces have arrived, but not the closing record. A piece is stored as a chunk of the model's blob, so that nothing is
 * written twice: when a version names the blob, only the upload's own row is deleted.
 */
export class ModelUploads {
  readonly #buffer: TransactionBuffer
  readonly #blobs: ModelBlobs
  readonly #uploads = new Map<string, ModelUpload>()
  /** The uploads whose pieces were read as a whole, and have its hash: what a piece says of itself is a claim. */
  readonly #checked = new Set<string>()
  /** The uploads that are being read, and of which no piece came since that began. */
  readonly #reading = new Set<string>()

  constructor(buffer: TransactionBuffer, blobs: ModelBlobs) {
    this.#buffer = buffer
    this.#blobs = blobs
  }

  get all(): readonly ModelUpload[] {
    return [...this.#uploads.values()]
  }

  /** Stores a piece, or stores it again, unless the whole is known to be right. Throws SluiceError MODEL_LOAD_FAILED for a piece that contradicts itself or earlier pieces. */
  add(piece: NewPiece): void {
    const hash = hexOf(piece.hash)
    const known = this.#uploads.get(hash)
    checkPiece(piece, known)
    if (this.#checked.has(hash)) return
    this.#reading.delete(hash)
    const received = Uint8Array.from(known?.received ?? new Uint8Array(piece.count))
    received[piece.index] = 1
    this.#buffer.put(chunkKey(hash, piece.index), piece.bytes)
    const upload: ModelUpload = {
      dataType: piece.dataType,
      sha256: new Uint8Array(piece.hash),
      size: piece.size,
      pieces: piece.count,
      received,
      newest: Math.max(known?.newest ?? 0, piece.timestamp),
      partition: known?.partition ?? piece.partition,
      offset: known?.offset ?? piece.offset,
    }
    this.#uploads.set(hash, upload)
    this.#buffer.put(uploadKey(hash), modelUploadSerde.serialize(upload))
  }

  /** The assembled model, checked against its hash. Throws SluiceError MODEL_LOAD_FAILED when pieces are missing, MODEL_HASH_MISMATCH. */
  async read(hash: string): Promise<Uint8Array> {
    const upload = this.#uploads.get(hash)
    if (upload === undefined) throw new SluiceError('MODEL_LOAD_FAILED', 'none of its pieces is in the store')
    const missing = upload.received.reduce((sum, one) => sum - one, upload.pieces)
    if (missing > 0) throw new SluiceError('MODEL_LOAD_FAILED', `${missing} of its ${upload.pieces} pieces are missing`)
    this.#reading.add(hash)
    const whole = Buffer.alloc(upload.size)
    for (let index = 0; index < upload.pieces; index++) {
      const bytes = this.#buffer.get(chunkKey(hash, index))
      if (bytes === undefined) throw new SluiceError('MODEL_LOAD_FAILED', `its piece ${index} is missing from the store`)
      whole.set(bytes, index * CHUNK_BYTES)
      if (index % readInOneGo === readInOneGo - 1) await nextTurn()
    }
    const found = hexOf(new Uint8Array(await webcrypto.subtle.digest('SHA-256', whole)))
    const isUnchanged = this.#reading.delete(hash)
    if (found === hash && isUnchanged) this.#checked.add(hash)
    if (found === hash) return whole
    throw new SluiceError('MODEL_HASH_MISMATCH', `the SHA-256 of the assembled pieces is not ${hash}, which they state`)
  }

  /**
   * Ends the upload, if there is one, for a version that comes to name the blob: writes its bytes, unless they are there already, under the name of another version or as pieces
   * whose whole was read. `bytes` undefined: they stay elsewhere.
   */
  keep(hash: string, bytes: Uint8Array | undefined): void {
    const isThere = this.#blobs.has(hash) || (bytes !== undefined && this.#checked.has(hash))
    this.#end(hash, isThere)
    if (!isThere && bytes !== undefined) this.#blobs.store(Buffer.from(hash, 'hex'), bytes)
  }

  /** Ends the upload without a version. */
  drop(hash: string): void {
    this.#end(hash, this.#blobs.has(hash))
  }

  /** `keepPieces`: the chunks are those of the blob; otherwise they are deleted. */
  #end(hash: string, keepPieces: boolean): void {
    const upload = this.#uploads.get(hash)
    if (upload === undefined) return
    this.#forget(hash)
    this.#uploads.delete(hash)
    this.#buffer.delete(uploadKey(hash))
    if (keepPieces) return
    for (const [index, received] of upload.received.entries()) if (received === 1) this.#buffer.delete(chunkKey(hash, index))
  }

  /** Loads an upload's row of the storage; null: it was deleted. */
  load(hash: string, value: Uint8Array | null): void {
    this.#forget(hash)
    if (value === null) this.#uploads.delete(hash)
    else this.#uploads.set(hash, modelUploadSerde.deserialize(value))
  }

  clear(): void {
    for (const hash of this.#uploads.keys()) this.#forget(hash)
    this.#uploads.clear()
  }

  #forget(hash: string): void {
    this.#checked.delete(hash)
    this.#reading.delete(hash)
  }
}

function checkPiece({ index, count, size, bytes, hash }: NewPiece, known: ModelUpload | undefined): void {
  const expected = Math.min(CHUNK_BYTES, size - index * CHUNK_BYTES)
  if (hash.length !== 32)
    throw new SluiceError('MODEL_LOAD_FAILED', `piece ${index} of ${count} has a model hash of ${hash.length} bytes; a SHA-256 has 32`)
  const sound = count === Math.ceil(size / CHUNK_BYTES) && index < count && bytes.length === expected
  if (!sound)
    throw new SluiceError(
      'MODEL_LOAD_FAILED',
      `piece ${index} of ${count} of a model of ${size} bytes has ${bytes.length} bytes; a model of this size has ${Math.ceil(size / CHUNK_BYTES)} pieces of ${CHUNK_BYTES} bytes, of which the last may be shorter`,
    )
  if (known !== undefined && known.size !== size)
    throw new SluiceError('MODEL_LOAD_FAILED', `its pieces state different sizes of the model: ${known.size} and ${size} bytes`)
}
