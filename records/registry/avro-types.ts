import type avro from 'avsc'
import { messageOf, onFirstUse } from '../../base/index.ts'
import { type RegisteredSchema, unusable } from './schema-registry.ts'

export type AvroType = avro.Type

/** The library; only records in Avro need it. */
export const avsc = onFirstUse<typeof avro>('avsc')

let made: OwnTypes | undefined

/** The type of an Avro schema. Logical types are those below them: a date is a number of days. Throws SluiceError RECORD_UNDECODABLE. */
export function avroType({ id, text, references }: RegisteredSchema): AvroType {
  const options: Partial<avro.ForSchemaOptions> = { registry: { long: ownTypes().long }, typeHook: ownType }
  try {
    for (const { text: reference } of references) avsc().Type.forSchema(JSON.parse(reference) as avro.Schema, options)
    return avsc().Type.forSchema(JSON.parse(text) as avro.Schema, options)
  } catch (error) {
    throw unusable(id, `it is not an Avro schema that can be read: ${messageOf(error)}`, error)
  }
}

/** `{"type": "long"}`, with a logical type or without, is a type of its own for avsc. */
function ownType(schema: avro.Schema, options: avro.ForSchemaOptions): AvroType | undefined {
  const { long, CountedArray, CountedMap } = ownTypes()
  const { type } = schema as { readonly type?: unknown }
  if (type === 'long') return long
  if (type === 'array') return new CountedArray(schema, options) as unknown as AvroType
  if (type === 'map') return new CountedMap(schema, options) as unknown as AvroType
  return undefined
}

/** What avsc reads bytes with. It does not fail at the end of the bytes, but says afterwards that it went beyond. */
interface Tap {
  readonly buf: Buffer
  readLong(): number
  skipLong(): void
  readString(): string
  isValid(): boolean
}

type Items = AvroType & { _read(tap: Tap): unknown }
type OwnClass = new (schema: avro.Schema, options: avro.ForSchemaOptions) => object

interface OwnTypes {
  readonly long: AvroType
  readonly CountedArray: OwnClass
  readonly CountedMap: OwnClass
}

/** So many items without bytes, such as nulls, may be in one list. */
const mostEmptyItems = 65_536

/**
 * Reads the items of an array or a map, which come in blocks with their count. avsc believes the count: a record of some bytes would take all memory, or
 * hours. Throws when there are more items than bytes.
 */
function readItems(tap: Tap, readItem: () => void): void {
  const most = Math.max(tap.buf.length, mostEmptyItems)
  let items = 0
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count < 0) tap.skipLong() // the size of the block
    items += Math.abs(count)
    if (items > most) throw new Error(`it says that it has ${items} items in a list, but ends before`)
    for (let left = Math.abs(count); left > 0; left--) {
      readItem()
      if (!tap.isValid()) throw new Error('it ends within a list')
    }
  }
}

/** The types that are read otherwise than the library reads them. */
function ownTypes(): OwnTypes {
  return (made ??= makeOwnTypes(avsc()))
}

function makeOwnTypes({ types }: typeof avro): OwnTypes {
  // 64-bit integers: numbers where a double holds them exactly, else bigints.
  const long = types.LongType.__with({
    fromBuffer: (buffer: Buffer): number | bigint => {
      const value = buffer.readBigInt64LE()
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : value
    },
    toBuffer: (value: number | bigint): Buffer => {
      const buffer = Buffer.alloc(8)
      buffer.writeBigInt64LE(BigInt(value))
      return buffer
    },
    fromJSON: (value: unknown): unknown => value,
    toJSON: Number,
    isValid: (value: unknown): boolean => (typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value)),
    compare: (one: number | bigint, other: number | bigint): number => (one < other ? -1 : one > other ? 1 : 0),
  })

  class CountedArray extends (types.ArrayType as unknown as OwnClass) {
    declare readonly itemsType: Items

    _read(tap: Tap): unknown {
      const values: unknown[] = []
      readItems(tap, () => values.push(this.itemsType._read(tap)))
      return values
    }
  }

  class CountedMap extends (types.MapType as unknown as OwnClass) {
    declare readonly valuesType: Items

    _read(tap: Tap): unknown {
      const values: [string, unknown][] = []
      readItems(tap, () => values.push([tap.readString(), this.valuesType._read(tap)]))
      return Object.fromEntries(values)
    }
  }

  return { long, CountedArray, CountedMap }
}
