import { damaged, defaultMaxUnpacked, lazily, tooLarge, type Codec } from './codec.ts'

/** The first bytes of Java's snappy streams: 82 "SNAPPY" 00, then version and least compatible version, both 1. */
const head = Buffer.from('82534e41505059000000000100000001', 'hex')
const magic = head.subarray(0, 8)

/** The size of a block before packing, as in Java. Readers unpack a whole block at a time. */
const blockSize = 32 * 1024

const snappy = lazily('snappy', () => import('snappy'))

/** A block and its unpacked size. */
interface Block {
  readonly bytes: Buffer
  readonly size: number
}

/** Snappy. It writes Java's snappy streams, and reads these and bare snappy (one block without a header). It runs on the calling thread. */
export function snappyCodec(maxUnpacked = defaultMaxUnpacked): Codec {
  return {
    async compress({ buffer }) {
      const { compressSync } = await snappy()
      const parts: Buffer[] = [head]
      for (let at = 0; at < buffer.length; at += blockSize) {
        const block = compressSync(buffer.subarray(at, at + blockSize))
        const size = Buffer.allocUnsafe(4)
        size.writeInt32BE(block.length)
        parts.push(size, block)
      }
      return Buffer.concat(parts)
    },
    async decompress(bytes) {
      const { uncompressSync } = await snappy()
      const blocks = blocksOf(bytes)
      const size = blocks.reduce((sum, block) => sum + block.size, 0)
      if (size > maxUnpacked) throw tooLarge('snappy', maxUnpacked)
      const unpacked = Buffer.allocUnsafeSlow(size)
      let at = 0
      for (const block of blocks) {
        try {
          at += (uncompressSync(block.bytes) as Buffer).copy(unpacked, at)
        } catch (error) {
          throw damaged('snappy', error)
        }
      }
      return unpacked
    },
  }
}

function blocksOf(bytes: Buffer): Block[] {
  if (!startsFrame(bytes, 0)) return [{ bytes, size: unpackedSize(bytes) }]
  const blocks: Block[] = []
  for (let at = 0; at < bytes.length;) {
    // One stream may follow another.
    if (startsFrame(bytes, at)) {
      at += head.length
      continue
    }
    if (at + 4 > bytes.length) throw damaged('snappy', 'it is truncated')
    const size = bytes.readInt32BE(at)
    at += 4
    if (size < 0) throw damaged('snappy', `a block has the size ${size}`)
    if (at + size > bytes.length) throw damaged('snappy', 'it is truncated')
    const block = bytes.subarray(at, at + size)
    blocks.push({ bytes: block, size: unpackedSize(block) })
    at += size
  }
  return blocks
}

function startsFrame(bytes: Buffer, at: number): boolean {
  return bytes.length >= at + head.length && bytes.compare(magic, 0, magic.length, at, at + magic.length) === 0
}

/** The unpacked size with which a block begins, 7 bits in each byte. The decoder refuses a block that unpacks to another size. */
function unpackedSize(block: Buffer): number {
  let size = 0
  for (let index = 0; index < 5; index++) {
    const byte = block[index]
    if (byte === undefined) throw damaged('snappy', 'it is truncated')
    size += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return size
  }
  throw damaged('snappy', 'a block has no size')
}
