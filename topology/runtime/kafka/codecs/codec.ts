import { topicPartition, messageOf, SluiceError } from '../../../../base/index.ts'

export type CodecName = 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** No honest record batch unpacks to more: a broker takes 1 MB packed unless told otherwise. */
export const defaultMaxUnpacked = 256 * 1024 * 1024

/** Packs and unpacks the records of one record batch, in the bytes that Kafka's own (Java) clients and brokers write. */
export interface Codec {
  /** Packs `encoder.buffer`, which does not change until then. */
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  /**
   * Gives exactly what was packed, in memory that nothing else holds. Throws UnreadableBatch for bytes that the codec did not write, for cut
   * off ones, and for those that unpack to more than the codec's limit, before it has taken more memory than that.
   */
  decompress(bytes: Buffer): Promise<Buffer>
}

/** BATCH_UNREADABLE. Reading the same bytes again cannot help, and `retriable` tells kafkajs so. */
export class UnreadableBatch extends SluiceError {
  readonly retriable = false

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('BATCH_UNREADABLE', message, options)
  }

  /** The same, saying where the record batch stands. */
  at(topic: string, partition: number, offset: number): UnreadableBatch {
    return new UnreadableBatch(
      `the record batch at offset ${offset} of ${topicPartition(topic, partition)} cannot be read: ${this.message}`,
      {
        cause: this,
      },
    )
  }
}

/** A record batch that cannot be unpacked, before it is known of which topic. */
export interface BatchFailure {
  readonly error: UnreadableBatch
  /** The batch's first. */
  readonly offset: number
}

export function tooLarge(codec: CodecName, limit: number): UnreadableBatch {
  return new UnreadableBatch(`its ${codec} content unpacks to more than the limit of ${limit} bytes`)
}

/** `cause`: a reason in words, or what the codec threw. */
export function damaged(codec: CodecName, cause: unknown): UnreadableBatch {
  return new UnreadableBatch(`its ${codec} content is damaged: ${messageOf(cause)}`, cause instanceof Error ? { cause } : undefined)
}

/**
 * A codec's package, loaded at its first use: programs that never meet the codec pay nothing for it, and need no build of it for their
 * machine. Throws SluiceError CLIENT_UNSUPPORTED.
 */
export function lazily<T>(codec: CodecName, load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () =>
    (loaded ??= load().catch((cause: unknown) => {
      loaded = undefined
      throw new SluiceError('CLIENT_UNSUPPORTED', `the package for ${codec} compression cannot be loaded: ${messageOf(cause)}`, { cause })
    }))
}
