import { createReadStream } from 'node:fs'
import { Readable, pipeline } from 'node:stream'
import { type Parser, parse } from 'csv-parse'
import { plainName } from './plain-name.ts'
import { SluiceError, messageOf } from './sluice-error.ts'

/** One row: a cell for each of the fields that were asked for, in their order; undefined: empty, or a column that the file does not have. */
export interface CsvRow {
  /** Where it stands in the file, from 1. */
  readonly line: number
  readonly cells: readonly (string | undefined)[]
}

/** A CSV file that has been looked into: how it is written is known, its rows are read as they are asked for. */
export interface CsvFile {
  readonly separator: ',' | ';' | '\t'
  /** The column names as the file has them; undefined when its first line is data. */
  readonly header: readonly string[] | undefined
  /** The fields that the file has no column for. */
  readonly absent: readonly string[]
  /** Can be read once. Throws SluiceError INPUT_INVALID, with the line, at a row that is unlike the first. Leaving early closes the file. */
  readonly rows: AsyncIterable<CsvRow>
}

/** What the first line tells of a file, before it is known which of its columns are wanted. */
export interface CsvOutline {
  readonly header: readonly string[] | undefined
  /** How many columns there are. */
  readonly width: number
}

export interface CsvOptions {
  /** Whether the first line is a header; undefined: a first line of which all cells are numbers (or empty) is none. */
  readonly header?: boolean | undefined
}

/**
 * Opens CSV text with or without a header; without one the columns are in the order of `fields`, which may depend on what the file has. The
 * separator is told from the first line. Names are compared without case, spaces and underscores; columns that are not asked for are ignored.
 * Throws SluiceError INPUT_INVALID when the file cannot be read, is empty, or has none of the fields.
 */
export async function openCsv(
  source: string | Readable,
  fields: readonly string[] | ((outline: CsvOutline) => readonly string[]),
  { header }: CsvOptions = {},
): Promise<CsvFile> {
  const name = typeof source === 'string' ? source : 'the input'
  const input = typeof source === 'string' ? createReadStream(source) : source
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>
  try {
    const head = await readHead(chunks)
    const separator = tellSeparator(head.toString('utf8'))
    const parser = startParser({ input, head, chunks }, separator)
    const lines = parsedLines(parser, name)
    const first = await lines.next()
    if (first.done === true) throw new SluiceError('INPUT_INVALID', `${name} has no rows`)
    const outline = outlineOf(first.value, header)
    const wanted = typeof fields === 'function' ? fields(outline) : fields
    const layout = layoutOf(outline, wanted, name)
    const rows = readRows({ first: first.value, lines, layout, name })
    return { separator, header: layout.header, absent: wanted.filter((_, at) => layout.columns[at] === undefined), rows }
  } catch (error) {
    input.destroy()
    throw error instanceof SluiceError ? error : unreadable(name, error)
  }
}

/** The rows of a CSV file alone: see `openCsv`. */
export async function* readCsvRows(source: string | Readable, fields: readonly string[]): AsyncGenerator<CsvRow, void> {
  const file = await openCsv(source, fields)
  yield* file.rows
}

interface Opened {
  readonly input: Readable
  /** What was read of it already. */
  readonly head: Buffer
  readonly chunks: AsyncIterator<Uint8Array | string>
}

interface Line {
  readonly line: number
  readonly cells: readonly string[]
}

interface Layout {
  readonly header: readonly string[] | undefined
  /** For each field the column that holds it. */
  readonly columns: readonly (number | undefined)[]
  readonly width: number
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

function startParser({ input, head, chunks }: Opened, delimiter: string): Parser {
  async function* all(): AsyncGenerator<Uint8Array | string> {
    yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  const parser = parse({ delimiter, bom: true, trim: true, info: true, skip_empty_lines: true, relax_column_count: true })
  // An error reaches whoever reads the parser; a parser that is given up closes the file.
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

function outlineOf({ cells }: Line, header: boolean | undefined): CsvOutline {
  const data = header === undefined ? cells.some(cell => cell !== '') && cells.every(isNumberOrEmpty) : !header
  return { header: data ? undefined : cells, width: cells.length }
}

function layoutOf({ header, width }: CsvOutline, fields: readonly string[], name: string): Layout {
  if (header === undefined) {
    if (width >= fields.length) return { header: undefined, columns: fields.map((_, at) => at), width }
    throw new SluiceError(
      'INPUT_INVALID',
      `${name} has no header and ${width} columns, but there are ${fields.length} fields: ${fields.join(', ')}`,
    )
  }
  const byName = new Map<string, number>()
  for (const [column, cell] of header.entries()) if (!byName.has(plainName(cell))) byName.set(plainName(cell), column)
  const columns = fields.map(field => byName.get(plainName(field)))
  if (fields.length === 0 || columns.some(column => column !== undefined)) return { header, columns, width }
  throw new SluiceError('INPUT_INVALID', `${name} has none of the fields ${fields.join(', ')}; its first line is: ${header.join(', ')}`)
}

interface RowsRead {
  readonly first: Line
  readonly lines: AsyncGenerator<Line, void>
  readonly layout: Layout
  readonly name: string
}

async function* readRows({ first, lines, layout, name }: RowsRead): AsyncGenerator<CsvRow, void> {
  try {
    if (layout.header === undefined) yield pick(first, layout)
    for await (const line of lines) {
      if (line.cells.length !== layout.width) {
        throw new SluiceError(
          'INPUT_INVALID',
          `line ${line.line} of ${name} has ${line.cells.length} cells, the first line has ${layout.width}`,
        )
      }
      yield pick(line, layout)
    }
  } finally {
    await lines.return()
  }
}

function pick({ line, cells }: Line, { columns }: Layout): CsvRow {
  return { line, cells: columns.map(column => (column === undefined || cells[column] === '' ? undefined : cells[column])) }
}

function isNumberOrEmpty(cell: string): boolean {
  return Number.isFinite(Number(cell))
}

function tellSeparator(text: string): CsvFile['separator'] {
  const { counts } = firstLine(text)
  if (counts[';'] === 0 && counts['\t'] === 0) return ','
  if (counts[','] > counts[';'] && counts[','] > counts['\t']) return ','
  return counts[';'] >= counts['\t'] ? ';' : '\t'
}

/** How often each separator stands in the first line that is not blank, outside quotes. */
function firstLine(text: string): { readonly ended: boolean; readonly counts: Record<CsvFile['separator'], number> } {
  const counts = { ',': 0, ';': 0, '\t': 0 }
  let quoted = false
  let blank = true
  for (const char of text) {
    if (char === '"') quoted = !quoted
    else if (!quoted && (char === '\n' || char === '\r')) {
      if (!blank) return { ended: true, counts }
      continue
    } else if (!quoted && char in counts) counts[char as CsvFile['separator']]++
    blank = false
  }
  return { ended: false, counts }
}

function unreadable(name: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  const line = typeof error === 'object' && error !== null && 'lines' in error ? `line ${String(error.lines)} of ` : ''
  return new SluiceError('INPUT_INVALID', `${line}${name} cannot be read: ${messageOf(error)}`, { cause: error })
}
