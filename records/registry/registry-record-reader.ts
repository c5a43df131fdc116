import type avro from 'avsc'
import { messageOf, SluiceError } from '../../base/index.ts'
import { checkedOptions, completeOptions } from '../../base/options/index.ts'
import { type ColumnBatch, type ColumnSpec, isLarge } from '../column-batch.ts'
import { jsonRecordReader } from '../json-record-reader.ts'
import { type ProtobufField, protobufRecordReader } from '../protobuf-record-reader.ts'
import type { SchemaField } from '../protobuf-schema.ts'
import { columnReaderTable } from '../reader-option-tables.ts'
import type { RecordReader } from '../record-reader.ts'
import { type ScalarType, scalarTypes } from '../scalar-types.ts'
import { asBuffer } from '../serde.ts'
import { type AvroType, avroType, avsc } from './avro-types.ts'
import { ProtobufMessages } from './protobuf-messages.ts'
import { type RegisteredSchema, SchemaRegistry } from './schema-registry.ts'
import { bodyOf, messagePathOf, schemaIdOf } from './wire-frame.ts'

/** The fields of records to read. */
export interface RegistryReaderOptions {
  /** The fields that become columns. */
  readonly specs: readonly ColumnSpec[]
  /** The text field with the record's data type; undefined, or not in a schema: those records have none. */
  readonly dataTypeField?: string | undefined
}

type Read = (value: Uint8Array, batch: ColumnBatch, row: number) => string

/** At most this many schemas are kept ready to read with, the ones that were used last. */
const mostReaders = 1000

/**
 * Reads records whose schemas are in a registry: Avro, protobuf and JSON, also mixed. A field that a record's schema does not have is missing. A record
 * whose schema is not known yet is pending until the registry has answered; `read` never waits. Throws SluiceError SCHEMA_UNKNOWN for a schema that the
 * registry does not have, RECORD_UNDECODABLE for a record that does not fit its schema, or whose schema does not fit the fields.
 */
export function registryRecordReader(registry: SchemaRegistry, given: RegistryReaderOptions): RecordReader {
  SchemaRegistry.check(registry, 'registryRecordReader')
  const options = completeOptions(columnReaderTable, checkedOptions({ of: 'registryRecordReader' }, columnReaderTable, given))
  const readers = new Map<number, Read>()
  return {
    specs: options.specs,
    pending: value => pendingSchema(registry, value),
    read(value, batch, row) {
      const id = schemaIdOf(value)
      let read = readers.get(id)
      if (read === undefined) {
        read = readerOf(registry.get(id), options)
        if (readers.size >= mostReaders) readers.delete(readers.keys().next().value as number)
        readers.set(id, read)
      }
      return read(value, batch, row)
    },
  }
}

/** See `Serde.pending`: bytes without a schema id have nothing to wait for. */
export function pendingSchema(registry: SchemaRegistry, value: Uint8Array): string | undefined {
  let id: number
  try {
    id = schemaIdOf(value)
  } catch {
    return undefined
  }
  return registry.pending(id)
}

function readerOf(schema: RegisteredSchema, options: RegistryReaderOptions): Read {
  if (schema.type === 'PROTOBUF') return protobufReader(schema, options)
  if (schema.type === 'AVRO') return avroReader(avroType(schema), options)
  const json = jsonRecordReader(options)
  return (value, batch, row) => json.read(bodyOf(value), batch, row)
}

function protobufReader(schema: RegisteredSchema, options: RegistryReaderOptions): Read {
  const messages = new ProtobufMessages(schema)
  const readers = new Map<string, RecordReader>()
  return (value, batch, row) => {
    const { path, body } = messagePathOf(value)
    let reader = readers.get(path)
    if (reader === undefined) {
      reader = messageReader(messages.at(path), options)
      readers.set(path, reader)
    }
    return reader.read(body, batch, row)
  }
}

function messageReader(
  { type, fields }: { readonly type: { readonly name: string }; readonly fields: readonly SchemaField[] },
  options: RegistryReaderOptions,
): RecordReader {
  const { specs, dataTypeField } = options
  const byName = new Map(fields.map(field => [field.name, field]))
  const dataType = dataTypeField === undefined ? undefined : byName.get(dataTypeField)
  if (dataType !== undefined && dataType.scalar !== 'string')
    throw new SluiceError('RECORD_UNDECODABLE', `field ${dataType.name} of ${type.name} cannot hold the data type: it is not a string`)
  // A field that the message does not have gets a number that none of its fields has, so that it is missing in every record.
  let unused = 2 ** 29 - 1
  const taken = new Set(fields.map(field => field.number))
  const chosen = specs.map((spec): ProtobufField => {
    const field = byName.get(spec.name)
    if (field !== undefined) return column(field, spec, type.name)
    while (taken.has(unused)) unused--
    return { number: unused--, name: spec.name, type: spec.kind === 'text' ? 'string' : 'double', optional: true }
  })
  const named = dataType === undefined ? {} : { dataTypeField: { number: dataType.number, name: dataType.name } }
  return protobufRecordReader({ message: type.name, fields: chosen, ...named })
}

