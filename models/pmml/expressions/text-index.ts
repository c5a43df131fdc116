import type { PmmlElement } from '../document/index.ts'
import type { Expression, Normalization, Reading, Replacement, TextIndexExpression } from './expression.ts'
import { literalPattern, regExp, replaceAll } from './regular-expressions.ts'
import { trimmed } from './trimmed.ts'
import { cellsOf, columnName } from './table-expressions.ts'

const maxRepeats = 1000
const punctuation = /^\p{P}$/u

export function compileTextIndex(element: PmmlElement, text: Expression, term: Expression): TextIndexExpression {
  if (!element.flag('tokenize', true)) element.fail('counts terms in text that is not split into words (tokenize), which is not supported')
  const caseSensitive = element.flag('isCaseSensitive', false)
  const separator = element.get('wordSeparatorCharacterRE') ?? '\\s+'
  const word = element.get('x-wordRE')
  for (const pattern of [separator, word])
    if (pattern !== undefined && regExp(pattern) === undefined) element.fail('has an invalid regular expression')
  const reading = { caseSensitive, separator, word }
  const normalizations = element.all('TextIndexNormalization').map(child => compileNormalization(child, caseSensitive))
  return {
    op: 'textIndex',
    text,
    term,
    weight: element.oneOf('localTermWeights', ['termFrequency', 'binary', 'logarithmic']),
    maxDistance: element.number('maxLevenshteinDistance', 0),
    bestOnly: element.oneOf('countHits', ['allHits', 'bestHits']) === 'bestHits',
    reading,
    normalizations,
    key: JSON.stringify([reading, normalizations]),
  }
}

function compileNormalization(element: PmmlElement, caseSensitive: boolean): Normalization {
  if (element.child('InlineTable') === undefined) element.fail('has no InlineTable: a table outside the document is not supported')
  const column = (name: string, fallback: string): string => columnName(element.get(name) ?? fallback)
  const [from, to, regex] = [column('inField', 'string'), column('outField', 'stem'), column('regexField', 'regex')]
  const ignoreCase = !element.flag('isCaseSensitive', caseSensitive)
  const replacements = element
    .needChild('InlineTable')
    .all('row')
    .map(cellsOf)
    .map(({ row, cells }): Replacement => {
      const text = cells.get(from) ?? row.fail(`lacks the column ${from}`)
      const pattern = cells.get(regex)?.trim().toLowerCase() === 'true' ? text : literalPattern(text)
      if (regExp(pattern, ignoreCase) === undefined) row.fail('has an invalid regular expression')
      return { pattern, ignoreCase, by: cells.get(to) ?? row.fail(`lacks the column ${to}`) }
    })
  return { replacements, recursive: element.flag('recursive', false) }
}

/** The words of one text. Many terms are looked up in the same text, and the same terms in many texts. */
interface Words {
  readonly text: string
  readonly words: readonly string[]
  readonly counts: ReadonlyMap<string, number>
  readonly terms: Map<string, readonly string[]>
}

const maxTerms = 100_000
const read = new Map<string, Words>()

/** The weight of a term in a text; NaN if the text cannot be normalized. */
export function termWeight(index: TextIndexExpression, text: string, term: string): number {
  const found = wordsOf(index, text)
  if (found === undefined) return NaN
  let looked = found.terms.get(term)
  if (looked === undefined) {
    looked = split(term, index.reading)
    if (found.terms.size >= maxTerms) found.terms.clear()
    found.terms.set(term, looked)
  }
  const [first] = looked
  const single = index.maxDistance === 0 && looked.length === 1
  const hits = single ? (found.counts.get(first as string) ?? 0) : countHits(found.words, looked, index)
  if (index.weight === 'binary') return hits > 0 ? 1 : 0
  return index.weight === 'logarithmic' ? Math.log10(1 + hits) : hits
}

function wordsOf({ reading, normalizations, key }: TextIndexExpression, text: string): Words | undefined {
  const known = read.get(key)
  if (known?.text === text) return known
  const normal = normalizations.reduce<string | undefined>((given, one) => given && normalize(given, one), text)
  if (normal === undefined) return undefined
  if (read.size >= 100) read.clear()
  const words = split(normal, reading)
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const result = { text, words, counts, terms: known?.terms ?? new Map<string, readonly string[]>() }
  read.set(key, result)
  return result
}

/** Applies the replacements. Returns undefined if they do not end within `maxRepeats` rounds, or refer to a group that does not exist. */
function normalize(text: string, { replacements, recursive }: Normalization): string | undefined {
  let given = text
  for (let round = 0; round < maxRepeats; round++) {
    const before = given
    for (const { pattern, ignoreCase, by } of replacements) {
      const replaced = replaceAll(given, regExp(pattern, ignoreCase) as RegExp, by)
      if (replaced === undefined) return undefined
      given = replaced
    }
    if (!recursive || given === before) return given
  }
  return undefined
}

function split(text: string, { caseSensitive, separator, word }: Reading): string[] {
  const given = caseSensitive ? text : text.toLowerCase()
  if (word !== undefined) return given.match(regExp(word) as RegExp) ?? []
  return given
    .split(regExp(separator) as RegExp)
    .map(part => trimmed(part, char => punctuation.test(char)))
    .filter(part => part !== '')
}

function countHits(words: readonly string[], term: readonly string[], { maxDistance, bestOnly }: TextIndexExpression): number {
  if (term.length === 0) return 0
  let hits = 0
  let least = maxDistance
  for (let from = 0; from + term.length <= words.length; from++) {
    let distance = 0
    for (let i = 0; i < term.length && distance <= least; i++) distance += distanceOf(words[from + i] as string, term[i] as string, least)
    if (distance > least) continue
    if (bestOnly && distance < least) {
      least = distance
      hits = 0
    }
    hits++
  }
  return hits
}

/** The Levenshtein distance. May return any number above `most` if it is larger than that. */
function distanceOf(a: string, b: string, most: number): number {
  if (a === b) return 0
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const now = [i]
    for (let j = 1; j <= b.length; j++)
      now.push(Math.min((before[j] as number) + 1, (now[j - 1] as number) + 1, (before[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    before = now
  }
  return before[b.length] as number
}
