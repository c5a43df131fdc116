import { isObject, kindOf, listKind, optional, plainCopy, required, text, type ValueKind } from '../base/options/index.ts'
import type { ColumnSpec } from './column-batch.ts'
import { wireTypes } from './scalar-types.ts'

const types: readonly string[] = Object.keys(wireTypes)
const names = listKind<string>('readonly string[]', 'a list of names', { each: value => text.accepts(value) })

const specs = listKind<ColumnSpec>('readonly ColumnSpec[]', 'a list of columns, each with a name, and "number" or "text" as its kind', {
  each: value => isObject(value) && text.accepts(value['name']) && (value['kind'] === 'number' || value['kind'] === 'text'),
  part: plainCopy,
  mayBeEmpty: true,
})

/** The number of a field is checked with its name, which the message needs. */
const isNumbered = (value: unknown): boolean => isObject(value) && text.accepts(value['name']) && typeof value['number'] === 'number'

const fields = listKind<unknown>(
  'readonly ProtobufField[]',
  `a list of fields, each with a number, a name and one of the types ${types.join(', ')}`,
  {
    each: value => isNumbered(value) && types.includes((value as { readonly type: string }).type),
    part: plainCopy,
    mayBeEmpty: true,
  },
)

const field: ValueKind<unknown> = { ...kindOf('{ number, name }', 'an object of number and name', isNumbered), copy: plainCopy }

export const columnsTable = { specs: required(specs, 'columns') } as const

/** What is read of JSON objects, and of records whose schemas are in a registry. */
export const columnReaderTable = { ...columnsTable, dataTypeField: optional(text, 'field with the data type') } as const

export const protobufReaderTable = {
  message: optional(text, 'name of the message'),
  fields: required(fields, 'fields that become columns'),
  dataTypeField: optional(field, 'field with the data type'),
} as const

export const schemaReaderTable = {
  protoText: required(text, 'schema'),
  messageName: required(text, 'name of the message'),
  dataTypeField: optional(text, 'field with the data type'),
  features: optional(names, 'fields that become columns'),
} as const
