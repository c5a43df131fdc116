import { inspect } from 'node:util'
import { asBuffer } from '../records/index.ts'
import { SluiceError } from '../base/index.ts'

/** The bytes of a key as a string with one UTF-16 unit for each byte. Strings compare (by `<`) as the bytes do and are cheap as keys of a Map. */
export function byteKey(key: Uint8Array): string {
  return asBuffer(key).toString('latin1')
}

/** Orders keys by their bytes; a prefix of a key comes before the key. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

/** The smallest key that is greater than every key with this prefix. The last byte of the prefix must be below 255. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix)
  const last = end.length - 1
  end.writeUInt8(end.readUInt8(last) + 1, last)
  return end
}

/** Throws SluiceError KEY_INVALID or VALUE_INVALID when a serde did not return bytes. */
export function mustBeBytes(part: 'key' | 'value', bytes: unknown): void {
  if (bytes instanceof Uint8Array) return
  const code = part === 'key' ? 'KEY_INVALID' : 'VALUE_INVALID'
  throw new SluiceError(code, `the serde of a store's ${part} must return bytes, not ${inspect(bytes, { depth: 0 }).slice(0, 60)}`)
}
