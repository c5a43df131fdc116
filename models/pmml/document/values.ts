import { type PmmlElement, clip, parseNumber } from './element.ts'
import { convertDate, dateTypes, formatIso, isDateText, isDateType, parseDate } from './dates.ts'
import type { SymbolSource } from './symbols.ts'

/**
 * Every value of a record is one number while it is scored: texts are symbols, booleans 0 and 1, dates a count of days or seconds.
 * NaN is a missing value.
 */
export type DataType = 'string' | 'integer' | 'float' | 'double' | 'boolean' | DateType
export type DateType = (typeof dateTypes)[number]

const plainTypes = ['string', 'integer', 'float', 'double', 'boolean'] as const

/** The element's dataType; `fallback` if it has none. */
export function dataTypeOf(element: PmmlElement, fallback: DataType): DataType {
  return element.get('dataType') === undefined ? fallback : element.oneOf('dataType', [...plainTypes, ...dateTypes])
}

export function isNumeric(type: DataType): boolean {
  return type === 'integer' || type === 'float' || type === 'double'
}

/** Parses a text as a value of the type; NaN: it is not one. */
export function parseValue(type: DataType, text: string, symbols: SymbolSource): number {
  switch (type) {
    case 'string':
      return symbols.codeOf(text)
    case 'double':
      return parseNumber(text)
    case 'float':
      return Math.fround(parseNumber(text))
    case 'integer':
      return castNumber('integer', parseNumber(text))
    case 'boolean':
      return parseBoolean(text)
    default:
      return parseDate(type, text)
  }
}

/** The same as `parseValue`, but throws when the text is not a value of the type. */
export function needValue(element: PmmlElement, what: { type: DataType; text: string }, symbols: SymbolSource): number {
  const value = parseValue(what.type, what.text, symbols)
  return Number.isNaN(value) ? element.fail(`has the value "${clip(what.text)}", which is not a valid ${what.type}`) : value
}

/** Converts a number to a numeric or boolean type; NaN: it is not possible. */
export function castNumber(type: DataType, value: number): number {
  if (type === 'float') return Math.fround(value)
  if (type === 'integer') return Number.isSafeInteger(value) ? value : NaN
  if (type === 'boolean') return value === 0 || value === 1 ? value : NaN
  return type === 'double' || Number.isFinite(value) ? value : NaN
}

/** Converts a value of one type to another; NaN: it is not possible. */
export function castValue(from: DataType, to: DataType, { value, symbols }: { value: number; symbols: SymbolSource }): number {
  if (from === to || Number.isNaN(value)) return value
  if (to === 'string') return symbols.codeOf(formatValue(from, value, symbols))
  if (from === 'string') return parseValue(to, symbols.textOf(value), symbols)
  if (isDateType(from) || isDateType(to)) return castDate(from, to, value)
  return castNumber(to, value)
}

/** The value as text, as Java writes it: the form in which concat, labels and categories need it. */
export function formatValue(type: DataType, value: number, symbols: SymbolSource): string {
  if (type === 'string') return symbols.textOf(value)
  if (type === 'boolean') return value === 0 ? 'false' : 'true'
  if (type === 'double') return formatDouble(value, String(value))
  if (type === 'float') return formatDouble(value, shortestFloat(value))
  return formatIso(type, value)
}

function parseBoolean(text: string): number {
  const word = text.trim().toLowerCase()
  if (word === 'true') return 1
  return word === 'false' ? 0 : castNumber('boolean', parseNumber(word))
}

function castDate(from: DataType, to: DataType, value: number): number {
  if (from === 'boolean' || to === 'boolean') return NaN
  // A count is a number; a day or an hour is none.
  if (isNumeric(from)) return isDateText(to) ? NaN : castNumber('integer', value)
  if (isNumeric(to)) return isDateText(from) ? NaN : castNumber(to, value)
  return convertDate(from, to, value)
}

/** The fewest digits that give the same float. */
function shortestFloat(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(Number(value.toPrecision(9)))
}

function formatDouble(value: number, shortest: string): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = Object.is(value, -0) ? '-0' : shortest
    return text.includes('.') ? text : `${text}.0`
  }
  const [digits = '', exponent] = Number(shortest).toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
