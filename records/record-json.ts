import type { ColumnBatch } from './column-batch.ts'
import { numberOf, setNumberText } from './number-text.ts'

/** A number as the record has it, that JSON.parse would round or refuse: many digits, or what Python writes for NaN and the infinities. */
export class UnsafeNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  put(batch: ColumnBatch, column: number, row: number): void {
    setNumberText(batch, column, row, this.text)
  }

  toJSON(): unknown {
    return numberOf(this.text)
  }
}

/** Digits enough for a whole number that a double may not hold. */
const manyDigits = /\d{16}/
/** A text; or a number with its fraction; or a word that is none of JSON's. */
const tokens = /"(?:[^"\\]|\\.)*"|-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity\b)|\bNaN\b/g
const whole = /^-?[1-9]\d{15,}$|^(?:NaN|-?Infinity)$/

/**
 * JSON.parse, where numbers that it would round or refuse are `UnsafeNumber`s. A byte order mark is skipped. Throws SyntaxError as JSON.parse
 * does. Records without such numbers, which are nearly all, cost no more than a look.
 */
export function parseRecordJson(text: string): unknown {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (manyDigits.test(bare)) return parseMarked(bare)
  try {
    return JSON.parse(bare)
  } catch (error) {
    if (/NaN|Infinity/.test(bare)) return parseMarked(bare)
    throw error
  }
}

/** The numbers become objects of a property that no record has by chance: its name is drawn anew where the text has it. */
function parseMarked(text: string): unknown {
  let mark = '\u0001number'
  while (text.includes(mark) || text.includes(JSON.stringify(mark).slice(1, -1))) mark += '\u0001'
  const key = JSON.stringify(mark)
  const marked = text.replace(tokens, token => (whole.test(token) ? `{${key}:"${token}"}` : token))
  return JSON.parse(marked, (_, value: unknown) => {
    const held =
      typeof value === 'object' && value !== null && Object.hasOwn(value, mark) ? (value as Record<string, unknown>)[mark] : undefined
    return typeof held === 'string' ? new UnsafeNumber(held) : value
  })
}
