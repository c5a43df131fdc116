import protobuf from 'protobufjs'
import { messageOf, SluiceError } from '../../base/index.ts'
import { type SchemaField, schemaField } from '../protobuf-schema.ts'
import { type RegisteredSchema, unusable } from './schema-registry.ts'

/** A message of a protobuf schema. */
export interface RegisteredMessage {
  readonly type: protobuf.Type
  readonly fields: readonly SchemaField[]
}

/** The messages of one protobuf schema, by their place. */
export class ProtobufMessages {
  readonly #id: number
  readonly #root = new protobuf.Root()
  /** Names of the messages by their path, as `messagePathOf` has it. */
  readonly #names = new Map<string, string>()

  /** Throws SluiceError RECORD_UNDECODABLE. */
  constructor({ id, text, references }: RegisteredSchema) {
    this.#id = id
    try {
      // Parsed alone first: only the schema's own messages have places.
      const own = protobuf.parse(text, new protobuf.Root(), { keepCase: true })
      nameMessages(own.package === undefined ? own.root : (own.root.lookup(own.package) as protobuf.NamespaceBase), '', this.#names)
      for (const imported of [...references, { name: '', text }].flatMap(({ text: each }) => importsOf(each))) this.#addWellKnown(imported)
      for (const reference of references) protobuf.parse(reference.text, this.#root, { keepCase: true })
      protobuf.parse(text, this.#root, { keepCase: true })
    } catch (error) {
      throw unusable(id, `it is not a protobuf schema that can be read: ${messageOf(error)}`, error)
    }
    try {
      this.#root.resolveAll()
    } catch {
      // A type of an import is missing: only fields of that type cannot be used.
    }
  }

  /** Throws SluiceError RECORD_UNDECODABLE when there is no message at that place. */
  at(path: string): RegisteredMessage {
    const name = this.#names.get(path)
    const type = name === undefined ? undefined : this.#root.lookup(name, [protobuf.Type])
    if (type instanceof protobuf.Type) return { type, fields: type.fieldsArray.map(schemaField) }
    throw new SluiceError(
      'RECORD_UNDECODABLE',
      `schema ${this.#id} of the registry has no message at place ${path}; it has ${[...this.#names].map(([at, found]) => `${at}: ${found.slice(1)}`).join(', ')}`,
    )
  }

  /** The place of the message of that name, as numbers; without a name, the first. Throws SluiceError CONFIG_INVALID. */
  placeOf(name: string | undefined): readonly number[] {
    const found = name === undefined ? '0' : [...this.#names].find(([, full]) => full === `.${name}` || full.endsWith(`.${name}`))?.[0]
    if (found !== undefined) return found.split('.').map(Number)
    const names = [...this.#names.values()].map(each => each.slice(1)).join(', ')
    throw new SluiceError('CONFIG_INVALID', `schema ${this.#id} of the registry has no message ${name}; it has: ${names}`)
  }

  /** Google's own types, which registries do not hold. */
  #addWellKnown(file: string): void {
    const known = protobuf.common.get(file)
    if (known?.nested !== undefined) this.#root.addJSON(known.nested)
  }
}

function nameMessages(namespace: protobuf.NamespaceBase, path: string, names: Map<string, string>): void {
  const messages = namespace.nestedArray.filter(nested => nested instanceof protobuf.Type)
  for (const [place, type] of messages.entries()) {
    const own = path === '' ? String(place) : `${path}.${place}`
    names.set(own, type.fullName)
    nameMessages(type, own, names)
  }
}

function importsOf(text: string): readonly string[] {
  const { imports = [], weakImports = [] } = protobuf.parse(text, new protobuf.Root())
  return [...imports, ...weakImports]
}
