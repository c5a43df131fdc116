import { sluice } from '../proto/messages.js'
import { env, SluiceError } from '../base/index.ts'
import type { KeptModels } from '../stores/index.ts'
import type { ProcessorContext, RawRecord, Scheduled } from '../topology/index.ts'
import { countBeyond, limits } from '../base/limits/index.ts'

/** Most bytes of one model in pieces, and of all of one task whose closing record has not arrived. */
const [maxStoredBytes, maxWaitingBytes] = [limits.piece_model.most, limits.pieces_waiting.most]
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
    const waiting = this.#store.uploads.reduce((sum, upload) => sum + (Buffer.from(upload.sha256).equals(sha256) ? 0 : upload.size), 0)
    if (size > maxStoredBytes || waiting + size > maxWaitingBytes) {
      countBeyond(size > maxStoredBytes ? 'piece_model' : 'pieces_waiting')
      const most = `models in pieces may have at most ${maxStoredBytes} bytes each, and ${maxWaitingBytes} in total until they are complete`
      throw new SluiceError('MODEL_TOO_LARGE', `a piece of a model of ${size} bytes for data type "${dataType}" is refused: ${most}`)
    }
    const bytes = data ?? new Uint8Array()
    this.#store.addPiece({ dataType, hash: sha256, size: size, index, count, bytes, timestamp, partition, offset })
    this.#taken.set(hash, env.now())
    this.#schedule()
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

function plainNumber(value: unknown): number {
  return Number(value)
}
