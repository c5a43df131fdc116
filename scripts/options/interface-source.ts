import { defaultText, type Option, type OptionTable } from '../../base/options/index.ts'

/** An interface that is generated from an option table. */
export interface OptionInterface {
  readonly name: string
  /** Type parameters with brackets: `<K, V>`. */
  readonly parameters?: string
  readonly extends?: string
  /** Sentences. */
  readonly doc: string
  readonly table: OptionTable
}

/** Returns the TypeScript of an interface with one property per option, documented with meaning, unit, range and default. */
export function interfaceSource({ name, parameters = '', extends: base, doc, table }: OptionInterface): string {
  const properties = Object.entries(table).map(([option, row]) => `${comment(row)}  readonly ${quoted(option)}${valueType(row)}\n`)
  return `/** ${doc} */\nexport interface ${name}${parameters}${base === undefined ? '' : ` extends ${base}`} {\n${properties.join('')}}\n`
}

function quoted(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`
}

function valueType({ kind: { type }, required }: Option<unknown>): string {
  if (required === true) return `: ${type}`
  return `?: ${type.includes('=>') ? `(${type})` : type} | undefined`
}

function comment(row: Option<unknown>): string {
  const { kind, unit, meaning } = row
  const facts = [unit === undefined ? '' : `Unit: ${unit}.`, `Allowed: ${code(kind.allowed)}.`].filter(Boolean).join(' ')
  const fallback = defaultText(row)
  const lines = [sentence(meaning), '', facts, ...(fallback === '' ? [] : ['', `@defaultValue ${shownDefault(row, fallback)}`])]
  return `  /**\n${lines.map(line => `   * ${line}`.trimEnd()).join('\n')}\n   */\n`
}

/** Formats values as code, but not words. */
function shownDefault({ defaultText: words }: Option<unknown>, shown: string): string {
  return words === undefined ? `\`${shown}\`` : code(words)
}

/** Escapes braces and angle brackets, which have a meaning in TSDoc. */
function code(words: string): string {
  return /[{}<>]/.test(words) ? `\`${words}\`` : words
}

export function sentence(phrase: string): string {
  return `${phrase[0]?.toUpperCase() ?? ''}${phrase.slice(1)}.`
}
