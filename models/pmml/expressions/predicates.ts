import { type PmmlElement, clip, parseNumber, isNumeric, needValue, parseValue } from '../document/index.ts'
import type { Row } from './row.ts'
import type { Field, Scope } from './scope.ts'

/** The names of the elements that are predicates. */
export const predicateNames = ['SimplePredicate', 'CompoundPredicate', 'SimpleSetPredicate', 'True', 'False'] as const

/** The tests of one value, as numbers, which flat arrays can hold. */
export const test = {
  equal: 0,
  notEqual: 1,
  lessThan: 2,
  lessOrEqual: 3,
  greaterThan: 4,
  greaterOrEqual: 5,
  isMissing: 6,
  isNotMissing: 7,
  always: 8,
  never: 9,
  /** A predicate that is not a test of one value. */
  other: 10,
  /** The test of a second child that is the opposite of the first child's: true if the first is false and the value is not missing. */
  otherwise: 11,
} as const

/** A condition on a record's values: plain data. */
export type Predicate =
  | { readonly op: 'simple'; readonly test: number; readonly slot: number; readonly value: number }
  | { readonly op: 'in'; readonly slot: number; readonly values: ReadonlySet<number>; readonly inside: boolean }
  | { readonly op: 'and' | 'or' | 'xor' | 'surrogate'; readonly parts: readonly Predicate[] }

/** The result of a predicate; unknown: a value that it needs is missing. */
export const verdict = { no: 0, yes: 1, unknown: -1 } as const

export function predicateIn(element: PmmlElement, scope: Scope): Predicate {
  return compilePredicate(element.needChild(...predicateNames), scope)
}

export function compilePredicate(element: PmmlElement, scope: Scope): Predicate {
  switch (element.name) {
    case 'True':
      return { op: 'simple', test: test.always, slot: 0, value: 0 }
    case 'False':
      return { op: 'simple', test: test.never, slot: 0, value: 0 }
    case 'SimplePredicate':
      return simple(element, scope)
    case 'SimpleSetPredicate':
      return inSet(element, scope)
    case 'CompoundPredicate': {
      const op = element.need('booleanOperator')
      if (op !== 'and' && op !== 'or' && op !== 'xor' && op !== 'surrogate')
        element.fail(`has booleanOperator="${clip(op)}", which is not known`)
      const parts = scope.compilation.nested(element, () => element.all(...predicateNames).map(child => compilePredicate(child, scope)))
      if (parts.length === 0) element.fail('has no predicates')
      return { op, parts }
    }
    default:
      return element.fail('is not a predicate')
  }
}

/** Returns a `verdict`. */
export function evaluatePredicate(predicate: Predicate, row: Row): number {
  switch (predicate.op) {
    case 'simple':
      return predicate.test >= test.always
        ? predicate.test === test.always
          ? verdict.yes
          : verdict.no
        : compareValue(predicate.test, row.read(predicate.slot), predicate.value)
    case 'in': {
      const value = row.read(predicate.slot)
      return Number.isNaN(value) ? verdict.unknown : predicate.values.has(value) === predicate.inside ? verdict.yes : verdict.no
    }
    case 'and':
      return decide(predicate.parts, row, verdict.no)
    case 'or':
      return decide(predicate.parts, row, verdict.yes)
    case 'xor':
      return exclusive(predicate.parts, row)
    default:
      return firstKnown(predicate.parts, row)
  }
}

/** Evaluates one of the tests below `always`; value NaN: missing. Returns a `verdict`. */
export function compareValue(kind: number, value: number, to: number): number {
  if (Number.isNaN(value)) return kind === test.isMissing ? verdict.yes : kind === test.isNotMissing ? verdict.no : verdict.unknown
  if (kind >= test.isMissing) return kind === test.isNotMissing ? verdict.yes : verdict.no
  return compareNumbers(kind, value, to)
}

/** Evaluates one of the tests below `isMissing` for a value that is not missing. Returns verdict.yes or verdict.no. */
export function compareNumbers(kind: number, value: number, to: number): number {
  switch (kind) {
    case test.lessOrEqual:
      return value <= to ? 1 : 0
    case test.greaterThan:
      return value > to ? 1 : 0
    case test.lessThan:
      return value < to ? 1 : 0
    case test.greaterOrEqual:
      return value >= to ? 1 : 0
    case test.equal:
      return value === to ? 1 : 0
    default:
      return value === to ? 0 : 1
  }
}

