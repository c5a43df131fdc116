import { damaged, defaultMaxUnpacked, lazily, tooLarge, type Codec } from './codec.ts'
import { readLz4Frame, unpackedSizeOf } from './lz4-frame.ts'

const lz4 = lazily('lz4', () => import('lz4-napi'))

/** LZ4, one frame for each record batch. It runs in Node's thread pool. */
export function lz4Codec(maxUnpacked = defaultMaxUnpacked): Codec {
  return {
    compress: async ({ buffer }) => (await lz4()).compressFrame(buffer),
    async decompress(bytes) {
      const { decompressFrame } = await lz4()
      const frame = readLz4Frame(bytes)
      if (frame.atMost > maxUnpacked && unpackedSizeOf(bytes, frame) > maxUnpacked) throw tooLarge('lz4', maxUnpacked)
      try {
        return await decompressFrame(bytes)
      } catch (error) {
        throw damaged('lz4', error)
      }
    },
  }
}
