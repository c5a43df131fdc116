import { SluiceError } from '../../../base/index.ts'

/** An element of a PMML document, without its namespace prefix. Extensions are left out of the tree. */
export class PmmlElement {
  readonly name: string
  /** The line on which it begins, from 1. */
  readonly line: number
  readonly attributes: Readonly<Record<string, string>>
  readonly children: PmmlElement[] = []
  /** The character data directly inside it, to the last blank; of an element with children not the blanks between them. */
  text = ''

  constructor(name: string, line: number, attributes: Readonly<Record<string, string>>) {
    this.name = name
    this.line = line
    this.attributes = attributes
  }

  /** The first child of one of these names. */
  child(...names: string[]): PmmlElement | undefined {
    return this.children.find(({ name }) => names.includes(name))
  }

  /** Throws when there is no such child. */
  needChild(...names: string[]): PmmlElement {
    return this.child(...names) ?? this.fail(`lacks ${names.join(' or ')}`)
  }

  all(...names: string[]): PmmlElement[] {
    return this.children.filter(({ name }) => names.includes(name))
  }

  /** The attribute; undefined: it is absent. */
  get(name: string): string | undefined {
    return Object.hasOwn(this.attributes, name) ? this.attributes[name] : undefined
  }

  /** The attribute. Throws when it is absent. */
  need(name: string): string {
    return this.get(name) ?? this.fail(`lacks the attribute ${name}`)
  }

  /** The attribute as a number; `fallback` if it is absent. Throws when it is absent and there is no fallback. */
  number(name: string, fallback?: number): number {
    const text = this.get(name)
    if (text === undefined) return fallback ?? this.fail(`lacks the attribute ${name}`)
    const value = parseNumber(text)
    return Number.isNaN(value) ? this.fail(`has ${name}="${clip(text)}", which is not a number`) : value
  }

  /** The attribute as one of these words; the first word if it is absent. */
  oneOf<const T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
    const text = this.get(name)
    if (text === undefined) return allowed[0]
    return allowed.find(word => word === text) ?? this.fail(`has ${name}="${clip(text)}"; allowed: ${allowed.join(', ')}`)
  }

  /** The attribute as true or false. */
  flag(name: string, fallback: boolean): boolean {
    const text = this.get(name)?.trim()
    if (text === undefined) return fallback
    if (text === 'true' || text === '1') return true
    return text === 'false' || text === '0' ? false : this.fail(`has ${name}="${clip(text)}", which is neither true nor false`)
  }

  /** Throws SluiceError MODEL_LOAD_FAILED that names this element and its line. */
  fail(what: string): never {
    throw new SluiceError('MODEL_LOAD_FAILED', `the PMML document cannot be used: ${this.name} in line ${this.line} ${what}`)
  }
}

/** Parses a number in the notations of XML Schema and Java; NaN: the text is not a number. */
export function parseNumber(text: string): number {
  const trimmed = text.trim()
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/.test(trimmed)) return Number.parseFloat(trimmed)
  const infinite = /^([+-]?)(?:INF|Infinity)$/.exec(trimmed)
  return infinite === null ? NaN : infinite[1] === '-' ? -Infinity : Infinity
}

/** A text of the document, short enough for a message. */
export function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
