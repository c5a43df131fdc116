import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { SluiceError } from '../base/index.ts'
import { type CsvLine, csvLines, type CsvLines, unreadable } from './csv-lines.ts'
import type { Separator } from './csv-style.ts'
import { NameFinder } from './name-finder.ts'
import { numberOf } from './number-text.ts'

/** One row: a cell for each requested field, in their order; undefined: the cell is empty, or the file does not have the column. */
export interface CsvRow {
  /** Its line in the file, from 1. */
  readonly line: number
  readonly cells: readonly (string | undefined)[]
  /** What is wrong with the row, with the option `tellFaults`: all of its cells are missing then. */
  readonly fault?: string
}

/** An opened CSV file: its style is known, its rows are read on demand. */
export interface CsvFile {
  readonly separator: Separator
  /** The column names in the file; undefined: its first line is data. */
  readonly header: readonly string[] | undefined
  /** The requested fields for which the file has no column. */
  readonly absent: readonly string[]
  /** The rows, which can be read once. Throws SluiceError INPUT_INVALID at a row with another number of cells. Leaving the loop closes the file. */
  readonly rows: AsyncIterable<CsvRow>
}

/** What the first line says about a file. */
export interface CsvOutline {
  readonly header: readonly string[] | undefined
  /** Number of columns. */
  readonly width: number
}

/** The names of the requested columns, or a function that returns their indexes. */
export type CsvFields = readonly string[] | ((outline: CsvOutline) => readonly number[])

export interface CsvOptions {
  /** The name of the input, for messages; default: the path, or "the input". */
  readonly name?: string | undefined
  /** Whether the first line is a header; undefined: it is, unless all of its cells are numbers or missing. */
  readonly header?: boolean | undefined
  /** Texts that mean, like an empty cell, that there is no value. */
  readonly missing?: ReadonlySet<string> | undefined
  /** Whether a row with another number of cells than the first is returned with a `fault` instead of an error; default false. */
  readonly tellFaults?: boolean
}

/**
 * Opens CSV text with or without a header; without one the columns are in the order of `fields`. The separator is detected in the first line. A
 * column is found by its exact name, else by a name that differs only in case, spaces and underscores; other columns are ignored.
 * Cells include the blanks around them, unless the first line has blanks around quotes.
 * Throws SluiceError INPUT_INVALID when the file cannot be read, is empty, has none of the fields, or several columns for one.
 */
export async function openCsv(source: string | Readable, fields: CsvFields, options: CsvOptions = {}): Promise<CsvFile> {
  const name = options.name ?? (typeof source === 'string' ? source : 'the input')
  const input = typeof source === 'string' ? createReadStream(source) : source
  try {
    const { style, lines, isDamaged } = await csvLines(input, name)
    let first = await lines.next()
    while (first.done !== true && isBlank(first.value)) first = await lines.next()
    if (first.done === true) throw new SluiceError('INPUT_INVALID', `${name} has no rows`)
    const outline = outlineOf(first.value, options)
    const columns = typeof fields === 'function' ? fields(outline) : columnsOf(outline, fields, name)
    const rows = readRows({ first: first.value, lines, isDamaged, outline, columns, name, options })
    const absent = typeof fields === 'function' ? [] : fields.filter((_, at) => columns[at] === undefined)
    return { separator: style.delimiter, header: outline.header, absent, rows }
  } catch (error) {
    input.destroy()
    throw error instanceof SluiceError ? error : unreadable(name, error)
  }
}

/** Opens a CSV file and returns its rows: see `openCsv`. */
export async function* readCsvRows(source: string | Readable, fields: readonly string[]): AsyncGenerator<CsvRow, void> {
  const file = await openCsv(source, fields)
  yield* file.rows
}

function outlineOf({ cells }: CsvLine, { header, missing }: CsvOptions): CsvOutline {
  const data = header === undefined ? cells.some(cell => cell !== '') && cells.every(cell => isNumberOrMissing(cell, missing)) : !header
  return { header: data ? undefined : cells, width: cells.length }
}

/** The index of each field's column; undefined: there is none. */
function columnsOf({ header, width }: CsvOutline, fields: readonly string[], name: string): readonly (number | undefined)[] {
  if (header === undefined) {
    if (width >= fields.length) return fields.map((_, at) => at)
    throw new SluiceError(
      'INPUT_INVALID',
      `${name} has no header and only ${width} columns for the ${fields.length} fields ${fields.join(', ')}`,
    )
  }
  const finder = new NameFinder(header, fields)
  const columns = fields.map(field => {
    const [found, ...others] = finder.find(field)
    if (others.length === 0) return found
    const names = [found, ...others].map(at => JSON.stringify(header[at as number])).join(', ')
    throw new SluiceError('INPUT_INVALID', `${name} has several columns that match field ${field}: ${names}; rename all but one`)
  })
  for (const [at, column] of columns.entries()) {
    const first = columns.indexOf(column)
    if (column === undefined || first === at) continue
    throw new SluiceError(
      'INPUT_INVALID',
      `${name}: column ${header[column]} matches the fields ${fields[first]} and ${fields[at]}; give it exactly the name of one`,
    )
  }
  if (fields.length === 0 || columns.some(column => column !== undefined)) return columns
  throw new SluiceError('INPUT_INVALID', `${name} has none of the fields ${fields.join(', ')}; its first line is: ${header.join(', ')}`)
}

interface RowsRead extends Pick<CsvLines, 'lines' | 'isDamaged'> {
  readonly first: CsvLine
  readonly outline: CsvOutline
  readonly columns: readonly (number | undefined)[]
  readonly name: string
  readonly options: CsvOptions
}

async function* readRows({ first, lines, isDamaged, outline, columns, name, options }: RowsRead): AsyncGenerator<CsvRow, void> {
  const faulty = (line: number, fault: string): CsvRow => {
    if (options.tellFaults !== true) throw new SluiceError('INPUT_INVALID', `line ${line} of ${name} ${fault}`)
    return { line, cells: columns.map(() => undefined), fault }
  }
  const rowOf = (line: CsvLine): CsvRow => {
    const { width } = outline
    if (line.cells.length !== width) return faulty(line.line, `has ${line.cells.length} cells, the first line has ${width}`)
    const row = pick(line, columns, options)
    return row.cells.some(cell => cell !== undefined && isDamaged(cell)) ? faulty(line.line, 'is not UTF-8 text') : row
  }
  try {
    if (outline.header === undefined) yield rowOf(first)
    for await (const line of lines) if (line.cells.length === outline.width || !isBlank(line)) yield rowOf(line)
  } finally {
    await lines.return()
  }
}

/** Whether the line is blank. In a file of one column such a line is a row without a value, otherwise it is ignored. */
function isBlank({ cells }: CsvLine): boolean {
  return cells.length === 1 && cells[0]?.trim() === ''
}

function pick({ line, cells }: CsvLine, columns: readonly (number | undefined)[], { missing }: CsvOptions): CsvRow {
  return {
    line,
    cells: columns.map(column => {
      const cell = column === undefined ? undefined : cells[column]
      return cell === undefined || cell === '' || saysMissing(cell, missing) ? undefined : cell
    }),
  }
}

function saysMissing(cell: string, missing: ReadonlySet<string> | undefined): boolean {
  return missing !== undefined && (missing.has(cell) || missing.has(cell.trim()))
}

function isNumberOrMissing(cell: string, missing: ReadonlySet<string> | undefined): boolean {
  return cell.trim() === '' || numberOf(cell) !== undefined || saysMissing(cell, missing)
}
