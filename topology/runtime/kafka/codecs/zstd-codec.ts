import { defaultMaxUnpacked, type Codec } from './codec.ts'
import { asBuffer, unpackZstd, zstd } from './unpack-zstd.ts'
import { readZstdFrames } from './zstd-frames.ts'
import { ZstdThread } from './zstd-thread.ts'

/** The compression level; Kafka's default. */
const level = 3
/** What unpacks to at most this many bytes is unpacked on the calling thread, in a few ms. */
const smallBytes = 4 * 1024 * 1024

const thread = new ZstdThread()

/**
 * Zstandard frames, with or without a content size. It runs in WebAssembly: on the calling thread, and in a thread of its own for batches that may unpack to
 * more than 4 MB, so that they hold up nothing else.
 */
export function zstdCodec(maxUnpacked = defaultMaxUnpacked): Codec {
  return {
    async compress({ buffer }) {
      return asBuffer((await zstd()).compress(buffer, level))
    },
    async decompress(bytes) {
      const frames = readZstdFrames(bytes)
      const atMost = frames.reduce((sum, frame) => sum + frame.atMost, 0)
      const unpacked = atMost <= smallBytes ? undefined : await thread.unpack(bytes, maxUnpacked)
      return unpacked ?? unpackZstd(bytes, frames, maxUnpacked)
    },
  }
}
