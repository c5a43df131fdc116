import { type ProtobufField, protobufRecordReader } from './protobuf-record-reader.ts'
import { type SchemaField, parseSchema } from './protobuf-schema.ts'
import type { RecordReader } from './record-reader.ts'
import { type ScalarType, scalarTypes } from './scalar-types.ts'
import { SluiceError } from '../base/index.ts'
import { checkedOptions, completeOptions, isObject } from '../base/options/index.ts'
import { schemaReaderTable } from './reader-option-tables.ts'

/** The fields of a schema's messages to read. */
export interface SchemaReaderOptions {
  /** The string field with the record's data type; undefined: the records have none. */
  readonly dataTypeField?: string | undefined
  /** The fields that become columns, in this order; undefined: every scalar field except the data type's, in the order of the schema. */
  readonly features?: readonly string[] | undefined
}

/** A reader for a message of a .proto text. Throws SluiceError CONFIG_INVALID for a field that is absent, or not a number, boolean or string. */
export function protobufRecordReaderFromSchema(protoText: string, messageName: string, options: SchemaReaderOptions = {}): RecordReader {
  // One object of all arguments: what is no object of options must not look like one.
  const given: unknown = isObject(options) ? { ...options, protoText, messageName } : options
  const checked = checkedOptions({ of: 'protobufRecordReaderFromSchema' }, schemaReaderTable, given)
  const { dataTypeField, features } = completeOptions(schemaReaderTable, checked)
  const fields = parseSchema(protoText).fields(messageName)
  const byName = new Map(fields.map(field => [field.name, field]))
  const find = (name: string): SchemaField => {
    const field = byName.get(name)
    if (field !== undefined) return field
    throw new SluiceError('CONFIG_INVALID', `${messageName} has no field ${name}; it has: ${[...byName.keys()].join(', ')}`)
  }
  const dataType = dataTypeField === undefined ? undefined : find(dataTypeField)
  if (dataType !== undefined && dataType.scalar !== 'string') {
    throw new SluiceError('CONFIG_INVALID', `field ${dataType.name} of ${messageName} cannot hold the data type: it is not a string`)
  }
  const chosen = features?.map(find) ?? fields.filter(field => field !== dataType && field.scalar !== undefined)
  return protobufRecordReader({
    message: messageName,
    fields: chosen.map(field => column(field, messageName)),
    ...(dataType === undefined ? {} : { dataTypeField: { number: dataType.number, name: dataType.name } }),
  })
}

function column({ number, name, scalar, presence }: SchemaField, messageName: string): ProtobufField {
  if (scalar === undefined || !scalarTypes.has(scalar)) {
    throw new SluiceError(
      'CONFIG_INVALID',
      `field ${name} of ${messageName} cannot be a feature: it is not a single number, boolean or string`,
    )
  }
  return { number, name, type: scalar as ScalarType, optional: presence }
}
