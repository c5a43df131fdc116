import { type ColumnBatch, isLarge } from './column-batch.ts'

const finite = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** As JavaScript, Java, Python, numpy and R write them. */
const special = /^([+-]?)(nan|inf|infinity)$/i
const whole = /^[+-]?\d+$/

const leastWhole = -(2n ** 63n)
const mostWhole = 2n ** 64n - 1n

/** The number that a text is, with blanks around it or not: decimal, NaN or an infinity; undefined: it is none. */
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

/** Exactly the whole number that a text is, where a double may hold another and 64 bits hold it; undefined: the double says it all. */
export function largeWholeOf(text: string, value: number): bigint | undefined {
  if (!isLarge(value)) return undefined
  const bare = text.trim()
  if (!whole.test(bare)) return undefined
  const exact = BigInt(bare.replace(/^\+/, ''))
  return exact >= leastWhole && exact <= mostWhole ? exact : undefined
}

/** Puts the number that a text is into a column; NaN is no value. False: the text is no number, and nothing was put. */
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
