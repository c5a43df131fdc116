/** The last bytes of such a file. */
const magic = 0xdb4775248b80fb57n
const footer = 48

/**
 * The rows of a sorted string table, LevelDB's file format, in which TensorFlow keeps the index of variables; its blocks may be compressed by
 * Snappy, as TensorFlow wrote them until its version 2.0. Throws when it is damaged.
 */
export async function readSortedTable(bytes: Buffer): Promise<Map<string, Uint8Array>> {
  if (bytes.length < footer || bytes.readBigUInt64LE(bytes.length - 8) !== magic) throw new Error('it is not a table, or it is truncated')
  const handles = new Cursor(bytes, bytes.length - footer, bytes.length - 8)
  // The first handle is that of the block of filters, which these tables do not have.
  handles.varint()
  handles.varint()
  const rows = new Map<string, Uint8Array>()
  for (const [, handle] of blockRows(await blockAt(bytes, handles.varint(), handles.varint()))) {
    const cursor = new Cursor(handle, 0, handle.length)
    for (const [key, value] of blockRows(await blockAt(bytes, cursor.varint(), cursor.varint()))) rows.set(key, value)
  }
  return rows
}

/** What follows a block: its kind, and four bytes of checksum. */
const trailer = 5
const plain = 0
const snappy = 1

async function blockAt(bytes: Buffer, offset: number, size: number): Promise<Buffer> {
  const end = offset + size
  if (end + trailer > bytes.length) throw new Error('a block lies beyond the end of the file')
  const block = bytes.subarray(offset, end)
  if (bytes[end] === plain) return block
  if (bytes[end] !== snappy) throw new Error(`a block has an unknown compression (kind ${bytes[end]})`)
  return unpacked(block)
}

/** Three bytes of Snappy give at most 64. */
const mostGrowth = 64 / 3

async function unpacked(block: Buffer): Promise<Buffer> {
  const claimed = new Cursor(block, 0, block.length).varint()
  if (claimed > block.length * mostGrowth) throw new Error('a compressed block is damaged: it claims an impossible size')
  // Loaded only here, because few models need it.
  const { uncompressSync } = await import('snappy')
  try {
    return uncompressSync(block, { asBuffer: true }) as Buffer
  } catch (error) {
    throw new Error('a compressed block is damaged', { cause: error })
  }
}

/** Keys are text of one byte a character: those of parts hold bytes that are no UTF-8. */
function blockRows(block: Buffer): [string, Buffer][] {
  const end = block.length - 4
  if (end < 0) throw new Error('a block is too short')
  const cursor = new Cursor(block, 0, end - 4 * block.readUInt32LE(end))
  const rows: [string, Buffer][] = []
  let key = ''
  while (cursor.more()) {
    const shared = cursor.varint()
    const own = cursor.varint()
    const length = cursor.varint()
    key = key.slice(0, shared) + cursor.take(own).toString('latin1')
    rows.push([key, cursor.take(length)])
  }
  return rows
}

class Cursor {
  readonly #bytes: Buffer
  readonly #end: number
  #at: number

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes
    this.#at = at
    this.#end = end
  }

  more(): boolean {
    return this.#at < this.#end
  }

  varint(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 56; scale *= 128) {
      const byte = this.take(1)[0] as number
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    throw new Error('a number is too long')
  }

  take(count: number): Buffer {
    const from = this.#at
    if (from + count > this.#end) throw new Error('a row goes beyond its block')
    this.#at += count
    return this.#bytes.subarray(from, from + count)
  }
}
