import { messageOf, SluiceError } from '../../base/index.ts'
import { checkJsonDepth } from '../../records/index.ts'

/** An integer of 16 or more digits, which JSON.parse may round. A false match, such as in a string, only takes the slower reader. */
const longInteger = /(?<![\d.eE+-])-?\d{16}/

const maxDepth = 64
/** Longer than any double written out in full. */
const maxNumberLength = 1200
const byteOrderMark = '\ufeff'

/**
 * Parses JSON as inference clients write it: with a leading byte order mark, with bare NaN, Infinity and -Infinity, and with integers of up to 1200
 * characters, which become a bigint if a number cannot hold them. Throws SluiceError INPUT_INVALID.
 */
export function parseTolerant(given: string): unknown {
  const text = given.startsWith(byteOrderMark) ? given.slice(1) : given
  checkJsonDepth(text, 'INPUT_INVALID', maxDepth)
  if (!longInteger.test(text)) {
    try {
      return JSON.parse(text) as unknown
    } catch {
      // The reader below parses the extensions or states what is wrong.
    }
  }
  return new Reader(text).document()
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', NaN],
  ['-NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

const number = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/
const numberSigns = new Set('+-.0123456789eE')
const word = /-?[A-Za-z]+/y
const space = /[ \t\r\n]*/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): unknown {
    const value = this.#value(0)
    this.#match(space)
    if (this.#at < this.#text.length) throw this.#unexpected()
    return value
  }

  #value(depth: number): unknown {
    if (depth > maxDepth) throw new SluiceError('INPUT_INVALID', `the JSON is nested deeper than ${maxDepth} levels`)
    this.#match(space)
    const start = this.#text[this.#at]
    if (start === '{') return this.#object(depth)
    if (start === '[') return this.#array(depth)
    if (start === '"') return this.#string()
    return this.#number() ?? this.#word()
  }

  #object(depth: number): unknown {
    const entries: [string, unknown][] = []
    this.#at++
    if (this.#takes('}')) return {}
    do {
      this.#match(space)
      const name = this.#string()
      if (!this.#takes(':')) throw this.#unexpected()
      entries.push([name, this.#value(depth + 1)])
    } while (this.#takes(','))
    if (!this.#takes('}')) throw this.#unexpected()
    return Object.fromEntries(entries)
  }

  #array(depth: number): unknown {
    const items: unknown[] = []
    this.#at++
    if (this.#takes(']')) return items
    do items.push(this.#value(depth + 1))
    while (this.#takes(','))
    if (!this.#takes(']')) throw this.#unexpected()
    return items
  }

  #string(): string {
    const start = this.#at
    if (this.#text[start] !== '"') throw this.#unexpected()
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    this.#at = end + 1
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string
    } catch (error) {
      throw new SluiceError('INPUT_INVALID', `the body is not JSON: the string at position ${start} is malformed: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }

  #number(): number | bigint | undefined {
    // The end is found by a loop: a regular expression over millions of digits would exhaust the stack.
    let end = this.#at
    while (end < this.#text.length && numberSigns.has(this.#text[end] as string)) end++
    if (end - this.#at > maxNumberLength)
      throw new SluiceError(
        'INPUT_INVALID',
        `the number at position ${this.#at} has ${end - this.#at} characters; the maximum is ${maxNumberLength}`,
      )
    const found = number.exec(this.#text.slice(this.#at, end))
    if (found === null) return undefined
    this.#at += found[0].length
    const value = Number(found[0])
    const whole = found[1] === undefined && found[2] === undefined
    return whole && !Number.isSafeInteger(value) ? BigInt(found[0]) : value
  }

  #word(): unknown {
    const start = this.#at
    const found = this.#match(word)?.[0]
    if (found !== undefined && words.has(found)) return words.get(found)
    this.#at = start
    throw this.#unexpected()
  }

  #takes(sign: string): boolean {
    this.#match(space)
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found
  }

  #unexpected(): SluiceError {
    const found =
      this.#at < this.#text.length
        ? `${JSON.stringify(this.#text.slice(this.#at, this.#at + 10))} at position ${this.#at}`
        : 'end of the text'
    return new SluiceError('INPUT_INVALID', `the body is not JSON: unexpected ${found}`)
  }
}
