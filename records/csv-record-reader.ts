import type { ColumnBatch, ColumnSpec } from './column-batch.ts'
import { setNumberText } from './number-text.ts'
import type { RecordReader } from './record-reader.ts'
import { asBuffer } from './serde.ts'
import { messageOf, onFirstUse, SluiceError } from '../base/index.ts'
import { checkedOptions, completeOptions } from '../base/options/index.ts'
import { columnsTable } from './reader-option-tables.ts'

const csvParse = onFirstUse<typeof import('csv-parse/sync')>('csv-parse/sync')

/**
 * Reads records of one CSV line each: the cells of the fields in their order; further cells are ignored. The separator (`,` `;` or tab) is
 * detected in each line. An empty cell is missing, and so is NaN in a number column. Text includes the blanks around it. The records have no
 * data type: it is their key. Any other value, such as text in a number column, is RECORD_UNDECODABLE.
 */
export function csvRecordReader(columns: readonly ColumnSpec[]): RecordReader {
  const checked = checkedOptions({ of: 'csvRecordReader' }, columnsTable, { specs: columns })
  const { specs } = completeOptions(columnsTable, checked)
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
  // A line without quotes is split here, which is faster than the library.
  if (!line.includes('"')) {
    if (line.includes('\n')) throw undecodable('it has several lines; a record is one line')
    return line.split(separator)
  }
  let rows: string[][]
  try {
    rows = csvParse().parse(line, { delimiter: separator })
  } catch (error) {
    throw undecodable(messageOf(error), error)
  }
  if (rows.length !== 1) throw undecodable('it has several lines; a record is one line')
  return rows[0] as string[]
}

function undecodable(what: string, cause?: unknown): SluiceError {
  return new SluiceError('RECORD_UNDECODABLE', `not a CSV record: ${what}`, { cause })
}
