/** Turns values to bytes and back. Null (a tombstone, an absent key) never reaches a serde. */
export interface Serde<T> {
  serialize(value: T): Uint8Array
  /** Throws when the bytes are no such value. The bytes may be a view of a larger buffer: copy what is kept. */
  deserialize(bytes: Uint8Array): T
}

/** Bytes as they are. */
export const bytesSerde: Serde<Uint8Array> = { serialize: value => value, deserialize: bytes => bytes }

/** Text as UTF-8. */
export const stringSerde: Serde<string> = {
  serialize: value => Buffer.from(value, 'utf8'),
  deserialize: bytes => asBuffer(bytes).toString('utf8'),
}

/** Any JSON value. */
export const jsonSerde: Serde<unknown> = {
  serialize: value => Buffer.from(JSON.stringify(value), 'utf8'),
  deserialize: bytes => JSON.parse(asBuffer(bytes).toString('utf8')) as unknown,
}

/** The same bytes, seen as a Buffer: no copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
