import { damaged, defaultMaxUnpacked, lazily, tooLarge, type Codec } from './codec.ts'
import { readZstdFrames } from './zstd-frames.ts'

/** The compression level; Kafka's default. */
const level = 3

const zstd = lazily('zstd', async () => {
  const loaded = await import('@bokuweb/zstd-wasm')
  await loaded.init()
  return loaded
})

/**
 * Zstandard frames, with or without a content size. It runs in WebAssembly on the calling thread. Its memory does not shrink after the largest batch
 * so far.
 */
export function zstdCodec(maxUnpacked = defaultMaxUnpacked): Codec {
  return {
    async compress({ buffer }) {
      return asBuffer((await zstd()).compress(buffer, level))
    },
    async decompress(bytes) {
      const { decompress } = await zstd()
      const frames = readZstdFrames(bytes)
      let room = maxUnpacked
      const parts = frames.map(frame => {
        if (frame.size !== undefined && frame.size > room) throw tooLarge('zstd', maxUnpacked)
        try {
          const part = decompress(bytes.subarray(frame.start, frame.end), { defaultHeapSize: Math.min(frame.atMost, room) })
          room -= part.length
          return asBuffer(part)
        } catch (error) {
          throw isOutOfRoom(error) && frame.size === undefined && frame.atMost > room
            ? tooLarge('zstd', maxUnpacked)
            : damaged('zstd', error)
        }
      })
      return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    },
  }
}

/** Whether the error is Zstandard's for an output buffer that is too small. The package's error has only the number. */
function isOutOfRoom(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith(' -70')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
