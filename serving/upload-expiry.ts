import { sluice } from '../proto/messages.js'
import { env, SluiceError } from '../base/index.ts'
import { CHUNK_BYTES, type KeptModels, type ModelUpload } from '../stores/index.ts'
import type { ProcessorContext, RawRecord, Scheduled } from '../topology/index.ts'
import { countBeyond, limits } from '../base/limits/index.ts'

/** Most bytes of one model in pieces, and of all that came of one task whose closing record has not arrived. */
const [maxStoredBytes, maxWaitingBytes] = [limits.piece_model.most, limits.pieces_waiting.most]
/** The same of one data type, and their number. */
const maxTypeBytes = 2 * maxStoredBytes
const maxTypeUploads = 64
const expiresAfterMs = 10 * 60_000
const lookEveryMs = 30_000

/** Keeps models in pieces in the store until their closing record arrives; drops them `expiresAfterMs` after their last piece. */
export class UploadExpiry {
  readonly #context: Pick<ProcessorContext, 'schedule' | 'deadLetter'>
  readonly #store: KeptModels
  readonly #topic: string
  /** When the last piece of each model was processed here, epoch ms, by hash. */
  readonly #taken = new Map<string, number>()
  #looking: Scheduled | undefined

  constructor(context: Pick<ProcessorContext, 'schedule' | 'deadLetter'>, store: KeptModels, topic: string) {
    this.#context = context
    this.#store = store
    this.#topic = topic
    for (const { sha256 } of store.uploads) this.#taken.set(Buffer.from(sha256).toString('hex'), env.now())
    this.#schedule()
  }

  /** Stores a piece. Throws SluiceError MODEL_LOAD_FAILED for an inconsistent piece, MODEL_TOO_LARGE. */
  add({ dataType, data, piece }: sluice.ModelDescriptor, { timestamp, partition, offset }: RawRecord): void {
    const { sha256, index, count, size: longSize } = sluice.ModelPiece.fromObject(piece ?? {})
    // A decoded 64-bit field is a Long, although its type says number.
    const size = plainNumber(longSize)
    const hash = Buffer.from(sha256).toString('hex')
    const bytes = data ?? new Uint8Array()
    this.#checkRoom(dataType, { sha256, size, more: bytes.length })
    this.#store.addPiece({ dataType, hash: sha256, size: size, index, count, bytes, timestamp, partition, offset })
    this.#taken.set(hash, env.now())
    this.#schedule()
  }

  /** What was only claimed takes no room. */
  #checkRoom(dataType: string, { sha256, size, more }: { sha256: Uint8Array; size: number; more: number }): void {
    let [all, ofType, others] = [more, more, 0]
    for (const upload of this.#store.uploads) {
      const came = cameOf(upload)
      all += came
      if (upload.dataType !== dataType) continue
      ofType += came
      if (!Buffer.from(upload.sha256).equals(sha256)) others++
    }
    if (size <= maxStoredBytes && all <= maxWaitingBytes && ofType <= maxTypeBytes && others < maxTypeUploads) return
    countBeyond(size > maxStoredBytes ? 'piece_model' : 'pieces_waiting')
    const most =
      `models in pieces may have at most ${maxStoredBytes} bytes each, ${maxTypeBytes} of a data type and ${maxWaitingBytes} in total until they are complete, ` +
      `and ${maxTypeUploads} of a data type may wait`
    throw new SluiceError('MODEL_TOO_LARGE', `a piece of a model of ${size} bytes for data type "${dataType}" is refused: ${most}`)
  }

  #schedule(): void {
    if (this.#store.uploads.length > 0) this.#looking ??= this.#context.schedule(lookEveryMs, 'wall-clock', now => this.#expire(now))
  }

  #expire(now: number): void {
    for (const { dataType, sha256, newest, received, pieces, partition, offset } of this.#store.uploads) {
      const hash = Buffer.from(sha256).toString('hex')
      if (now - (this.#taken.get(hash) ?? now) < expiresAfterMs) continue
      this.#taken.delete(hash)
      this.#store.dropUpload(sha256)
      const came = received.reduce((sum, one) => sum + one, 0)
      const record = {
        key: Buffer.from(dataType),
        value: null,
        timestamp: newest,
        headers: undefined,
        topic: this.#topic,
        partition,
        offset,
      }
      const cause = `${came} of ${pieces} pieces of model ${hash} for data type "${dataType}" arrived, but not the record that closes it`
      this.#context.deadLetter({ ...record, source: undefined }, new SluiceError('MODEL_LOAD_FAILED', cause))
    }
    if (this.#store.uploads.length > 0) return
    this.#looking?.cancel()
    this.#looking = undefined
  }
}

/** The bytes of its pieces that came. */
function cameOf({ received, size }: ModelUpload): number {
  return Math.min(size, CHUNK_BYTES * received.reduce((sum, one) => sum + one, 0))
}

function plainNumber(value: unknown): number {
  return Number(value)
}
