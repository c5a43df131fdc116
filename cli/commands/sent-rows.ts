import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import { SluiceError } from '../../base/index.ts'
import { type ColumnSpec, type CsvRow, numberOf, openCsv, readJsonLines } from '../../records/index.ts'
import { type RowEncoder, utf8Of } from './csv-records.ts'

export const inputFormats = ['csv', 'json'] as const
export type InputFormat = (typeof inputFormats)[number]

/** What is read, and which of its columns give a record's key and time. */
export interface RowInput {
  /** A file, or `-` for standard input. */
  readonly path: string
  /** undefined: told by the file's name, else by its first character. */
  readonly format: InputFormat | undefined
  readonly encoder: RowEncoder
  /** false: the first line of CSV is data; true: it is if all its cells are numbers. */
  readonly header: boolean
  readonly missing: ReadonlySet<string> | undefined
  readonly keyColumn: string | undefined
  readonly timeColumn: string | undefined
}

/** A row as a record. */
export interface RowRecord {
  readonly value: Uint8Array
  /** undefined: the row does not give it. */
  readonly key: Uint8Array | undefined
  /** Epoch ms; undefined: the row does not give it. */
  readonly timestamp: number | undefined
  /** Number of fields without a value. */
  readonly missing: number
}

/** The rows of an opened input. */
export interface OpenRows {
  /** The fields for which the file has no column; of JSON lines none are known. */
  readonly absent: readonly string[]
  readonly rows: AsyncIterable<CsvRow>
  /** The row as a record. Throws SluiceError INPUT_INVALID, which names line and column. */
  readonly recordOf: (row: CsvRow) => RowRecord
}

/** Opens the input once; only a part of it is in memory at a time. An abort ends the rows with an error. Throws SluiceError INPUT_INVALID. */
export async function openRows(input: RowInput, signal: AbortSignal): Promise<OpenRows> {
  const { path, encoder, header, missing, keyColumn, timeColumn } = input
  const stream = path === '-' ? process.stdin : createReadStream(path)
  addAbortSignal(signal, stream)
  // Its reader is told; after the last row there is none.
  stream.on('error', () => undefined)
  const name = path === '-' ? 'standard input' : path
  const { format, content } = await told(input, stream)
  const extra = [...new Set([keyColumn, timeColumn])].filter(column => column !== undefined && !encoder.fields.includes(column))
  const specs: readonly ColumnSpec[] = [...encoder.specs, ...extra.map(column => ({ name: column as string, kind: 'text' as const }))]
  const names = specs.map(spec => spec.name)
  const recordOf = rowRecords(input, names)
  if (format === 'json') return { absent: [], rows: readJsonLines(content, specs, { name, missing, tellFaults: true }), recordOf }
  const file = await openCsv(content, names, { name, missing, tellFaults: true, header: header ? undefined : false })
  const lacking = file.absent.find(column => column === keyColumn || column === timeColumn)
  if (lacking !== undefined) {
    stream.destroy()
    throw new SluiceError('INPUT_INVALID', `${name} has no column ${lacking}; its first line is: ${file.header?.join(', ')}`)
  }
  return { absent: file.absent, rows: file.rows, recordOf }
}

/** The format of the input: the given one, else by the file's name, else JSON lines if the first character that is not blank is `{`. */
async function told({ format, path }: RowInput, stream: Readable): Promise<{ readonly format: InputFormat; readonly content: Readable }> {
  const ending = extname(path).toLowerCase()
  const named = format ?? (['.jsonl', '.ndjson', '.json'].includes(ending) ? 'json' : path === '-' ? undefined : 'csv')
  if (named !== undefined) return { format: named, content: stream }
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const read: Buffer[] = []
  let first = ''
  while (first === '') {
    const next = await chunks.next()
    if (next.done === true) break
    read.push(next.value)
    first = next.value.toString('latin1').replace(/^[\s\u00ef\u00bb\u00bf]+/, '')[0] ?? ''
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* read
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  return { format: first === '{' ? 'json' : 'csv', content: Readable.from(all(), { objectMode: false }) }
}

function rowRecords({ encoder, keyColumn, timeColumn }: RowInput, names: readonly string[]): (row: CsvRow) => RowRecord {
  const [keyAt, timeAt] = [keyColumn, timeColumn].map(column => (column === undefined ? -1 : names.indexOf(column))) as [number, number]
  const fields = encoder.fields.length
  return row => {
    if (row.fault !== undefined) throw new SluiceError('INPUT_INVALID', `line ${row.line} ${row.fault}`)
    const own = row.cells.slice(0, fields)
    return {
      value: encoder.encode({ line: row.line, cells: own }),
      key: keyAt < 0 ? undefined : utf8Of(given(row, keyAt, keyColumn as string), keyColumn as string, row.line),
      timestamp: timeAt < 0 ? undefined : timeOf(given(row, timeAt, timeColumn as string), row.line, timeColumn as string),
      missing: own.filter(cell => cell === undefined).length,
    }
  }
}

function given({ line, cells }: CsvRow, at: number, column: string): string {
  const cell = cells[at]
  if (cell !== undefined && cell !== '') return cell
  throw new SluiceError('INPUT_INVALID', `line ${line}: ${column} is empty, but the record needs it`)
}

/** Numbers below this are seconds since the epoch (up to the year 5138), others are milliseconds (from 1973 on). */
const firstMilliseconds = 1e11
/** A date, or a date with a time, with or without a zone; without one it is UTC. */
const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/i

/** The time, epoch ms, of a cell: ISO 8601, seconds or milliseconds since the epoch. Throws INPUT_INVALID. */
export function timeOf(cell: string, line: number, column: string): number {
  const text = cell.trim()
  const number = numberOf(text)
  const [, day, time = '00:00', zone = 'Z'] = iso.exec(text) ?? []
  const milliseconds =
    number !== undefined
      ? Math.round(Math.abs(number) < firstMilliseconds ? number * 1000 : number)
      : day === undefined || !isDay(day)
        ? NaN
        : Date.parse(`${day}T${time.replace(',', '.')}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2').toUpperCase()}`)
  if (Number.isSafeInteger(milliseconds) && milliseconds >= 0) return milliseconds
  throw new SluiceError(
    'INPUT_INVALID',
    `line ${line}: ${column} is ${JSON.stringify(cell)}, not a time: allowed are ISO 8601 (2026-01-31T12:00:00Z), and seconds or milliseconds since 1970`,
  )
}

/** Whether the calendar has the day: Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string): boolean {
  const parsed = Date.parse(`${day}T00:00Z`)
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(day)
}
