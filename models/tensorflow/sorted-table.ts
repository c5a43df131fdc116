/** The last bytes of such a file. */
const magic = 0xdb4775248b80fb57n
const footer = 48

/**
 * The rows of a sorted string table, LevelDB's file format, in which TensorFlow keeps the index of variables. Throws when it is damaged;
 * compressed blocks, which TensorFlow does not write there, are refused.
 */
export function readSortedTable(bytes: Buffer): Map<string, Uint8Array> {
  if (bytes.length < footer || bytes.readBigUInt64LE(bytes.length - 8) !== magic) throw new Error('it is no table, or cut short')
  const handles = new Cursor(bytes, bytes.length - footer, bytes.length - 8)
  // The first handle is the block of filters, which there are none of.
  handles.varint()
  handles.varint()
  const rows = new Map<string, Uint8Array>()
  for (const [, handle] of blockRows(bytes, handles.varint(), handles.varint())) {
    const cursor = new Cursor(handle, 0, handle.length)
    for (const [key, value] of blockRows(bytes, cursor.varint(), cursor.varint())) rows.set(key, value)
  }
  return rows
}

/** Keys are text of one byte a character: those of parts hold bytes that are no UTF-8. */
function blockRows(bytes: Buffer, offset: number, size: number): [string, Buffer][] {
  const end = offset + size
  if (end + 5 > bytes.length || size < 4) throw new Error('a block lies beyond its end')
  if (bytes[end] !== 0) throw new Error(`a block is compressed (kind ${bytes[end]}), which is not supported`)
  const restarts = bytes.readUInt32LE(end - 4)
  const cursor = new Cursor(bytes, offset, end - 4 - 4 * restarts)
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
