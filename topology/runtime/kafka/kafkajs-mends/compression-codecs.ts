import { codecTypes, makeCodec, type Codec, type CodecName } from '../codecs/index.ts'
import type { Mend } from './mend.ts'

/** kafkajs' `CompressionCodecs`, by type. */
type Codecs = Record<number, () => Codec>

/**
 * kafkajs has only gzip: a consumer crashes on batches in snappy, lz4 and zstd. It unpacks gzip without a limit: a record batch of 0.5 MB can take
 * 500 MB of memory.
 */
export const compressionCodecsMend: Mend = {
  defect: 'no snappy, lz4 and zstd; gzip batches unpack without a limit',
  apply(modules) {
    const { Codecs } = modules.load('src/protocol/message/compression/index.js') as { Codecs: Codecs }
    for (const [name, type] of Object.entries(codecTypes)) {
      const codec = makeCodec[name as CodecName]()
      Codecs[type] = () => codec
    }
  },
}
