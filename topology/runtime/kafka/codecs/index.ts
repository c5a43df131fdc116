// Compression of record batches: gzip, lz4, snappy, zstd.
// A batch that unpacks to more than 256 MB is refused by default.
// Not here: the format of batches.
import { gzipCodec } from './gzip-codec.ts'
import { lz4Codec } from './lz4-codec.ts'
import { snappyCodec } from './snappy-codec.ts'
import { zstdCodec } from './zstd-codec.ts'
import type { Codec, CodecName } from './codec.ts'

export { defaultMaxUnpacked, UnreadableBatch, type BatchFailure, type Codec, type CodecName } from './codec.ts'

/** Make a codec that refuses batches that unpack to more than `maxUnpacked` bytes; default: `defaultMaxUnpacked`. */
export const makeCodec: Readonly<Record<CodecName, (maxUnpacked?: number) => Codec>> = {
  gzip: gzipCodec,
  snappy: snappyCodec,
  lz4: lz4Codec,
  zstd: zstdCodec,
}

/** The number of each codec in a record batch and in kafkajs' `CompressionTypes`. 0: not packed. */
export const codecTypes: Readonly<Record<CodecName, number>> = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 }