function simple(element: PmmlElement, scope: Scope): Predicate {
  const field = scope.fieldOf(element)
  const operator = element.need('operator')
  const kind = Object.hasOwn(test, operator) ? test[operator as keyof typeof test] : test.other
  if (kind >= test.always) element.fail(`has operator="${clip(operator)}", which is not known`)
  if (kind >= test.isMissing) return { op: 'simple', test: kind, slot: field.slot, value: 0 }
  if (field.type === 'string' && kind > test.notEqual) element.fail(`compares by order the text field ${clip(element.need('field'))}`)
  return { op: 'simple', test: kind, slot: field.slot, value: literal(element, { field, text: element.need('value') }, scope) }
}

/** Parses the value with which the field is compared. An integer field may be compared with a fraction. */
function literal(element: PmmlElement, { field, text }: { field: Field; text: string }, scope: Scope): number {
  const type = field.type === 'integer' ? 'double' : field.type
  return needValue(element, { type, text }, scope.compilation.symbols)
}

function inSet(element: PmmlElement, scope: Scope): Predicate {
  const field = scope.fieldOf(element)
  const operator = element.need('booleanOperator')
  if (operator !== 'isIn' && operator !== 'isNotIn') element.fail(`has booleanOperator="${clip(operator)}", which is not known`)
  const { symbols } = scope.compilation
  const values = arrayOf(element.needChild('Array')).map(text => parseValue(field.type, text, symbols))
  return { op: 'in', slot: field.slot, values: new Set(values.filter(value => !Number.isNaN(value))), inside: operator === 'isIn' }
}

/** A quoted text, or a text up to the next white space or quote. A backslash escapes only a quote; a no-break space is not white space. */
const arrayItem = /"((?:[^"\\]|\\"|\\(?!"))*)"|((?:[^\s"]|[\u00a0\u2007\u202f\ufeff])+)/g

/** The texts of an Array: separated by white space, and quoted if they contain white space. */
export function arrayOf(element: PmmlElement): string[] {
  const texts: string[] = []
  for (const [, quoted, bare = ''] of element.text.matchAll(arrayItem))
    texts.push(quoted === undefined ? bare : quoted.replaceAll('\\"', '"'))
  const count = element.get('n')
  if (count !== undefined && Number(count) !== texts.length) element.fail(`has ${texts.length} values, but says n="${clip(count)}"`)
  return texts
}

/** The numbers of an Array, or of a SparseArray including its default values. */
export function numbersOf(element: PmmlElement): Float64Array {
  if (element.name.endsWith('SparseArray')) return sparseNumbersOf(element)
  return Float64Array.from(arrayOf(element), text => {
    const value = parseNumber(text)
    return Number.isNaN(value) ? element.fail(`has the value "${clip(text)}", which is not a number`) : value
  })
}

const maxSparse = 10_000_000

function sparseNumbersOf(element: PmmlElement): Float64Array {
  const list = (name: string): number[] =>
    (element.child(name)?.text.trim().split(/\s+/) ?? []).filter(text => text !== '').map(parseNumber)
  const indices = list('Indices')
  const entries = list(element.name === 'INT-SparseArray' ? 'INT-Entries' : 'REAL-Entries')
  const count = element.number('n', Math.max(0, ...indices))
  if (!(count >= 0 && count <= maxSparse) || indices.length !== entries.length) element.fail('has a wrong n or number of indices')
  const values = new Float64Array(count).fill(element.number('defaultValue', 0))
  for (const [at, index] of indices.entries()) {
    if (!(index >= 1 && index <= count)) element.fail(`has the index ${index}, of ${count}`)
    values[index - 1] = entries[at] as number
  }
  return values
}

/** `and`, `or`: a deciding part determines the result; otherwise an unknown part makes it unknown. */
function decide(parts: readonly Predicate[], row: Row, deciding: number): number {
  let result: number = deciding === verdict.no ? verdict.yes : verdict.no
  for (const part of parts) {
    const given = evaluatePredicate(part, row)
    if (given === deciding) return deciding
    if (given === verdict.unknown) result = verdict.unknown
  }
  return result
}

function exclusive(parts: readonly Predicate[], row: Row): number {
  let result: number = verdict.no
  for (const part of parts) {
    const given = evaluatePredicate(part, row)
    if (given === verdict.unknown) return given
    result ^= given
  }
  return result
}

function firstKnown(parts: readonly Predicate[], row: Row): number {
  for (const part of parts) {
    const given = evaluatePredicate(part, row)
    if (given !== verdict.unknown) return given
  }
  return verdict.unknown
}

/** Returns the field. Throws if its values are texts, with which a model cannot calculate. */
export function needNumeric(element: PmmlElement, name: string, field: Field): Field {
  return isNumeric(field.type) || field.type === 'boolean' || field.type !== 'string'
    ? field
    : element.fail(`calculates with the field ${clip(name)}, which is text`)
}
