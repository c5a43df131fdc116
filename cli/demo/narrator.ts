import { isDeepStrictEqual } from 'node:util'
import { SluiceError } from '../../base/index.ts'
import { toJson } from '../output.ts'

const indent = '   '
const lineWidth = 98

/** Tells the demo, for a reader of 100 columns, and holds each statement against what was seen. */
export class Narrator {
  readonly #write: (text: string) => void
  #steps = 0
  #checks = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Statements that held so far. */
  get checks(): number {
    return this.#checks
  }

  /** Begins a step. */
  step(title: string): void {
    this.#write(`\n${++this.#steps}  ${title}\n`)
  }

  /** A sentence or two. */
  say(text: string): void {
    for (const line of wrap(text, lineWidth - indent.length)) this.#write(`${indent}${line}\n`)
  }

  /** Says what a pause is for, before it. */
  waiting(text: string): void {
    this.#write(`${indent}… ${text}\n`)
  }

  /** As it is: a command, an answer. */
  line(text: string): void {
    this.#write(`${indent}  ${text}\n`)
  }

  /** A table, its columns as wide as their widest cell. Numbers stand at the right. */
  rows(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    const widths = columns.map((name, at) => Math.max(name.length, ...rows.map(row => String(row[at]).length)))
    const numeric = columns.map((_, at) => rows.length > 0 && rows.every(row => typeof row[at] === 'number'))
    const pad = (cell: string | number, at: number): string =>
      numeric[at] ? String(cell).padStart(widths[at] as number) : String(cell).padEnd(widths[at] as number)
    for (const row of [columns, ...rows]) this.line(row.map(pad).join('  ').trimEnd())
  }

  /** States what was checked. Throws SluiceError CHECK_FAILED, with both values, when it does not hold; by default: when they are not equal. */
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

/** Breaks at blanks; a longer word has a line of its own. */
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

/** Milliseconds for a person. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
