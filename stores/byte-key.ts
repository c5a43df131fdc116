import { asBuffer } from '../proto/serde.ts'

/** A key's bytes as a string, one UTF-16 unit a byte: equal and ordered (by `<`) as the bytes are, and cheap as a Map's key. */
export function byteKey(key: Uint8Array): string {
  return asBuffer(key).toString('latin1')
}

/** Orders keys by their bytes, a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

/** The smallest key that is greater than every key with this prefix; the prefix ends in a byte below 255. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix)
  const last = end.length - 1
  end.writeUInt8(end.readUInt8(last) + 1, last)
  return end
}
