import { SluiceError, type ErrorCode } from '../base/index.ts'

/** The deepest nesting that any JSON may have. Deeper JSON takes seconds to parse, and what reads or writes it again exhausts the stack. */
export const maxJsonDepth = 512

const [quote, backslash, openList, closeList, openObject, closeObject] = [34, 92, 91, 93, 123, 125]
const [zero, nine] = [48, 57]
/** The most digits in a row. A number of millions of them takes many times as long as the rest of its record, only to be found too large. */
const mostDigits = 100_000

/** Throws a SluiceError with the code if the JSON is nested deeper than `most` levels. Other faults of the text are left to its parser. */
export function checkJsonDepth(text: string, code: ErrorCode, most = maxJsonDepth): void {
  // Each level takes two characters.
  if (text.length > 2 * most && isDeeper(text, most)) throw tooDeep(code, most)
}

/** What checkJsonDepth throws, and an error for a number of more than 100,000 digits, before the bytes are made a text: what is refused costs no more than its beginning. */
export function checkJsonBytes(bytes: Buffer, code: ErrorCode, most = maxJsonDepth): void {
  let depth = 0
  let digits = 0
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at] as number
    if (sign >= zero && sign <= nine) {
      if (++digits > mostDigits) throw new SluiceError(code, `the JSON has a number of more than ${mostDigits} digits`)
      continue
    }
    digits = 0
    if (sign === quote) {
      at = endOfString(bytes, at)
      if (at < 0) return
    } else if (sign === openList || sign === openObject) {
      if (++depth > most) throw tooDeep(code, most)
    } else if (sign === closeList || sign === closeObject) depth--
  }
}

function tooDeep(code: ErrorCode, most: number): SluiceError {
  return new SluiceError(code, `the JSON is nested deeper than ${most} levels: send it with less nesting`)
}

function isDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign === quote) {
      at = endOfString(text, at)
      if (at < 0) return false
    } else if (sign === openList || sign === openObject) {
      if (++depth > most) return true
    } else if (sign === closeList || sign === closeObject) depth--
  }
  return false
}

/** Changes the parts of the JSON that are not strings. */
export function outsideStrings(text: string, change: (part: string) => string): string {
  let changed = ''
  for (let at = 0; ;) {
    const start = text.indexOf('"', at)
    const end = start < 0 ? -1 : endOfString(text, start)
    if (end < 0) return changed + change(text.slice(at))
    changed += change(text.slice(at, start)) + text.slice(start, end + 1)
    at = end + 1
  }
}

/** The position of the closing quote; -1: there is none. */
function endOfString(text: string | Buffer, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (signAt(text, end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return -1
}

function signAt(text: string | Buffer, at: number): number | undefined {
  return typeof text === 'string' ? text.charCodeAt(at) : text[at]
}
