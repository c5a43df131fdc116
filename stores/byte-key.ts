import { inspect } from 'node:util'
import { asBuffer } from '../records/index.ts'
import { SluiceError } from '../base/index.ts'

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

/** Throws SluiceError KEY_INVALID or VALUE_INVALID for what a serde has made that is no bytes. */
export function mustBeBytes(part: 'key' | 'value', bytes: unknown): void {
  if (bytes instanceof Uint8Array) return
  const code = part === 'key' ? 'KEY_INVALID' : 'VALUE_INVALID'
  throw new SluiceError(code, `the serde of a store's ${part} must return bytes, not ${inspect(bytes, { depth: 0 }).slice(0, 60)}`)
}
