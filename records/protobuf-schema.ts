import protobuf from 'protobufjs'
import { SluiceError, messageOf } from '../base/index.ts'

/**
 * A message type from a schema text. Decoded messages are plain objects with the schema's field names; 64-bit integers may be Long objects.
 * Fields that the schema does not name are kept and encoded again.
 */
export interface SchemaMessage<T extends object> {
  encode(message: T): Uint8Array
  /** Throws when the bytes are not such a message. */
  decode(bytes: Uint8Array): T
}

/** A field of the schema. `scalar`: its scalar type (int32 for enums); undefined for messages, bytes, lists and maps. */
export interface SchemaField {
  readonly number: number
  readonly name: string
  readonly scalar: string | undefined
  /** Whether an absent field can be distinguished from its default. */
  readonly presence: boolean
}

/** A .proto text, parsed. */
export interface Schema {
  /** The message of that name. Throws SluiceError CONFIG_INVALID when there is none. */
  message<T extends object>(name: string): SchemaMessage<T>
  /** The fields of the message of that name, in the order of their declaration. Throws SluiceError CONFIG_INVALID when there is none. */
  fields(name: string): readonly SchemaField[]
  readonly messageNames: readonly string[]
}

/** Parses a .proto text; its imports are not read. Throws SluiceError CONFIG_INVALID with the line of the error. */
export function parseSchema(text: string): Schema {
  const root = new protobuf.Root()
  try {
    protobuf.parse(text, root, { keepCase: true })
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `the protobuf schema cannot be read: ${messageOf(error)}`, { cause: error })
  }
  try {
    root.resolveAll()
  } catch {
    // A type of an import is missing: `schemaField` determines for each field whether it can be used.
  }
  const messageNames = namesBelow(root)
  const find = (name: string): protobuf.Type => {
    const type = root.lookup(name, [protobuf.Type])
    if (type instanceof protobuf.Type) return type
    throw new SluiceError('CONFIG_INVALID', `the protobuf schema has no message ${name}; it has: ${messageNames.join(', ') || 'none'}`)
  }
  return {
    message: name => schemaMessage(find(name)),
    fields: name => find(name).fieldsArray.map(schemaField),
    messageNames,
  }
}

function schemaMessage<T extends object>(type: protobuf.Type): SchemaMessage<T> {
  return {
    encode: message => type.encode(message).finish(),
    decode: bytes => {
      const reader = protobuf.Reader.create(bytes)
      reader.discardUnknown = false
      return type.decode(reader) as unknown as T
    },
  }
}

/** What is known of a field; a type that is not defined is that of no scalar. */
export function schemaField(field: protobuf.Field): SchemaField {
  const { id, name, repeated, map } = field
  try {
    field.resolve()
  } catch {
    // A type that the text does not define (an import) is not a scalar and cannot become a column.
    return { number: id, name, scalar: undefined, presence: true }
  }
  const scalar = field.resolvedType instanceof protobuf.Enum ? 'int32' : field.type
  const isScalar = !repeated && !map && (field.resolvedType === null || field.resolvedType instanceof protobuf.Enum) && scalar !== 'bytes'
  return { number: id, name, scalar: isScalar ? scalar : undefined, presence: field.partOf !== null || field.hasPresence }
}

function namesBelow(namespace: protobuf.NamespaceBase): string[] {
  return namespace.nestedArray.flatMap(nested => [
    ...(nested instanceof protobuf.Type ? [nested.fullName.slice(1)] : []),
    ...(nested instanceof protobuf.Namespace || nested instanceof protobuf.Type ? namesBelow(nested) : []),
  ])
}
