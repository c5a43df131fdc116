import { isDeepStrictEqual } from 'node:util'
import { SluiceError } from '../../base/index.ts'
import { toJson } from '../output.ts'

const indent = '   '
const lineWidth = 98

/** Prints the text of the demo, for a terminal of 100 columns, and checks each statement. */
export class Narrator {
  readonly #write: (text: string) => void
  #steps = 0
  #checks = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Number of checks that passed so far. */
  get checks(): number {
    return this.#checks
  }

  /** Prints the title of the next step. */
  step(title: string): void {
    this.#write(`\n${++this.#steps}  ${title}\n`)
  }

  /** Prints wrapped text. */
  say(text: string): void {
    for (const line of wrap(text, lineWidth - indent.length)) this.#write(`${indent}${line}\n`)
  }

  /** Prints the reason of the wait that follows. */
  waiting(text: string): void {
    this.#write(`${indent}… ${text}\n`)
  }

  /** Prints a line unwrapped, such as a command or an answer. */
  line(text: string): void {
    this.#write(`${indent}  ${text}\n`)
  }

  /** Prints a table. Columns are as wide as their widest cell; columns of numbers are right-aligned. */
  rows(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    const widths = columns.map((name, at) => Math.max(name.length, ...rows.map(row => String(row[at]).length)))
    const numeric = columns.map((_, at) => rows.length > 0 && rows.every(row => typeof row[at] === 'number'))
    const pad = (cell: string | number, at: number): string =>
      numeric[at] ? String(cell).padStart(widths[at] as number) : String(cell).padEnd(widths[at] as number)
    for (const row of [columns, ...rows]) this.line(row.map(pad).join('  ').trimEnd())
  }

  /** Prints a checked statement. Throws SluiceError CHECK_FAILED, with both values, unless `holds`; by default the values must be equal. */
  check(statement: string, expected: unknown, seen: unknown, holds: boolean = isDeepStrictEqual(expected, seen)): void {
    if (!holds) {
      this.say(`✗ ${statement}`)
      throw new SluiceError('CHECK_FAILED', `check failed: ${statement}. Expected: ${toJson(expected)}. Seen: ${toJson(seen)}`)
    }
    this.#checks++
    const [first, ...more] = wrap(statement, lineWidth - indent.length - 2)
    this.#write(`${indent}✓ ${first}\n`)
    for (const line of more) this.#write(`${indent}  ${line}\n`)
  }
}

/** Breaks text into lines at blanks. A word longer than `width` has its own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/** Formats milliseconds as seconds. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
