import { ByteReader, ByteWriter, varbytesSize, varintSize, varlongSize } from '../base/index.ts'
import { headerEntries, type HeaderValue, orderedHeaders, type RawRecord } from '../topology/index.ts'

/** A data record as it is kept while it waits; its data type and its place are kept beside it. */
export function encodeWaiting({ key, value, timestamp, headers }: RawRecord): Uint8Array {
  const entries = headerEntries(headers)
  let size = varlongSize(timestamp + 1) + varbytesSize(key) + varbytesSize(value) + varintSize(entries.length)
  for (const [name, content] of entries) size += varbytesSize(name) + varbytesSize(content)
  const writer = new ByteWriter(size)
  // −1: the record has no timestamp.
  writer.varlong(timestamp + 1)
  writer.varbytes(key)
  writer.varbytes(value)
  writer.varint(entries.length)
  for (const [name, content] of entries) {
    writer.varbytes(name)
    writer.varbytes(content)
  }
  return writer.buffer
}

/** The record again, as it came. */
export function decodeWaiting(bytes: Uint8Array, place: Pick<RawRecord, 'topic' | 'partition' | 'offset'>): RawRecord {
  const reader = new ByteReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  const timestamp = reader.varlong() - 1
  const [key, value] = [reader.varbytes(), reader.varbytes()]
  const entries: [string, HeaderValue][] = []
  for (let left = reader.varint(); left > 0; left--) entries.push([String(reader.varbytes()), reader.varbytes()])
  const headers = entries.length === 0 ? undefined : orderedHeaders(entries)
  return { key, value, timestamp, headers, ...place, source: undefined }
}
