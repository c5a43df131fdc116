import { SluiceError, type ErrorCode } from '../base/index.ts'

/** The deepest nesting that any JSON may have. Deeper JSON takes seconds to parse, and what reads or writes it again exhausts the stack. */
export const maxJsonDepth = 512

const [quote, backslash, openList, closeList, openObject, closeObject] = [34, 92, 91, 93, 123, 125]

/** Throws a SluiceError with the code if the JSON is nested deeper than `most` levels. Other faults of the text are left to its parser. */
export function checkJsonDepth(text: string, code: ErrorCode, most = maxJsonDepth): void {
  // Each level takes two characters.
  if (text.length > 2 * most && isDeeper(text, most))
    throw new SluiceError(code, `the JSON is nested deeper than ${most} levels: send it with less nesting`)
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
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return -1
}
