import { once } from 'node:events'
import { SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { oneLine } from './one-line.ts'

/** A stream that text goes to; standard output, or a test's own. */
export interface TextStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
}

/** A column of lines that come one by one, so that the width cannot be told from the content. */
export interface LineColumn {
  readonly name: string
  readonly width: number
  readonly align?: 'left' | 'right'
}

/** What a command prints: tables for people on a terminal, else JSON, one value a line. Notes and progress go to standard error. */
export class Output {
  /** Whether a person reads it. */
  readonly human: boolean
  readonly #stream: TextStream

  constructor(options: { readonly json?: boolean } = {}, stream: TextStream = process.stdout) {
    this.human = options.json !== true && stream.isTTY === true
    this.#stream = stream
  }

  /** Waits when the reader is slower than the records. */
  async line(text: string): Promise<void> {
    if (!this.#stream.write(`${text}\n`)) await once(this.#stream, 'drain')
  }

  async json(value: unknown): Promise<void> {
    await this.line(toJson(value))
  }

  /** One thing: its fields below each other. */
  async fields(value: Readonly<Record<string, unknown>>): Promise<void> {
    if (!this.human) return await this.json(value)
    const rows = Object.entries(value).filter(([, field]) => field !== undefined)
    await this.line(tableOf(undefined, rows))
  }

  /** Several things of a kind, all known. */
  async rows(columns: readonly string[], values: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    if (this.human) {
      const rows = values.map(value => columns.map(column => value[column]))
      return await this.line(tableOf(columns, rows))
    }
    for (const value of values) await this.json(value)
  }

  /** Things as they come: gives what prints one of them. The head of the table is written now. */
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

/** A line for the person at the terminal: standard output stays for the result. */
export function note(line: string): void {
  process.stderr.write(`sluice: ${oneLine(line)}\n`)
}

/** How far something has come, while it is under way. */
export interface Progress {
  update(done: number): void
  stop(done: number): void
}

/** A bar on standard error, where that is a terminal; nothing elsewhere. */
export function progressBar(unit: string, total: number, stream: TextStream = process.stderr): Progress {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined }
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

/** JSON that loses no number: NaN and the infinities are text, as protobuf's own JSON has them; bytes are base64. */
export function toJson(value: unknown): string {
  try {
    return jsonOf(value)
  } catch (error) {
    // One value of many; those before and after it are shown.
    if (error instanceof RangeError) return JSON.stringify('(too deeply nested or too large to show)')
    throw error
  }
}

function jsonOf(value: unknown): string {
  // What a Buffer's own toJSON gives never gets here: bytes are looked at in their holder.
  return JSON.stringify(value, function (this: Record<string, unknown>, key, current: unknown) {
    const original = this[key]
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64')
    if (typeof current === 'bigint') return Number.isSafeInteger(Number(current)) ? Number(current) : String(current)
    return typeof current === 'number' && !Number.isFinite(current) ? String(current) : current
  })
}

function tableOf(head: readonly string[] | undefined, rows: readonly (readonly unknown[])[]): string {
  const table = new Table({ head: head ? [...head] : [], style: { head: [], border: [], compact: true } })
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
