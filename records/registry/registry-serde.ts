import { messageOf, SluiceError } from '../../base/index.ts'
import { checkedOptions, completeOptions, isObject, kindOf, optional, required, text } from '../../base/options/index.ts'
import { asBuffer, jsonSerde, type Serde } from '../serde.ts'
import { avroType } from './avro-types.ts'
import { ProtobufMessages } from './protobuf-messages.ts'
import { decoded, pendingSchema } from './registry-record-reader.ts'
import { type RegisteredSchema, SchemaRegistry } from './schema-registry.ts'
import { bodyOf, framed, messagePathOf, schemaIdOf } from './wire-frame.ts'

/** What is written, and with which schema. */
export interface RegistryWriting {
  /** The schema of the values that are written: `await registry.latest(subject)`, or `await registry.register(subject, …)`. */
  readonly schema: RegisteredSchema
  /** For a protobuf schema with several messages: the name of the one that is written; default: the first. */
  readonly message?: string | undefined
}

type Decode = (bytes: Uint8Array) => unknown

/**
 * A serde of plain values whose schemas are in a registry. Avro: as `avsc` has them, 64-bit integers as numbers or, beyond 2^53, bigints. Protobuf: by the
 * schema's field names, with defaults, names of enum values, and 64-bit integers as text. JSON is not held against its schema. A record is decoded with
 * the schema that it names, once the registry has answered for it (`pending`); all values are written with one schema, `writing`. Without `writing`,
 * `serialize` throws CONFIG_INVALID.
 */
export function registrySerde<T = unknown>(registry: SchemaRegistry, writing?: RegistryWriting): Serde<T> {
  SchemaRegistry.check(registry, 'registrySerde')
  const decoders = new Map<number, Decode>()
  const serialize = writing === undefined ? undefined : encoderOf(writing)
  return {
    pending: bytes => pendingSchema(registry, bytes),
    deserialize(bytes) {
      const id = schemaIdOf(bytes)
      const decode = decoders.get(id) ?? decoderOf(registry.get(id))
      decoders.set(id, decode)
      return decode(bytes) as T
    },
    serialize(value) {
      if (serialize !== undefined) return serialize(value)
      throw new SluiceError('CONFIG_INVALID', 'this serde only reads: registrySerde was given no schema to write with')
    },
  }
}

function decoderOf(schema: RegisteredSchema): Decode {
  if (schema.type === 'JSON') return bytes => jsonSerde().deserialize(bodyOf(bytes))
  if (schema.type === 'AVRO') {
    const type = avroType(schema)
    return bytes => decoded(type, bodyOf(bytes))
  }
  const messages = new ProtobufMessages(schema)
  return bytes => {
    const { path, body } = messagePathOf(bytes)
    const { type } = messages.at(path)
    return type.toObject(type.decode(asBuffer(body)), { defaults: true, enums: String, longs: String })
  }
}

const writingTable = {
  schema: required(
    kindOf<RegisteredSchema>(
      'RegisteredSchema',
      'what latest or register of a SchemaRegistry returns, awaited',
      value => isObject(value) && typeof value['id'] === 'number' && typeof value['text'] === 'string',
    ),
    'schema of the values',
  ),
  message: optional(text, 'name of the message'),
} as const

function encoderOf(given: RegistryWriting): (value: unknown) => Uint8Array {
  const { schema, message } = completeOptions(writingTable, checkedOptions({ of: 'registrySerde' }, writingTable, given))
  const unfit = (why: string, cause?: unknown): SluiceError =>
    new SluiceError('PROCESSING_FAILED', `a value does not fit schema ${schema.id} of the registry: ${why}`, { cause })
  if (schema.type === 'JSON') return value => framed(schema.id, jsonSerde().serialize(value))
  if (schema.type === 'AVRO') {
    const type = avroType(schema)
    return value => {
      try {
        return framed(schema.id, type.toBuffer(value))
      } catch (error) {
        throw unfit(messageOf(error), error)
      }
    }
  }
  const messages = new ProtobufMessages(schema)
  const places = messages.placeOf(message)
  const { type } = messages.at(places.join('.'))
  return value => {
    try {
      return framed(schema.id, type.encode(type.fromObject(value as object)).finish(), places)
    } catch (error) {
      throw unfit(messageOf(error), error)
    }
  }
}
