import type { ColumnBatch } from './column-batch.ts'
import { checkJsonBytes, checkJsonDepth, outsideStrings } from './json-depth.ts'
import { numberOf, setNumberText } from './number-text.ts'

/** The text of a number that JSON.parse would round or refuse: many digits, or NaN and the infinities in Python's notation. */
export class UnsafeNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** Sets a cell. False: the number is too large for a double, and the cell is unchanged. */
  put(batch: ColumnBatch, column: number, row: number): boolean {
    return setNumberText(batch, column, row, this.text)
  }

  toJSON(): unknown {
    return numberOf(this.text)
  }
}

/** Larger records are looked at before they are made texts, bytes. */
const largeBytes = 65_536
/** As many digits as a whole number has at least that a double may not hold exactly. */
const manyDigits = /\d{16}/
/** A number with its fraction and exponent, or a word that JSON does not have. */
const tokens = /-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity\b)|\bNaN\b/g
/** `\d{15,}` would exhaust the stack on millions of digits; `\d*` does not. */
const whole = /^-?[1-9]\d*$/
const words: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity'])

/**
 * Parses JSON; numbers that JSON.parse would round or refuse become `UnsafeNumber`s. A byte order mark is skipped. Throws SyntaxError as
 * JSON.parse does, and SluiceError RECORD_UNDECODABLE for JSON that is nested too deeply. Nearly all records have no such numbers and cost only one more search.
 */
export function parseRecordJson(text: string): unknown {
  checkJsonDepth(text, 'RECORD_UNDECODABLE')
  return parseChecked(text)
}

/** The same for the bytes of a record; a number of more than 100,000 digits is RECORD_UNDECODABLE, too. */
export function parseRecordBytes(bytes: Buffer): unknown {
  if (bytes.length <= largeBytes) return parseRecordJson(bytes.toString('utf8'))
  checkJsonBytes(bytes, 'RECORD_UNDECODABLE')
  return parseChecked(bytes.toString('utf8'))
}

function parseChecked(text: string): unknown {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (manyDigits.test(bare)) return parseMarked(bare)
  try {
    return JSON.parse(bare)
  } catch (error) {
    if (/NaN|Infinity/.test(bare)) return parseMarked(bare)
    throw error
  }
}

/** Replaces such numbers by objects with one property whose name does not occur in the text, and these objects by `UnsafeNumber`s. */
function parseMarked(text: string): unknown {
  let mark = '\u0001number'
  while (text.includes(mark) || text.includes(JSON.stringify(mark).slice(1, -1))) mark += '\u0001'
  const key = JSON.stringify(mark)
  const marked = outsideStrings(text, part => part.replace(tokens, token => (isUnsafe(token) ? `{${key}:"${token}"}` : token)))
  return JSON.parse(marked, (_, value: unknown) => {
    const held =
      typeof value === 'object' && value !== null && Object.hasOwn(value, mark) ? (value as Record<string, unknown>)[mark] : undefined
    return typeof held === 'string' ? new UnsafeNumber(held) : value
  })
}

function isUnsafe(token: string): boolean {
  return (token.length > 15 && whole.test(token)) || words.has(token)
}
