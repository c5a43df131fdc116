import { env, messageOf, SluiceError } from '../../base/index.ts'
import { shownValue } from '../../base/options/index.ts'
import { NotInRegistry, type RegistryAddress, RegistryClient } from './registry-client.ts'

/** The kinds of schemas that a registry may hold. */
export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON'

/** A schema of a registry, with the schemas that it refers to. */
export interface RegisteredSchema {
  /** The registry's number for it. */
  readonly id: number
  /** The language that it is written in. */
  readonly type: SchemaType
  /** The schema's text. */
  readonly text: string
  /** Each after those that it refers to itself; `name`: by which it is referred to. */
  readonly references: readonly { readonly name: string; readonly text: string }[]
}

interface Entry {
  /** The last answer: the schema, or why there is none; undefined: there was no answer yet. */
  answer: RegisteredSchema | SluiceError | undefined
  /** Why there is no answer, for people; undefined: nobody is being asked. */
  asking: string | undefined
  /** When a schema that was not there is asked for again, by `env.monotonic()`. */
  until: number
}

const firstRetryMs = 100
const lastRetryMs = 10_000
/** A schema that is not there may be registered later. */
const absentForMs = 10_000
/** The most ids of schemas that are not there which are remembered: records of something else look like as many. */
const mostAbsent = 1000

/**
 * The schemas of a registry, by id. Each is asked for once, in the background, and kept: a schema never changes. While the registry does not answer it is
 * asked again, for ever, after 0.1 to 10 s. Only the registry's own word that there is no such schema counts as that, and only for 10 s.
 */
export class SchemaRegistry {
  readonly #client: RegistryClient
  readonly #entries = new Map<number, Entry>()
  readonly #absent = new Set<number>()

  constructor(address: RegistryAddress) {
    this.#client = new RegistryClient(address)
  }

  /**
   * Throws CONFIG_INVALID for what cannot be asked for schemas: a Proxy of a registry has the methods, and throws at each of them.
   *
   * @internal
   */
  static check(value: unknown, of: string): void {
    const { get, pending } = Object(value) as Partial<SchemaRegistry>
    const usable = value instanceof SchemaRegistry ? #client in value : typeof get === 'function' && typeof pending === 'function'
    if (usable) return
    throw new SluiceError(
      'CONFIG_INVALID',
      `registry ${shownValue(value)} (of ${of}) is not allowed; allowed: a SchemaRegistry itself, not a Proxy of one`,
    )
  }

  /** undefined: `get` has the answer, for as long as it is called in the same turn. Otherwise who is asked, and why there is no answer. Never throws. */
  pending(id: number): string | undefined {
    const known = this.#entries.get(id)
    if (known === undefined) return this.#ask(id)
    if (known.asking === undefined && known.answer instanceof SluiceError && env.monotonic() >= known.until) return this.#ask(id, known)
    return known.asking
  }

  /** The schema. Throws SluiceError SCHEMA_UNKNOWN if the registry says that it has none, REGISTRY_UNREACHABLE if it has not answered. */
  get(id: number): RegisteredSchema {
    const { answer, asking } = this.#entries.get(id) ?? {}
    if (answer instanceof SluiceError) throw answer
    if (answer !== undefined) return answer
    throw new SluiceError('REGISTRY_UNREACHABLE', asking ?? `schema ${id} was not asked for yet`)
  }

