import { damaged } from './codec.ts'

/** The blocks of an LZ4 frame, which are not unpacked. */
export interface Lz4Frame {
  readonly blocks: readonly Lz4Block[]
  /** An upper bound of the unpacked size, bytes. */
  readonly atMost: number
}

interface Lz4Block {
  readonly start: number
  readonly end: number
  readonly packed: boolean
}

const magic = 0x184d2204
const versionBits = 0xc0
const version1 = 0x40
const blockChecksumBit = 0x10
const contentSizeBit = 0x08
const contentChecksumBit = 0x04
const dictionaryBit = 0x01
const blockSizes: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 * 1024, 7: 4 * 1024 * 1024 }
/** The largest number of unpacked bytes for each byte of a packed block. */
const mostPerByte = 255

/** Throws UnreadableBatch unless the bytes are exactly one frame. */
export function readLz4Frame(bytes: Buffer): Lz4Frame {
  if (bytes.length < 7) throw damaged('lz4', 'it is truncated')
  if (bytes.readUInt32LE(0) !== magic) throw damaged('lz4', 'it is not an LZ4 frame')
  const flags = bytes.readUInt8(4)
  const blockSize = blockSizes[(bytes.readUInt8(5) >> 4) & 7]
  if ((flags & versionBits) !== version1 || blockSize === undefined) throw damaged('lz4', 'the frame is of an unknown kind')
  if (flags & dictionaryBit) throw damaged('lz4', 'the frame needs a dictionary')
  const blocks: Lz4Block[] = []
  let atMost = 0
  let at = 7 + (flags & contentSizeBit ? 8 : 0)
  for (;;) {
    if (at + 4 > bytes.length) throw damaged('lz4', 'it is truncated')
    const size = bytes.readUInt32LE(at) & 0x7fffffff
    const packed = bytes.readUInt8(at + 3) < 0x80
    const start = at + 4
    if (size === 0 && packed) {
      at = start
      break
    }
    const end = start + size
    blocks.push({ start, end, packed })
    atMost += packed ? Math.min(blockSize, size * mostPerByte) : size
    at = end + (flags & blockChecksumBit ? 4 : 0)
  }
  if (at + (flags & contentChecksumBit ? 4 : 0) !== bytes.length) throw damaged('lz4', 'it does not end where its frame ends')
  return { blocks, atMost }
}

/** The exact unpacked size of a frame, summed up from the sequences of its blocks. */
export function unpackedSizeOf(bytes: Buffer, frame: Lz4Frame): number {
  return frame.blocks.reduce((size, block) => size + (block.packed ? blockSizeOf(bytes, block) : block.end - block.start), 0)
}

/** A block is a list of sequences: a token, literals and, except for the last sequence, the distance and the length of a match. */
function blockSizeOf(bytes: Buffer, { start, end }: Lz4Block): number {
  let size = 0
  let at = start
  const length = (nibble: number): number => {
    let sum = nibble
    if (nibble < 15) return sum
    for (let byte = 255; byte === 255 && at < end;) {
      byte = bytes[at++] as number
      sum += byte
    }
    return sum
  }
  while (at < end) {
    const token = bytes[at++] as number
    const literals = length(token >> 4)
    size += literals
    at += literals
    if (at >= end) break
    at += 2
    size += length(token & 15) + 4
  }
  return size
}
