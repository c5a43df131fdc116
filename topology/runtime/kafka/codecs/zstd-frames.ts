import { damaged } from './codec.ts'

/** The place of a Zstandard frame and the limits of its unpacked size; it is not unpacked. */
export interface ZstdFrame {
  readonly start: number
  readonly end: number
  /** The unpacked size in the frame's header; undefined: there is none, as from writers that do not know it beforehand, such as Java's. */
  readonly size: number | undefined
  /** An upper bound of the unpacked size; not below `size`. */
  readonly atMost: number
}

interface FrameHead {
  /** The position of the first block. */
  readonly end: number
  readonly size: number | undefined
  /** The largest unpacked size of one packed block. */
  readonly blockSize: number
  readonly hasChecksum: boolean
}

const magic = 0xfd2fb528
const skippableMagic = 0x184d2a50
const singleSegmentBit = 0x20
const reservedBit = 0x08
const checksumBit = 0x04
const mostPerBlock = 128 * 1024
const dictionarySizes = [0, 1, 2, 4]
const blockTypes = { raw: 0, repeated: 1, packed: 2 }

/** The frames in order, without skippable ones. Throws UnreadableBatch unless the bytes are a list of whole frames. */
export function readZstdFrames(bytes: Buffer): ZstdFrame[] {
  const frames: ZstdFrame[] = []
  for (let at = 0; at < bytes.length;) {
    const found = numberAt(bytes, at, 4)
    if (found - (found % 16) === skippableMagic) {
      at += 8 + numberAt(bytes, at + 4, 4)
      if (at > bytes.length) throw cutOff()
      continue
    }
    if (found !== magic) throw damaged('zstd', 'it is not a Zstandard frame')
    const frame = readFrame(bytes, at)
    frames.push(frame)
    at = frame.end
  }
  if (frames.length === 0) throw cutOff()
  return frames
}

function readFrame(bytes: Buffer, start: number): ZstdFrame {
  const { end: headEnd, size, blockSize, hasChecksum } = readHead(bytes, start)
  let atMost = 0
  let at = headEnd
  for (let last = false; !last;) {
    const block = numberAt(bytes, at, 3)
    at += 3
    last = (block & 1) === 1
    const type = (block >> 1) & 3
    const length = block >> 3
    if (type > blockTypes.packed) throw damaged('zstd', 'a block is of an unknown kind')
    atMost += type === blockTypes.packed ? blockSize : length
    at += type === blockTypes.repeated ? 1 : length
  }
  const end = at + (hasChecksum ? 4 : 0)
  if (end > bytes.length) throw cutOff()
  if (size !== undefined && size > atMost)
    throw damaged('zstd', `its header says that it unpacks to ${size} bytes, but its blocks hold at most ${atMost}`)
  return { start, end, size, atMost }
}

function readHead(bytes: Buffer, start: number): FrameHead {
  const flags = numberAt(bytes, start + 4, 1)
  if (flags & reservedBit) throw damaged('zstd', 'the frame is of an unknown kind')
  const single = (flags & singleSegmentBit) !== 0
  let at = start + 5
  let blockSize = mostPerBlock
  if (!single) blockSize = Math.min(mostPerBlock, windowSize(numberAt(bytes, at++, 1)))
  at += dictionarySizes[flags & 3] as number
  const sizeBytes = flags >> 6 === 0 ? Number(single) : 1 << (flags >> 6)
  const size = sizeBytes === 0 ? undefined : numberAt(bytes, at, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
  if (single && size !== undefined) blockSize = Math.min(blockSize, size)
  return { end: at + sizeBytes, size, blockSize, hasChecksum: (flags & checksumBit) !== 0 }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** Reads a little-endian number of 1 to 4 or 8 bytes. */
function numberAt(bytes: Buffer, at: number, size: number): number {
  if (at + size > bytes.length) throw cutOff()
  return size === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, size)
}

function cutOff(): Error {
  return damaged('zstd', 'it is truncated')
}
