import { SluiceError } from '../../base/index.ts'

const magic = 0
const head = 5

/** The id of the schema of a record in the wire format: a byte 0, then the id in 4 bytes. Throws SluiceError RECORD_UNDECODABLE. */
export function schemaIdOf(bytes: Uint8Array): number {
  if (bytes.length < head)
    throw undecodable(
      `it has ${bytes.length} bytes; a record with the schema of a registry begins with ${head} (a byte 0, and the id of the schema)`,
    )
  if (bytes[0] !== magic) throw undecodable(`its first byte is ${bytes[0]}, not 0: it was not written with a schema registry`)
  return ((bytes[1] as number) * 2 ** 24 + ((bytes[2] as number) << 16) + ((bytes[3] as number) << 8) + (bytes[4] as number)) >>> 0
}

/** The record behind the id, as a view. */
export function bodyOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(head)
}

/** Which message of a protobuf schema a record is: the place of the message among those of the file, then of the one that it is nested in. */
export interface MessagePath {
  /** Places, joined with a dot. */
  readonly path: string
  /** The message, as a view. */
  readonly body: Uint8Array
}

/** Reads the list of places before a protobuf message: zigzag varints, the number of places first; a single 0 stands for the list [0]. Throws RECORD_UNDECODABLE. */
export function messagePathOf(bytes: Uint8Array): MessagePath {
  // Nearly every record is of the first message.
  if (bytes.length > head && bytes[head] === 0) return { path: '0', body: bytes.subarray(head + 1) }
  const at = { offset: head }
  const count = zigzag(bytes, at)
  if (count < 0 || count > 64) throw undecodable(`its list of message places has ${count} places`)
  const places = Array.from({ length: count }, () => zigzag(bytes, at))
  return { path: places.join('.'), body: bytes.subarray(at.offset) }
}

/** The wire format around a record. */
export function framed(id: number, body: Uint8Array, places: readonly number[] = []): Buffer {
  const start = Buffer.alloc(head)
  start.writeUInt32BE(id, 1)
  const list = places.length === 0 ? [] : places.length === 1 && places[0] === 0 ? [0] : [places.length, ...places].flatMap(zigzagBytes)
  return Buffer.concat([start, Buffer.from(list), body])
}

function zigzag(bytes: Uint8Array, at: { offset: number }): number {
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at.offset++]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
  throw undecodable('the list of message places before the protobuf message is cut off or too long')
}

function zigzagBytes(value: number): readonly number[] {
  const bytes: number[] = []
  let rest = value * 2
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80)
  return [...bytes, rest]
}

function undecodable(why: string): SluiceError {
  return new SluiceError('RECORD_UNDECODABLE', why)
}
