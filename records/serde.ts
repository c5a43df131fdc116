import { isUtf8 } from 'node:buffer'
import { SluiceError } from '../base/index.ts'
import { checkJsonDepth } from './json-depth.ts'

/** Converts values to bytes and back. It is never called with null (a tombstone, an absent key). */
export interface Serde<T> {
  /** Throws for a value that it cannot serialize. */
  serialize(value: T): Uint8Array
  /** Throws for bytes that it cannot deserialize. The bytes may be a view of a larger buffer: copy bytes that are kept. */
  deserialize(bytes: Uint8Array): T
  /**
   * For a serde that has to ask somebody before it can deserialize, such as a schema registry. Returns undefined when `deserialize` can be called with
   * these bytes, whether it will return or throw; otherwise, for people, what it waits for. The first call starts to ask, and none waits: the record and
   * all after it stay in their input until a call returns undefined. Never throws. It is called for every record, so it has to be quick.
   */
  pending?(bytes: Uint8Array): string | undefined
}

/** Bytes, unchanged and not copied. */
export const bytesSerde: Serde<Uint8Array> = { serialize: value => value, deserialize: bytes => bytes }

/**
 * Text as UTF-8. Throws SluiceError instead of replacing characters by U+FFFD: `serialize` PROCESSING_FAILED, also for what is no text, `deserialize`
 * RECORD_UNDECODABLE.
 */
export const stringSerde: Serde<string> = {
  serialize(value) {
    // Buffer.from makes bytes of other values, too: of an object with a length as many as that.
    if (typeof value !== 'string') throw new SluiceError('PROCESSING_FAILED', `a value of type ${typeof value} is no text`)
    // A lone half of a surrogate pair cannot be encoded.
    if (!(value as string & { isWellFormed(): boolean }).isWellFormed())
      throw new SluiceError(
        'PROCESSING_FAILED',
        `${JSON.stringify(value.slice(0, 50))} cannot be encoded as UTF-8: it contains half of a surrogate pair`,
      )
    return Buffer.from(value, 'utf8')
  },
  deserialize: utf8Text,
}

const anyJson: Serde<unknown> = {
  serialize(value) {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new SluiceError('PROCESSING_FAILED', `${value} cannot be written as JSON`)
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) throw new SluiceError('PROCESSING_FAILED', `a value of type ${typeof value} cannot be written as JSON`)
    // What is written must be read again.
    checkJsonDepth(text, 'PROCESSING_FAILED')
    return Buffer.from(text, 'utf8')
  },
  deserialize(bytes) {
    const text = utf8Text(bytes)
    checkJsonDepth(text, 'RECORD_UNDECODABLE')
    return JSON.parse(text) as unknown
  },
}

/**
 * JSON values as UTF-8, of the type that the program expects: `jsonSerde<Order>()`; without a type, `unknown`. The type is not checked. Throws
 * SluiceError RECORD_UNDECODABLE for bytes that are not UTF-8 and for JSON that is nested deeper than 512 levels, SyntaxError for text that is
 * not JSON, and SluiceError PROCESSING_FAILED for a value that is nested so deeply or has no JSON form (undefined, NaN, a function); within a value such
 * are what JSON.stringify makes of them.
 */
export function jsonSerde<T = unknown>(): Serde<T> {
  return anyJson as Serde<T>
}

/** The text of UTF-8 bytes. Throws SluiceError RECORD_UNDECODABLE when the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes)
  if (isUtf8(buffer)) return buffer.toString('utf8')
  const shown = `${buffer.toString('hex', 0, 20)}${buffer.length > 20 ? '…' : ''}`
  throw new SluiceError(
    'RECORD_UNDECODABLE',
    `${buffer.length} bytes are not UTF-8 text (in hex ${shown}): were they written in another encoding?`,
  )
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