function column({ number, name, scalar, presence }: SchemaField, { kind }: ColumnSpec, message: string): ProtobufField {
  if (scalar !== undefined && scalarTypes.has(scalar) && (scalar === 'string') === (kind === 'text'))
    return { number, name, type: scalar as ScalarType, optional: presence }
  throw new SluiceError(
    'RECORD_UNDECODABLE',
    `field ${name} of ${message} should be a ${kind}, but its schema has ${scalar ?? 'no single number, boolean or string'}`,
  )
}

function avroReader(type: AvroType, { specs, dataTypeField }: RegistryReaderOptions): Read {
  const names = [...specs.map(({ name }) => name), ...(dataTypeField === undefined ? [] : [dataTypeField])]
  const fields = names.map(name => fieldReader(type, name))
  return (value, batch, row) => {
    const found = decoded(type, bodyOf(value))
    const record = isBranched(type) ? branchOf(found) : found
    if (typeof record !== 'object' || record === null)
      throw new SluiceError('RECORD_UNDECODABLE', 'its Avro schema is not that of a record')
    for (let at = 0; at < specs.length; at++) setCell(batch, at, row, (fields[at] as FieldReader)(record))
    const named = dataTypeField === undefined ? undefined : fields.at(-1)?.(record)
    if (named === undefined || named === null) return ''
    if (typeof named === 'string') return named
    throw new SluiceError('RECORD_UNDECODABLE', `field ${dataTypeField} should be a string, the name of the data type`)
  }
}

type FieldReader = (record: object) => unknown

/** Reads a field of records of the type, or of those of a union of records. A record has properties of avsc's beside its fields. */
function fieldReader(type: AvroType, name: string): FieldReader {
  const records = (isUnion(type) ? type.types : [type]).filter(each => each instanceof avsc().types.RecordType)
  const branched = records.some(({ fields }) => fields.some(field => field.name === name && isBranched(field.type)))
  return record => {
    const value: unknown = Object.hasOwn(record, name) ? (record as Readonly<Record<string, unknown>>)[name] : undefined
    return branched ? branchOf(value) : value
  }
}

function isUnion(type: AvroType): type is avro.types.UnwrappedUnionType | avro.types.WrappedUnionType {
  return type instanceof avsc().types.UnwrappedUnionType || type instanceof avsc().types.WrappedUnionType
}

/** Whether a value comes within an object that names its branch: that of a union whose branches look alike. */
function isBranched(type: AvroType): boolean {
  return type instanceof avsc().types.WrappedUnionType
}

/** The value in the object that names its branch. */
function branchOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : value
}

export function decoded(type: AvroType, body: Uint8Array): unknown {
  try {
    return type.fromBuffer(asBuffer(body)) as unknown
  } catch (error) {
    throw new SluiceError('RECORD_UNDECODABLE', `it does not fit its Avro schema: ${messageOf(error)}`, { cause: error })
  }
}

function setCell(batch: ColumnBatch, at: number, row: number, value: unknown): void {
  const { name, kind } = batch.specs[at] as ColumnSpec
  if (value === undefined || value === null) batch.setMissing(at, row)
  else if (kind === 'text' && typeof value === 'string') batch.setText(at, row, value)
  else if (kind === 'number' && typeof value === 'number') {
    if (Number.isNaN(value)) batch.setMissing(at, row)
    else if (isLarge(value) && Number.isInteger(value) && Math.abs(value) < 2 ** 63) batch.setWhole(at, row, BigInt(value))
    else batch.setNumber(at, row, value)
  } else if (kind === 'number' && typeof value === 'bigint') batch.setWhole(at, row, value)
  else if (kind === 'number' && typeof value === 'boolean') batch.setNumber(at, row, value ? 1 : 0)
  else
    throw new SluiceError(
      'RECORD_UNDECODABLE',
      `field ${name} should be a ${kind}, not of type ${Buffer.isBuffer(value) ? 'bytes' : typeof value}`,
    )
}