  /** The newest schema of a subject. Throws SluiceError SCHEMA_UNKNOWN, REGISTRY_UNREACHABLE. */
  async latest(subject: string): Promise<RegisteredSchema> {
    return await this.#once(async () => {
      const { id } = await this.#client.ask(`/subjects/${encodeURIComponent(subject)}/versions/latest`)
      return await this.#find(Number(id))
    })
  }

  /**
   * Registers a schema with a subject, unless the subject has it already, and returns it. To be called where a program starts, never for a record. Throws
   * SluiceError REGISTRY_UNREACHABLE, also if the registry refuses the schema.
   */
  async register(subject: string, schema: Pick<RegisteredSchema, 'type' | 'text'>): Promise<RegisteredSchema> {
    return await this.#once(async () => {
      const body = { schema: schema.text, ...(schema.type === 'AVRO' ? {} : { schemaType: schema.type }) }
      const { id } = await this.#client.ask(`/subjects/${encodeURIComponent(subject)}/versions`, body)
      return await this.#find(Number(id))
    })
  }

  async #once<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof SluiceError) throw error
      const code = error instanceof NotInRegistry ? 'SCHEMA_UNKNOWN' : 'REGISTRY_UNREACHABLE'
      throw new SluiceError(code, `the schema registry at ${this.#client.url}: ${messageOf(error)}`, { cause: error })
    }
  }

  #ask(id: number, entry: Entry = { answer: undefined, asking: undefined, until: 0 }): string {
    this.#entries.set(id, entry)
    const asked = `asking the schema registry at ${this.#client.url} for schema ${id}`
    entry.asking = asked
    void this.#untilAnswered(id, entry, asked)
    return asked
  }

  async #untilAnswered(id: number, entry: Entry, asked: string): Promise<void> {
    for (let waitMs = firstRetryMs; ; waitMs = Math.min(2 * waitMs, lastRetryMs)) {
      try {
        entry.answer = await this.#find(id)
        break
      } catch (error) {
        if (error instanceof SluiceError) {
          entry.answer = error
          entry.until = env.monotonic() + absentForMs
          this.#remember(id)
          break
        }
        entry.asking = `${asked}: ${messageOf(error)}`
      }
      await new Promise<void>(resolve => {
        env.timer(waitMs, resolve).unref()
      })
    }
    entry.asking = undefined
  }

  #remember(id: number): void {
    this.#absent.delete(id)
    this.#absent.add(id)
    for (const oldest of this.#absent) {
      if (this.#absent.size <= mostAbsent) break
      this.#absent.delete(oldest)
      if (this.#entries.get(oldest)?.answer instanceof SluiceError) this.#entries.delete(oldest)
    }
  }

  /** Throws SluiceError when the registry has answered that there is no such schema, or none that can be used; Error when it has to be asked again. */
  async #find(id: number): Promise<RegisteredSchema> {
    try {
      const { schema, schemaType = 'AVRO', references } = await this.#client.ask(`/schemas/ids/${id}`)
      if (typeof schema !== 'string') throw new Error('its answer has no schema')
      if (!isSchemaType(schemaType)) throw unusable(id, `its type is ${JSON.stringify(schemaType)}; known are AVRO, PROTOBUF and JSON`)
      return { id, type: schemaType, text: schema, references: await this.#references(references, new Set()) }
    } catch (error) {
      if (!(error instanceof NotInRegistry)) throw error
      throw new SluiceError(
        'SCHEMA_UNKNOWN',
        `the schema registry at ${this.#client.url} has no schema ${id}, or none of its references: ${error.message}`,
        { cause: error },
      )
    }
  }

  async #references(given: unknown, seen: Set<string>): Promise<RegisteredSchema['references']> {
    const found: { name: string; text: string }[] = []
    for (const { name, subject, version } of Array.isArray(given) ? (given as Readonly<Record<string, unknown>>[]) : []) {
      const path = `/subjects/${encodeURIComponent(String(subject))}/versions/${encodeURIComponent(String(version))}`
      if (seen.has(path)) continue
      seen.add(path)
      const { schema, references } = await this.#client.ask(path)
      if (typeof schema !== 'string') throw new Error('its answer has no schema')
      found.push(...(await this.#references(references, seen)), { name: String(name), text: schema })
    }
    return found
  }
}

export function unusable(id: number, why: string, cause?: unknown): SluiceError {
  return new SluiceError('RECORD_UNDECODABLE', `schema ${id} of the registry cannot be used: ${why}`, { cause })
}

function isSchemaType(value: unknown): value is SchemaType {
  return value === 'AVRO' || value === 'PROTOBUF' || value === 'JSON'
}
