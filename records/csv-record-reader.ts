import { parse } from 'csv-parse/sync'
import type { ColumnBatch, ColumnSpec } from './column-batch.ts'
import { setNumberText } from './number-text.ts'
import type { RecordReader } from './record-reader.ts'
import { asBuffer } from './serde.ts'
import { messageOf, SluiceError } from '../base/index.ts'

/**
 * Reads records that are one CSV line each: the fields' cells in their order, further cells ignored. The separator (`,` `;` or tab) is told from
 * each line; an empty cell is missing, and so is NaN among numbers; text is taken as it is, with the blanks around it. Such records carry no data
 * type: their key tells it. Anything else, a number column with text among it included, is RECORD_UNDECODABLE.
 */
export function csvRecordReader(specs: readonly ColumnSpec[]): RecordReader {
  return {
    specs,
    read(value, batch, row) {
      const cells = cellsOf(
        asBuffer(value)
          .toString('utf8')
          .replace(/^\ufeff/, '')
          .replace(/[\r\n]+$/, ''),
      )
      if (cells.length < specs.length) throw undecodable(`it has ${cells.length} cells for ${specs.length} fields`)
      for (const [column, spec] of specs.entries()) setCell(batch, { column, row, spec }, cells[column] as string)
      return ''
    },
  }
}

function setCell(batch: ColumnBatch, { column, row, spec }: { column: number; row: number; spec: ColumnSpec }, cell: string): void {
  if (cell === '') batch.setMissing(column, row)
  else if (spec.kind === 'text') batch.setText(column, row, cell)
  else if (cell.trim() === '') batch.setMissing(column, row)
  else if (!setNumberText(batch, column, row, cell)) throw undecodable(`field ${spec.name} is ${JSON.stringify(cell)}, not a number`)
}

function cellsOf(line: string): readonly string[] {
  const bare = line.includes('"') ? line.replaceAll(/"(?:[^"]|"")*"/g, '') : line
  const separator = bare.includes(';') ? ';' : bare.includes('\t') ? '\t' : ','
  // Without a quote there is nothing to parse; with one, the library knows the rules.
  if (!line.includes('"')) {
    if (line.includes('\n')) throw undecodable('it has several lines; a record is one line')
    return line.split(separator)
  }
  let rows: string[][]
  try {
    rows = parse(line, { delimiter: separator })
  } catch (error) {
    throw undecodable(messageOf(error), error)
  }
  if (rows.length !== 1) throw undecodable('it has several lines; a record is one line')
  return rows[0] as string[]
}

function undecodable(what: string, cause?: unknown): SluiceError {
  return new SluiceError('RECORD_UNDECODABLE', `not a CSV record: ${what}`, { cause })
}
