import { type ColumnSpec, type CsvRow, largeWholeOf, numberOf, stringSerde, wineRecordReader } from '../../records/index.ts'
import { sluice } from '../../proto/messages.js'
import { messageOf, SluiceError } from '../../base/index.ts'
import type { DataConfig } from '../config/index.ts'

/** Encodes CSV rows as data records. */
export interface RowEncoder {
  /** The fields to take from the file, in the order of the row's cells. */
  readonly fields: readonly string[]
  /** The same fields with the kind of their values. */
  readonly specs: readonly ColumnSpec[]
  /** Encodes a row without the fields whose cells are missing. Throws SluiceError INPUT_INVALID, with the line, for a cell that cannot be sent. */
  encode(row: CsvRow): Uint8Array
}

/** The fields of WineRecord without its data type. */
const wineSpecs = wineRecordReader().specs

/** Returns the encoder for the configured data format. Throws SluiceError CONFIG_INVALID for a protobuf message other than WineRecord. */
export function rowEncoder(data: DataConfig, dataType: string): RowEncoder {
  if (data.schema !== undefined) {
    throw new SluiceError(
      'CONFIG_INVALID',
      `data.message ${JSON.stringify(data.message)} cannot be sent: rows are sent as WineRecord, JSON or CSV`,
    )
  }
  if (data.registry !== undefined)
    throw new SluiceError('CONFIG_INVALID', 'data.format registry cannot be sent: rows are sent as WineRecord, JSON or CSV')
  const specs = data.features ?? wineSpecs
  if (data.format === 'csv') return csvEncoder(specs)
  return data.format === 'json' ? jsonEncoder(specs, data.dataTypeField, dataType) : wineEncoder(specs, dataType)
}

function wineEncoder(specs: readonly ColumnSpec[], dataType: string): RowEncoder {
  const fields = specs.map(spec => spec.name)
  const known = wineSpecs.map(spec => spec.name)
  const foreign = fields.find(name => !known.includes(name))
  if (foreign !== undefined) {
    throw new SluiceError(
      'CONFIG_INVALID',
      `data.features ${JSON.stringify(foreign)} is not a field of WineRecord; allowed: ${known.join(', ')}`,
    )
  }
  const encode = (row: CsvRow): Uint8Array => {
    const values = [...valuesOf(row, specs)].map(([name, value]) => [name, typeof value === 'string' ? value : value.value])
    return sluice.WineRecord.encode({ ...Object.fromEntries(values), dataType }).finish()
  }
  return { fields, specs, encode }
}

function jsonEncoder(specs: readonly ColumnSpec[], dataTypeField: string, dataType: string): RowEncoder {
  const encode = (row: CsvRow): Uint8Array => {
    const given = valuesOf(row, specs)
    given.delete(dataTypeField)
    const properties = [...given].flatMap(([name, value]) => {
      const text = typeof value === 'string' ? JSON.stringify(value) : jsonNumber(value)
      return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]
    })
    return Buffer.from(`{${[...properties, `${JSON.stringify(dataTypeField)}:${JSON.stringify(dataType)}`].join(',')}}`, 'utf8')
  }
  return { fields: specs.map(spec => spec.name), specs, encode }
}

/** Returns undefined for NaN, which JSON cannot express: the field is left out, which means a missing value. */
function jsonNumber({ value, whole }: CellNumber): string | undefined {
  if (Number.isNaN(value)) return undefined
  if (Number.isFinite(value)) return String(whole ?? value)
  return value > 0 ? '1e999' : '-1e999'
}

/** Encodes rows as comma-separated lines. They have no data type: the key of the record gives it. */
function csvEncoder(specs: readonly ColumnSpec[]): RowEncoder {
  const quoted = (cell: string): string => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const textOf = (value: string | CellNumber | undefined): string =>
    value === undefined ? '' : typeof value === 'string' ? value : String(value.whole ?? value.value)
  const encode = (row: CsvRow): Uint8Array => {
    const values = valuesOf(row, specs)
    return utf8Of(specs.map(({ name }) => quoted(textOf(values.get(name)))).join(','), 'the row', row.line)
  }
  return { fields: specs.map(spec => spec.name), specs, encode }
}

/** The text as UTF-8. Throws INPUT_INVALID for half of a surrogate pair, which JSON can name and UTF-8 cannot: other text would be sent for it. */
export function utf8Of(text: string, what: string, line: number): Uint8Array {
  try {
    return stringSerde.serialize(text)
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `line ${line}: ${what} cannot be sent: ${messageOf(error)}`, { cause: error })
  }
}

interface CellNumber {
  readonly value: number
  /** The exact integer, if the double may differ from it. */
  readonly whole: bigint | undefined
}

function valuesOf({ line, cells }: CsvRow, specs: readonly ColumnSpec[]): Map<string, CellNumber | string> {
  const values = new Map<string, CellNumber | string>()
  for (const [at, { name, kind }] of specs.entries()) {
    const cell = cells[at]
    if (cell === undefined || (kind === 'number' && cell.trim() === '')) continue
    values.set(name, kind === 'text' ? cell : cellNumber(cell, name, line))
  }
  return values
}

function cellNumber(cell: string, name: string, line: number): CellNumber {
  const value = numberOf(cell)
  if (value !== undefined) return { value, whole: largeWholeOf(cell, value) }
  throw new SluiceError('INPUT_INVALID', `line ${line}: ${name} is ${JSON.stringify(cell)}, not a number`)
}
