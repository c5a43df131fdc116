import type { ColumnSpec } from '../proto/column-batch.ts'
import type { CsvRow } from '../proto/csv-rows.ts'
import { sluice } from '../proto/messages.js'
import { wineRecordReader } from '../proto/protobuf-record-reader.ts'
import { SluiceError } from '../proto/sluice-error.ts'
import type { DataConfig } from './config.ts'

/** Turns CSV rows to data records. */
export interface RowEncoder {
  /** The columns to take from the file, in the order of the row's cells. */
  readonly fields: readonly string[]
  /** Throws SluiceError INPUT_INVALID, with the line, at a cell that is not what its field holds. A missing cell leaves its field out. */
  encode(row: CsvRow): Uint8Array
}

/** WineRecord's fields, its data type apart. */
const wineSpecs = wineRecordReader().specs

/** The encoder for the data records as the settings have them. Throws SluiceError CONFIG_INVALID for a protobuf message other than WineRecord. */
export function rowEncoder(data: DataConfig, dataType: string): RowEncoder {
  if (data.schema !== undefined) {
    throw new SluiceError('CONFIG_INVALID', `data.message ${JSON.stringify(data.message)}: rows can be sent as WineRecord or JSON only`)
  }
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
      `data.features ${JSON.stringify(foreign)} is no field of WineRecord; allowed: ${known.join(', ')}`,
    )
  }
  return { fields, encode: row => sluice.WineRecord.encode({ ...valuesOf(row, specs), dataType }).finish() }
}

function jsonEncoder(specs: readonly ColumnSpec[], dataTypeField: string, dataType: string): RowEncoder {
  const encode = (row: CsvRow): Uint8Array => Buffer.from(JSON.stringify({ ...valuesOf(row, specs), [dataTypeField]: dataType }), 'utf8')
  return { fields: specs.map(spec => spec.name), encode }
}

/** Lines with commas; their data type is the record's key. */
function csvEncoder(specs: readonly ColumnSpec[]): RowEncoder {
  const quoted = (cell: string): string => (/[",;\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const encode = (row: CsvRow): Uint8Array => {
    const values = valuesOf(row, specs)
    return Buffer.from(specs.map(({ name }) => quoted(String(values[name] ?? ''))).join(','), 'utf8')
  }
  return { fields: specs.map(spec => spec.name), encode }
}

function valuesOf({ line, cells }: CsvRow, specs: readonly ColumnSpec[]): Record<string, number | string> {
  const values: Record<string, number | string> = {}
  for (const [at, { name, kind }] of specs.entries()) {
    const cell = cells[at]
    if (cell === undefined) continue
    values[name] = kind === 'text' ? cell : numberOf(cell, name, line)
  }
  return values
}

function numberOf(cell: string, name: string, line: number): number {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(cell) || !Number.isFinite(Number(cell))) {
    throw new SluiceError('INPUT_INVALID', `line ${line}: ${name} is ${JSON.stringify(cell)}, not a number`)
  }
  return Number(cell)
}
