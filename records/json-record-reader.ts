import type { ColumnBatch, ColumnSpec } from './column-batch.ts'
import { parseRecordBytes, UnsafeNumber } from './record-json.ts'
import type { RecordReader } from './record-reader.ts'
import { asBuffer } from './serde.ts'
import { SluiceError, messageOf } from '../base/index.ts'
import { checkedOptions, completeOptions } from '../base/options/index.ts'
import { columnReaderTable } from './reader-option-tables.ts'

/** The properties of JSON records to read. */
export interface JsonRecordShape {
  /** The properties that are read. */
  readonly specs: readonly ColumnSpec[]
  /** The string property with the record's data type; undefined: the records have none. */
  readonly dataTypeField?: string | undefined
}

/**
 * Reads records that are JSON objects. A property that is absent, null or NaN is missing. In a number column true and false are 1 and 0, and a
 * string is not a number even if it looks like one. Whole numbers of 64 bits are kept exactly. A value of another kind than the column's is
 * RECORD_UNDECODABLE, and so is a record that is not a JSON object. Throws CONFIG_INVALID for a wrong option.
 */
export function jsonRecordReader(shape: JsonRecordShape): RecordReader {
  const checked = checkedOptions({ of: 'jsonRecordReader' }, columnReaderTable, shape)
  const { specs, dataTypeField } = completeOptions(columnReaderTable, checked)
  return {
    specs,
    read: (value, batch, row) => {
      const record = parseObject(value)
      for (let column = 0; column < specs.length; column++) setCell(record, batch, { column, row })
      return dataTypeField === undefined ? '' : dataTypeOf(record, dataTypeField)
    },
  }
}

type JsonObject = Readonly<Record<string, unknown>>

function parseObject(value: Uint8Array): JsonObject {
  let parsed: unknown
  try {
    parsed = parseRecordBytes(asBuffer(value))
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('RECORD_UNDECODABLE', `not JSON: ${messageOf(error)}`, { cause: error })
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonObject
  throw new SluiceError('RECORD_UNDECODABLE', `not a JSON object but ${describe(parsed)}`)
}

function setCell(record: JsonObject, batch: ColumnBatch, { column, row }: { column: number; row: number }): void {
  const { name, kind } = batch.specs[column] as ColumnSpec
  const cell = property(record, name)
  if (cell === undefined || cell === null) batch.setMissing(column, row)
  else if (kind === 'number' && typeof cell === 'number') batch.setNumber(column, row, cell)
  else if (kind === 'number' && cell instanceof UnsafeNumber) putNumber(cell, batch, { column, row })
  else if (kind === 'number' && typeof cell === 'boolean') batch.setNumber(column, row, cell ? 1 : 0)
  else if (kind === 'text' && typeof cell === 'string') batch.setText(column, row, cell)
  else throw new SluiceError('RECORD_UNDECODABLE', `field ${name} should be a ${kind}, not ${describe(cell)}`)
}

function putNumber(cell: UnsafeNumber, batch: ColumnBatch, { column, row }: { column: number; row: number }): void {
  if (cell.put(batch, column, row)) return
  const { name } = batch.specs[column] as ColumnSpec
  throw new SluiceError(
    'RECORD_UNDECODABLE',
    `field ${name} is a number of ${cell.text.length} characters, which is too large for a double`,
  )
}

function dataTypeOf(record: JsonObject, name: string): string {
  const cell = property(record, name) ?? ''
  if (typeof cell === 'string') return cell
  throw new SluiceError('RECORD_UNDECODABLE', `field ${name} should be a string, the name of the data type, not ${describe(cell)}`)
}

/** Own properties only: a field may be called `constructor`. */
function property(record: JsonObject, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function describe(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
