import type { Serde } from './serde.ts'

/** What protobufjs generates for a message, as far as a serde needs it. */
export interface MessageType<T> {
  /** The message as bytes, once `finish` is called. */
  encode(message: T): { finish(): Uint8Array }
  /** Throws for bytes that are no such message. */
  decode(bytes: Uint8Array): T
}

/** A serde for a generated protobuf message. Truncated or malformed bytes throw. */
export function protobufSerde<T>(type: MessageType<T>): Serde<T> {
  return {
    serialize: value => type.encode(value).finish(),
    deserialize: bytes => type.decode(bytes),
  }
}
