import { isUtf8 } from 'node:buffer'
import { Readable, pipeline } from 'node:stream'
import type { Parser } from 'csv-parse'
import { messageOf, SluiceError } from '../base/index.ts'
import { type CsvStyle, csvStyle, firstLine } from './csv-style.ts'

/** A line of CSV text, which may be several lines of the file if a cell has quotes. */
export interface CsvLine {
  /** Its last line in the file, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** The lines of an opened CSV file. */
export interface CsvLines {
  readonly style: CsvStyle
  /** Throws SluiceError INPUT_INVALID. Ending it early closes the file. */
  readonly lines: AsyncGenerator<CsvLine, void>
  /** Whether the cell has lost bytes that are not UTF-8: the parser has U+FFFD in place of them. */
  readonly isDamaged: (cell: string) => boolean
}

/** Longer lines fit into no record; without a limit a quote that is never closed would take the rest of the input into memory. */
const longestLine = 64 * 1024 * 1024
const headLimit = 1 << 20

/** Splits CSV text into lines and cells, in the style of its first line. A line is given once its line feed has come. Throws what the stream throws. */
export async function csvLines(input: Readable, name: string): Promise<CsvLines> {
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>
  const head = await readHead(chunks)
  const style = csvStyle(head.toString('utf8'))
  const watch = new Utf8Watch()
  async function* all(): AsyncGenerator<Uint8Array | string> {
    watch.add(head)
    yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      watch.add(Buffer.from(next.value as Uint8Array))
      yield next.value
    }
    watch.end()
  }
  const options = {
    ...style,
    record_delimiter: lineEnds(head),
    // Asked to look for a mark that is not there, the parser would wait for three bytes.
    bom: head[0] === 0xef || isWide(head),
    info: true,
    max_record_size: longestLine,
    relax_column_count: true,
    relax_quotes: true,
  }
  const { CsvLineParser } = await import('./csv-line-parser.ts')
  const parser = new CsvLineParser(options, isWide(head))
  // Errors reach the reader of the parser; destroying the parser closes the file.
  pipeline(Readable.from(all(), { objectMode: false }), parser, () => input.destroy())
  return { style, lines: parsedLines(parser, name), isDamaged: cell => watch.broken && cell.includes('\ufffd') }
}

/** The error for an input that cannot be read or parsed. */
export function unreadable(name: string, error: unknown): SluiceError {
  if (error instanceof SluiceError) return error
  const line = typeof error === 'object' && error !== null && 'lines' in error ? `line ${String(error.lines)} of ` : ''
  return new SluiceError('INPUT_INVALID', `${line}${name} cannot be read: ${messageOf(error)}`, { cause: error })
}

async function readHead(chunks: AsyncIterator<Uint8Array | string>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (head.length < headLimit && !isFirstLineWhole(head.toString('latin1').replaceAll('\0', ''))) {
    const next = await chunks.next()
    if (next.done === true) break
    head = Buffer.concat([head, Buffer.from(next.value as Uint8Array)])
  }
  return head
}

/** After a carriage return the next byte is needed: it tells what ends lines. */
function isFirstLineWhole(text: string): boolean {
  const { ended, end } = firstLine(text)
  return ended && (text[end] === '\n' || end + 1 < text.length)
}

/** What ends lines. A file may have both common ends; a carriage return alone ends lines only where it ends the first one, elsewhere it is text. */
function lineEnds(head: Buffer): string[] {
  const text = head.toString('latin1').replaceAll('\0', '')
  const { end } = firstLine(text)
  return text[end] === '\r' && text[end + 1] !== '\n' ? ['\r\n', '\n', '\r'] : ['\r\n', '\n']
}

async function* parsedLines(parser: Parser, name: string): AsyncGenerator<CsvLine, void> {
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines, cells: record }
    }
  } catch (error) {
    throw unreadable(name, error)
  }
}

/** Tells whether bytes that come in pieces are UTF-8. UTF-16 with a byte order mark is another encoding, which the parser reads. */
class Utf8Watch {
  broken = false
  #tail = Buffer.alloc(0)
  #first = true
  #other = false

  add(chunk: Buffer): void {
    if (this.#first) this.#other = isWide(chunk)
    this.#first = false
    if (this.broken || this.#other) return
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    const whole = bytes.length - cutBytes(bytes)
    this.broken = !isUtf8(bytes.subarray(0, whole))
    this.#tail = Buffer.from(bytes.subarray(whole))
  }

  end(): void {
    if (this.#tail.length > 0) this.broken = true
  }
}

/** Whether the text begins with the byte order mark of UTF-16. */
function isWide(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xfe
}

/** The number of bytes at the end that begin a character and do not end it. */
function cutBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return 0
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? back : 0
  }
  return 0
}
