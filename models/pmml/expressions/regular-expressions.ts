/** A cache of compiled patterns. Models have few. */
const patterns = new Map<string, RegExp>()

/** A word character in Java's meaning, which decides where `\b` matches. */
const word = '[\\p{L}\\p{Nd}_]'
const boundary = `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`

/** Java's classes of ASCII characters by name, as the content of a character class. */
const asciiClasses: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Alnum: 'A-Za-z0-9',
  ASCII: '\\0-\\x7f',
  Blank: ' \\t',
  Cntrl: '\\0-\\x1f\\x7f',
  Digit: '0-9',
  Graph: '!-~',
  Lower: 'a-z',
  Print: ' -~',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: ' \\t\\n\\v\\f\\r',
  Upper: 'A-Z',
  XDigit: '0-9A-Fa-f',
}

const blanks = ' \\t\\n\\v\\f\\r'

/** Compiles a document's pattern, which has Java's syntax and meaning, to a global RegExp; undefined if the pattern is invalid. */
export function regExp(source: string, ignoreCase = false): RegExp | undefined {
  const key = `${ignoreCase ? 'i' : ''}/${source}`
  const known = patterns.get(key)
  if (known !== undefined) return known
  if (patterns.size >= 1000) patterns.clear()
  const inline = /^\(\?([ismuU]+)\)/.exec(source)
  const asked = (inline?.[1] ?? '').toLowerCase()
  const flags = ['g', 'u', ...['i', 'm', 's'].filter(flag => asked.includes(flag) || (flag === 'i' && ignoreCase))]
  try {
    const pattern = new RegExp(translated(source.slice(inline?.[0].length ?? 0)), flags.join(''))
    patterns.set(key, pattern)
    return pattern
  } catch {
    return undefined
  }
}

/** A pattern that matches exactly this text. */
export function literalPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/**
 * Replaces every match. In the replacement, `$1` is a group, and a backslash escapes the next character. Returns undefined if a group does not exist.
 */
export function replaceAll(text: string, pattern: RegExp, replacement: string): string | undefined {
  let valid = true
  const result = text.replaceAll(pattern, (...found: (string | number | undefined)[]) =>
    replacement.replaceAll(/\\(.)|\$(\d)/gs, (_whole, escaped: string | undefined, group: string | undefined) => {
      if (escaped !== undefined) return escaped
      // The arguments after the groups are the position and the whole text.
      const groups = found.findIndex(part => typeof part === 'number')
      if (Number(group) >= groups) valid = false
      return String(found[Number(group)] ?? '')
    }),
  )
  return valid ? result : undefined
}

/** Translates a Java pattern to JavaScript's syntax. */
function translated(source: string): string {
  let result = ''
  let brackets = 0
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string
    if (char === '[') brackets++
    else if (char === ']') brackets = Math.max(0, brackets - 1)
    if (char !== '\\') {
      result += char
      continue
    }
    const [taken, meaning] = escapeAt(source, at, brackets > 0)
    result += meaning
    at += taken - 1
  }
  return result
}

/** Translates the escape that begins at the backslash. Returns the number of characters read and the translation. */
function escapeAt(source: string, at: number, inBrackets: boolean): [number, string] {
  const next = source[at + 1] ?? ''
  if (next === 'Q') {
    const end = source.indexOf('\\E', at + 2)
    const text = source.slice(at + 2, end < 0 ? undefined : end)
    return [text.length + (end < 0 ? 2 : 4), literalPattern(text)]
  }
  if (next === 'b' && !inBrackets) return [2, boundary]
  // Java's `\s` is white space of ASCII only: a no-break space is none.
  if (next === 's') return [2, inBrackets ? blanks : `[${blanks}]`]
  if (next === 'S' && !inBrackets) return [2, `[^${blanks}]`]
  if (next === 'A') return [2, '^']
  if (next === 'z' || next === 'Z') return [2, '$']
  const named = /^\\([pP])\{(?:Is)?(\w+)\}/.exec(source.slice(at, at + 24))
  const inside = named === null ? undefined : asciiClasses[named[2] as string]
  if (named !== null && inside !== undefined) {
    if (named[1] === 'p') return [named[0].length, inBrackets ? inside : `[${inside}]`]
    if (!inBrackets) return [named[0].length, `[^${inside}]`]
  }
  if (/[a-zA-Z0-9^$.*+?()[\]{}|/\\-]/.test(next) && (next !== '-' || inBrackets)) return [2, `\\${next}`]
  return [2, next]
}
