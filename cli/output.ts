import { once } from 'node:events'
import { SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { terminalJson } from '../base/options/index.ts'
import { oneLine } from './one-line.ts'

/** The stream that text is written to: standard output, or a stream of a test. */
export interface TextStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
}

/** A column of a table whose lines are printed one by one, so that its width is fixed in advance. */
export interface LineColumn {
  readonly name: string
  readonly width: number
  readonly align?: 'left' | 'right'
}

/** Prints the result of a command: tables on a terminal, else JSON, one value per line. Notes and progress go to standard error. */
export class Output {
  /** Whether tables are printed: standard output is a terminal and JSON was not requested. */
  readonly human: boolean
  readonly #stream: TextStream

  constructor(options: { readonly json?: boolean } = {}, stream: TextStream = process.stdout) {
    this.human = options.json !== true && stream.isTTY === true
    this.#stream = stream
  }

  /** Writes lines of external text. A terminal gets each without what it may act on; a pipe gets them unchanged. Waits as `line` does. */
  async plain(lines: readonly string[]): Promise<void> {
    const shown = this.#stream.isTTY === true ? lines.map(oneLine) : lines
    await this.line(shown.join('\n'))
  }

  /** Writes a line as it is; waits while the buffer of the stream is full. */
  async line(text: string): Promise<void> {
    if (!this.#stream.write(`${text}\n`)) await once(this.#stream, 'drain')
  }

  async json(value: unknown): Promise<void> {
    await this.line(toJson(value))
  }

  /** Prints one object, one field per line. */
  async fields(value: Readonly<Record<string, unknown>>): Promise<void> {
    if (!this.human) return await this.json(value)
    const rows = Object.entries(value).filter(([, field]) => field !== undefined)
    await this.line(tableOf(undefined, rows))
  }

  /** Prints a complete list of objects of one kind. */
  async rows(columns: readonly string[], values: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    if (this.human) {
      const rows = values.map(value => columns.map(column => value[column]))
      return await this.line(tableOf(columns, rows))
    }
    for (const value of values) await this.json(value)
  }

  /** Prints the head of a table now and returns the function that prints one object. */
  async lines(columns: readonly LineColumn[]): Promise<(value: Readonly<Record<string, unknown>>) => Promise<void>> {
    if (!this.human) return async value => await this.json(value)
    const row = (cells: readonly unknown[]): string =>
      columns
        .map((column, index) => pad(column, cells[index]))
        .join('  ')
        .trimEnd()
    await this.line(row(columns.map(column => column.name)))
    return async value => await this.line(row(columns.map(column => value[column.name])))
  }
}

/** Writes a line to standard error; standard output is for the result only. */
export function note(line: string): void {
  process.stderr.write(`sluice: ${oneLine(line)}\n`)
}

/** The progress of some work. */
export interface Progress {
  update(done: number): void
  stop(done: number): void
}

/** Shows nothing. */
export const noProgress: Progress = { update: () => undefined, stop: () => undefined }

/** Shows a bar on standard error if that is a terminal, else nothing. */
export function progressBar(unit: string, total: number, stream: TextStream = process.stderr): Progress {
  if (!stream.isTTY) return noProgress
  const format = `{bar} {percentage} % | {value} of {total} ${unit} | {duration_formatted}`
  const bar = new SingleBar({ stream, format, fps: 10, hideCursor: true, clearOnComplete: true, barsize: 30 })
  bar.start(total, 0)
  return {
    update: done => bar.update(done),
    stop: done => {
      bar.update(done)
      bar.stop()
    },
  }
}

/** Returns JSON that keeps every number: NaN and the infinities are text, as in protobuf's JSON mapping. Bytes are base64. */
export function toJson(value: unknown): string {
  try {
    // JSON has no undefined.
    const json = jsonOf(value) as string | undefined
    return json === undefined ? 'nothing' : terminalJson(json)
  } catch (error) {
    // Only this value cannot be shown; other values still are.
    if (error instanceof RangeError) return JSON.stringify('(too deeply nested or too large to show)')
    throw error
  }
}

function jsonOf(value: unknown): string {
  // Buffer.toJSON has already run on `current`, so bytes are taken from the object that holds them.
  return JSON.stringify(value, function (this: Record<string, unknown>, key, current: unknown) {
    const original = this[key]
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64')
    if (typeof current === 'bigint') return Number.isSafeInteger(Number(current)) ? Number(current) : String(current)
    return typeof current === 'number' && !Number.isFinite(current) ? String(current) : current
  })
}

function tableOf(head: readonly string[] | undefined, rows: readonly (readonly unknown[])[]): string {
  const table = new Table({ head: head?.map(cell) ?? [], style: { head: [], border: [], compact: true } })
  for (const row of rows) table.push(row.map(cell))
  return table.toString()
}

function pad({ width, align }: LineColumn, value: unknown): string {
  return align === 'right' ? cell(value).padStart(width) : cell(value).padEnd(width)
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return String(value)
  return oneLine(typeof value === 'string' ? value : toJson(value))
}
