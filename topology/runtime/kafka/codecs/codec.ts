import { topicPartition, messageOf, SluiceError } from '../../../../base/index.ts'
import { countBeyond, limits } from '../../../../base/limits/index.ts'

export type CodecName = 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** The default limit of the unpacked size of a record batch, bytes. Brokers accept 1 MB of packed records by default. */
export const defaultMaxUnpacked: number = limits.unpacked_batch.most

/** Packs and unpacks the records of one record batch, in the format of Kafka's own (Java) clients and brokers. */
export interface Codec {
  /** Packs `encoder.buffer`, which the caller does not change until the promise is settled. */
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  /**
   * Returns exactly what was packed, in memory of its own. Throws UnreadableBatch for bytes that are not of this codec, are truncated, or unpack to
   * more than the codec's limit; it never allocates more than the limit for them.
   */
  decompress(bytes: Buffer): Promise<Buffer>
}

/** BATCH_UNREADABLE. kafkajs does not retry it (`retriable`), because reading the same bytes again cannot help. */
export class UnreadableBatch extends SluiceError {
  readonly retriable = false
  /** Whether it unpacks to more than the limit. */
  readonly beyond: boolean

  constructor(message: string, { beyond = false, ...options }: { readonly cause?: unknown; readonly beyond?: boolean } = {}) {
    super('BATCH_UNREADABLE', message, options)
    this.beyond = beyond
  }

  /** The same error with the place of the record batch in its message. */
  at(topic: string, partition: number, offset: number): UnreadableBatch {
    return new UnreadableBatch(
      `the record batch at offset ${offset} of ${topicPartition(topic, partition)} cannot be read: ${this.message}`,
      {
        cause: this,
      },
    )
  }
}

/** A record batch that cannot be unpacked, found where its topic is not known. */
export interface BatchFailure {
  readonly error: UnreadableBatch
  /** The first and the last offset of the batch. */
  readonly offset: number
  readonly last: number
  /** The newest timestamp in the batch, epoch ms. */
  readonly timestamp: number
}

export function tooLarge(codec: CodecName, limit: number): UnreadableBatch {
  countBeyond('unpacked_batch')
  return new UnreadableBatch(`its ${codec} content unpacks to more than the limit of ${limit} bytes`, { beyond: true })
}

/** `cause`: the reason as text, or the error that the codec threw. */
export function damaged(codec: CodecName, cause: unknown): UnreadableBatch {
  return new UnreadableBatch(`its ${codec} content is damaged: ${messageOf(cause)}`, cause instanceof Error ? { cause } : undefined)
}

/**
 * Returns a function that loads a codec's package at its first call, so that programs that never use the codec need no build of it for their machine.
 * It throws SluiceError CLIENT_UNSUPPORTED; the next call then tries again.
 */
export function lazily<T>(codec: CodecName, load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () =>
    (loaded ??= load().catch((cause: unknown) => {
      loaded = undefined
      throw new SluiceError('CLIENT_UNSUPPORTED', `the package for ${codec} compression cannot be loaded: ${messageOf(cause)}`, { cause })
    }))
}
