import type { Serde } from './serde.ts'

/** The parts of a message class that protobufjs generates that a serde needs. */
export interface MessageType<T> {
  /** Encodes the message; `finish` returns the bytes. */
  encode(message: T): { finish(): Uint8Array }
  /** Throws for bytes that are not such a message. */
  decode(bytes: Uint8Array): T
}

/** A serde for a generated protobuf message. Truncated or malformed bytes throw. */
export function protobufSerde<T>(type: MessageType<T>): Serde<T> {
  return {
    serialize: value => type.encode(value).finish(),
    deserialize: bytes => type.decode(bytes),
  }
}
