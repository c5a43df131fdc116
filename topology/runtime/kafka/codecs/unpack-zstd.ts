import { damaged, lazily, tooLarge } from './codec.ts'
import type { ZstdFrame } from './zstd-frames.ts'

/** Loads WebAssembly. */
export const zstd = lazily('zstd', async () => {
  const loaded = await import('@bokuweb/zstd-wasm')
  await loaded.init()
  return loaded
})

/** Unpacks the frames of `bytes` on the calling thread. Throws UnreadableBatch if they are damaged or unpack to more than `most` bytes. */
export async function unpackZstd(bytes: Buffer, frames: readonly ZstdFrame[], most: number): Promise<Buffer> {
  const { decompress } = await zstd()
  let room = most
  const parts = frames.map(frame => {
    if (frame.size !== undefined && frame.size > room) throw tooLarge('zstd', most)
    try {
      const part = decompress(bytes.subarray(frame.start, frame.end), { defaultHeapSize: Math.min(frame.atMost, room) })
      room -= part.length
      return asBuffer(part)
    } catch (error) {
      throw isOutOfRoom(error) && frame.size === undefined && frame.atMost > room ? tooLarge('zstd', most) : damaged('zstd', error)
    }
  })
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Whether the error is Zstandard's for an output buffer that is too small. The package's error has only the number. */
function isOutOfRoom(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith(' -70')
}
