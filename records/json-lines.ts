import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { messageOf, SluiceError } from '../base/index.ts'
import type { ColumnSpec } from './column-batch.ts'
import type { CsvRow } from './csv-rows.ts'
import { parseRecordJson, UnsafeNumber } from './record-json.ts'
import { utf8Text } from './serde.ts'

/** The longest line, bytes: what is larger fits into no record. */
const longestLine = 64 * 1024 * 1024

export interface JsonLinesOptions {
  /** The name of the input, for messages; default: the path, or "the input". */
  readonly name?: string | undefined
  /** Texts that mean, like null, that there is no value. */
  readonly missing?: ReadonlySet<string> | undefined
  /** Whether a line that is not such an object is returned with a `fault` instead of an error; default false. */
  readonly tellFaults?: boolean
}

/**
 * Reads JSON objects, one a line, as rows: a cell for each field, by the exact name of the property. A property that is absent or null is missing;
 * numbers keep their text, so that 64-bit integers are exact; in a number column true and false are 1 and 0. Blank lines are skipped. One line is in
 * memory at a time. Throws SluiceError INPUT_INVALID, with the line, when there is no line at all, the input cannot be read, or a line is not a JSON
 * object with at least one of the fields.
 */
export async function* readJsonLines(
  source: string | Readable,
  specs: readonly ColumnSpec[],
  options: JsonLinesOptions = {},
): AsyncGenerator<CsvRow, void> {
  const name = options.name ?? (typeof source === 'string' ? source : 'the input')
  let any = false
  for await (const { line, bytes } of linesOf(typeof source === 'string' ? createReadStream(source) : source, name)) {
    const text = textOf(bytes)
    if (text !== undefined && text.trim() === '') continue
    any = true
    const row = rowOf(line, text, specs, options)
    if (row.fault !== undefined && options.tellFaults !== true)
      throw new SluiceError('INPUT_INVALID', `line ${line} of ${name} ${row.fault}`)
    yield row
  }
  if (!any) throw new SluiceError('INPUT_INVALID', `${name} has no rows`)
}

/** The text of a line without a byte order mark; undefined: it is not UTF-8. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return utf8Text(bytes).replace(/^\uFEFF/, '')
  } catch {
    return undefined
  }
}

function rowOf(line: number, text: string | undefined, specs: readonly ColumnSpec[], { missing }: JsonLinesOptions): CsvRow {
  const faulty = (fault: string): CsvRow => ({ line, cells: specs.map(() => undefined), fault })
  if (text === undefined) return faulty('is not UTF-8 text')
  let record: unknown
  try {
    record = parseRecordJson(text)
  } catch (error) {
    return faulty(`is not JSON: ${messageOf(error)}`)
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return faulty('is not a JSON object')
  const found = specs.map(({ name }) => (Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined))
  const names = specs.map(({ name }) => name)
  if (names.every(name => !Object.hasOwn(record, name))) return faulty(`has none of the fields ${names.join(', ')}`)
  const cells: (string | undefined)[] = []
  for (const [at, spec] of specs.entries()) {
    const cell = cellOf(found[at], spec)
    if (cell === null) return faulty(`has no single value in ${spec.name}, but ${shortJson(found[at])}`)
    cells.push(cell !== undefined && missing?.has(cell) === true ? undefined : cell)
  }
  return { line, cells }
}

/** The text of a value; undefined: it is missing; null: it is not a single value. */
function cellOf(value: unknown, { kind }: ColumnSpec): string | undefined | null {
  if (value === undefined || value === null) return undefined
  if (value instanceof UnsafeNumber) return value.text
  if (typeof value === 'boolean' && kind === 'number') return value ? '1' : '0'
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

interface Line {
  /** From 1. */
  readonly line: number
  readonly bytes: Buffer
}

async function* linesOf(input: Readable, name: string): AsyncGenerator<Line, void> {
  let held: Buffer[] = []
  let size = 0
  let line = 1
  try {
    for await (const read of input as AsyncIterable<Buffer | string>) {
      const chunk = Buffer.from(read as Buffer)
      let from = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        yield { line: line++, bytes: Buffer.concat([...held, chunk.subarray(from, end)]) }
        held = []
        size = 0
        from = end + 1
      }
      held.push(chunk.subarray(from))
      size += chunk.length - from
      if (size > longestLine) throw new SluiceError('INPUT_INVALID', `line ${line} of ${name} has more than ${longestLine} bytes`)
    }
  } catch (error) {
    if (error instanceof SluiceError) throw error
    throw new SluiceError('INPUT_INVALID', `${name} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  if (size > 0) yield { line, bytes: Buffer.concat(held) }
}
