import { readFileSync } from 'node:fs'
import {
  csvRecordReader,
  jsonRecordReader,
  wineRecordReader,
  type RecordReader,
  protobufRecordReaderFromSchema,
} from '../../records/index.ts'
import { registryRecordReader, SchemaRegistry } from '../../records/registry/index.ts'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { DataConfig } from './config.ts'

/** Returns the reader of the data records that the settings describe. Throws SluiceError CONFIG_INVALID. */
export function dataReader({ format, schema, message, dataTypeField, features, registry }: DataConfig): RecordReader {
  if (format === 'json') return jsonRecordReader({ specs: features ?? wineRecordReader().specs, dataTypeField })
  if (registry !== undefined)
    return registryRecordReader(new SchemaRegistry(registry), { specs: features ?? wineRecordReader().specs, dataTypeField })
  if (format === 'csv') return csvRecordReader(features ?? wineRecordReader().specs)
  if (schema === undefined || message === undefined) {
    if (features !== undefined)
      throw new SluiceError(
        'CONFIG_INVALID',
        'data.features is allowed only with data.schema, or with data.format json or csv; of a WineRecord all fields are scored',
      )
    return wineRecordReader()
  }
  return protobufRecordReaderFromSchema(readSchema(schema), message, { dataTypeField, features: features?.map(({ name }) => name) })
}

function readSchema(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new SluiceError('CONFIG_INVALID', `data.schema ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
