import avro from 'avsc'
import { messageOf } from '../../base/index.ts'
import { type RegisteredSchema, unusable } from './schema-registry.ts'

export type AvroType = avro.Type

/** 64-bit integers: numbers where a double holds them exactly, else bigints. */
const long = avro.types.LongType.__with({
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

/** The type of an Avro schema. Logical types are those below them: a date is a number of days. Throws SluiceError RECORD_UNDECODABLE. */
export function avroType({ id, text, references }: RegisteredSchema): AvroType {
  const registry: Record<string, avro.Type> = { long }
  try {
    for (const { text: reference } of references) avro.Type.forSchema(JSON.parse(reference) as avro.Schema, { registry })
    return avro.Type.forSchema(JSON.parse(text) as avro.Schema, { registry })
  } catch (error) {
    throw unusable(id, `it is not an Avro schema that can be read: ${messageOf(error)}`, error)
  }
}
