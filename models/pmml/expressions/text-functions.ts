import { formatDate, formatValue } from '../document/index.ts'
import type { FunctionCall } from './function-call.ts'
import { regExp, replaceAll } from './regular-expressions.ts'
import { trimmed } from './trimmed.ts'

interface TextFunction {
  readonly least: number
  readonly most: number
  readonly result: 'string' | 'integer' | 'boolean'
  /** Returns NaN if the result is missing, undefined if it is invalid. */
  readonly run: (args: readonly number[], call: FunctionCall) => number | undefined
}

const secondsADay = 86_400

/** PMML's functions of texts. With a missing argument the result is invalid, except for concat. */
export const textFunctions: Readonly<Record<string, TextFunction>> = {
  uppercase: ofTexts(1, ([text = '']) => text.toUpperCase()),
  lowercase: ofTexts(1, ([text = '']) => text.toLowerCase()),
  // Trims as Java does: a no-break space is not removed.
  trimBlanks: ofTexts(1, ([text = '']) => trimmed(text, char => char <= ' ')),
  replace: ofTexts(3, ([text = '', pattern = '', replacement = '']) => {
    const found = regExp(pattern)
    return found === undefined ? undefined : replaceAll(text, found, replacement)
  }),
  matches: {
    ...ofTexts(2, ([text = '', pattern = '']) => {
      const found = regExp(pattern)
      return found === undefined ? undefined : text.search(found) >= 0
    }),
    result: 'boolean',
  },
  stringLength: { ...ofTexts(1, ([text = '']) => text.length), result: 'integer' },
  substring: {
    least: 3,
    most: 3,
    result: 'string',
    run: ([text = NaN, from = NaN, length = NaN], call) =>
      call.missing || !(from >= 1) || !(length >= 0)
        ? undefined
        : call.row.symbols.codeOf(textOf(text, 0, call).slice(from - 1, from - 1 + length)),
  },
  concat: {
    least: 2,
    most: Number.MAX_SAFE_INTEGER,
    result: 'string',
    run: (args, call) => call.row.symbols.codeOf(args.map((value, at) => (Number.isNaN(value) ? '' : textOf(value, at, call))).join('')),
  },
  formatNumber: {
    least: 2,
    most: 2,
    result: 'string',
    run: ([value = NaN, pattern = NaN], call) => {
      const text = call.missing ? undefined : formatNumber(value, call.row.symbols.textOf(pattern), call.argTypes[0]?.type === 'integer')
      return text === undefined ? undefined : call.row.symbols.codeOf(text)
    },
  },
  formatDatetime: {
    least: 2,
    most: 2,
    result: 'string',
    run: ([value = NaN, pattern = NaN], call) => {
      if (call.missing) return undefined
      const seconds = call.argTypes[0]?.type === 'date' ? value * secondsADay : value
      return call.row.symbols.codeOf(formatDate(seconds, call.row.symbols.textOf(pattern)))
    },
  },
}

function ofTexts(arity: number, run: (texts: readonly string[]) => string | number | boolean | undefined): TextFunction {
  return {
    least: arity,
    most: arity,
    result: 'string',
    run: (args, call) => {
      if (call.missing) return undefined
      const result = run(args.map((value, at) => textOf(value, at, call)))
      if (result === undefined) return undefined
      return typeof result === 'string' ? call.row.symbols.codeOf(result) : Number(result)
    },
  }
}

function textOf(value: number, at: number, { argTypes, row }: FunctionCall): string {
  return formatValue(argTypes[at]?.type ?? 'double', value, row.symbols)
}

/**
 * Formats by one conversion as in C's printf: %[flags][width][.precision] and d, f, e or s. Returns undefined if it does not fit the type of the
 * number.
 */
function formatNumber(value: number, pattern: string, whole: boolean): string | undefined {
  const match = /%([-+ 0,]*)(\d{0,3})(?:\.(\d{1,2}))?([dfes])/.exec(pattern)
  if (match === null) return undefined
  const [conversion, flags = '', width = '', precision, kind] = match
  if ((kind === 'd') !== whole && kind !== 's') return undefined
  const size = Math.abs(value)
  const digits = precision === undefined ? 6 : Number(precision)
  let text =
    kind === 'f' ? size.toFixed(digits) : kind === 'e' ? size.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2') : String(size)
  if (flags.includes(',')) text = text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const room = Number(width)
  if (flags.includes('0') && !flags.includes('-')) text = sign + text.padStart(room - sign.length, '0')
  else text = flags.includes('-') ? (sign + text).padEnd(room) : (sign + text).padStart(room)
  return pattern.replace(conversion, () => text)
}
