import { createReadStream } from 'node:fs'
import { Readable, pipeline } from 'node:stream'
import { type Parser, parse } from 'csv-parse'
import { type CsvStyle, csvStyle, firstLine, type Separator } from './csv-style.ts'
import { NameFinder } from './name-finder.ts'
import { numberOf } from './number-text.ts'
import { SluiceError, messageOf } from '../base/index.ts'

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
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>
  try {
    const head = await readHead(chunks)
    const style = csvStyle(head.toString('utf8'))
    const parser = startParser({ input, head, chunks }, style)
    const lines = parsedLines(parser, name)
    let first = await lines.next()
    while (first.done !== true && isBlank(first.value)) first = await lines.next()
    if (first.done === true) throw new SluiceError('INPUT_INVALID', `${name} has no rows`)
    const outline = outlineOf(first.value, options)
    const columns = typeof fields === 'function' ? fields(outline) : columnsOf(outline, fields, name)
    const rows = readRows({ first: first.value, lines, outline, columns, name, options })
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

interface Opened {
  readonly input: Readable
  /** The bytes that were read already. */
  readonly head: Buffer
  readonly chunks: AsyncIterator<Uint8Array | string>
}

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

const headLimit = 1 << 20

async function readHead(chunks: AsyncIterator<Uint8Array | string>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < headLimit && !firstLine(head.toString('latin1')).ended) {
    const next = await chunks.next()
    if (next.done === true) break
    head = Buffer.concat([head, Buffer.from(next.value as Uint8Array)])
  }
  return head
}

function startParser({ input, head, chunks }: Opened, style: CsvStyle): Parser {
  async function* all(): AsyncGenerator<Uint8Array | string> {
    yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  const parser = parse({
    ...style,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
  })
  // Errors reach the reader of the parser; destroying the parser closes the file.
  pipeline(Readable.from(all(), { objectMode: false }), parser, () => input.destroy())
  return parser
}

async function* parsedLines(parser: Parser, name: string): AsyncGenerator<Line, void> {
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    throw unreadable(name, error)
  }
}

function outlineOf({ cells }: Line, { header, missing }: CsvOptions): CsvOutline {
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

interface RowsRead {
  readonly first: Line
  readonly lines: AsyncGenerator<Line, void>
  readonly outline: CsvOutline
  readonly columns: readonly (number | undefined)[]
  readonly name: string
  readonly options: CsvOptions
}

async function* readRows({ first, lines, outline, columns, name, options }: RowsRead): AsyncGenerator<CsvRow, void> {
  try {
    if (outline.header === undefined) yield pick(first, columns, options)
    for await (const line of lines) {
      if (line.cells.length === outline.width) {
        yield pick(line, columns, options)
        continue
      }
      if (isBlank(line)) continue
      const fault = `has ${line.cells.length} cells, the first line has ${outline.width}`
      if (options.tellFaults !== true) throw new SluiceError('INPUT_INVALID', `line ${line.line} of ${name} ${fault}`)
      yield { line: line.line, cells: columns.map(() => undefined), fault }
    }
  } finally {
    await lines.return()
  }
}

/** Whether the line is blank. In a file of one column such a line is a row without a value, otherwise it is ignored. */
function isBlank({ cells }: Line): boolean {
  return cells.length === 1 && cells[0]?.trim() === ''
}

function pick({ line, cells }: Line, columns: readonly (number | undefined)[], { missing }: CsvOptions): CsvRow {
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

function unreadable(name: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  const line = typeof error === 'object' && error !== null && 'lines' in error ? `line ${String(error.lines)} of ` : ''
  return new SluiceError('INPUT_INVALID', `${line}${name} cannot be read: ${messageOf(error)}`, { cause: error })
}
