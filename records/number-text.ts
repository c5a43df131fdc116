import { type ColumnBatch, isLarge } from './column-batch.ts'

const finite = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** NaN and infinities in the notations of JavaScript, Java, Python, numpy and R. */
const special = /^([+-]?)(nan|inf|infinity)$/i
const whole = /^[+-]?\d+$/

const leastWhole = -(2n ** 63n)
const mostWhole = 2n ** 64n - 1n

/** Parses a decimal number, NaN or an infinity, with or without blanks around it; undefined: the text is not a number, or too large for a double. */
export function numberOf(text: string): number | undefined {
  const bare = text.trim()
  if (finite.test(bare)) {
    const value = Number(bare)
    return Number.isFinite(value) ? value : undefined
  }
  const [, sign, name] = special.exec(bare) ?? []
  if (name === undefined) return undefined
  if (name.toLowerCase() === 'nan') return NaN
  return sign === '-' ? -Infinity : Infinity
}

/** The exact whole number of a text, if its double may differ and 64 bits can hold it; undefined: use the double. */
export function largeWholeOf(text: string, value: number): bigint | undefined {
  if (!isLarge(value)) return undefined
  const bare = text.trim()
  if (!whole.test(bare)) return undefined
  const exact = BigInt(bare.replace(/^\+/, ''))
  return exact >= leastWhole && exact <= mostWhole ? exact : undefined
}

/** Sets a cell to the number of a text; NaN: missing. False: the text is not a number, and the cell is unchanged. */
export function setNumberText(batch: ColumnBatch, column: number, row: number, text: string): boolean {
  const value = numberOf(text)
  if (value === undefined) return false
  if (Number.isNaN(value)) batch.setMissing(column, row)
  else {
    const exact = largeWholeOf(text, value)
    if (exact === undefined) batch.setNumber(column, row, value)
    else batch.setWhole(column, row, exact)
  }
  return true
}
