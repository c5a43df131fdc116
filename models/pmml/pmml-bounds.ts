import type { CompiledPmml } from './compile-pmml.ts'
import { isLinear, type Expression } from './expressions/index.ts'
import type { CompiledTree } from './trees/index.ts'

/** Most steps for one record: nodes of trees on their longest ways, parts of expressions, numbers of other models. */
const mostSteps = 16_384
/** Most times that the texts of a record may be put together. */
const mostCopies = 64
/** Most characters of a term that a text is searched for. */
const longestTerm = 256

/** Why a document may take long or much memory on some record; undefined: it provably does neither. */
export function unboundedBecause(compiled: CompiledPmml): string | undefined {
  const look = new Look(compiled.texts)
  try {
    look.at(compiled.slots)
    look.at(compiled.model)
    look.within(compiled.functions)
    return look.steps <= mostSteps ? undefined : `may take ${look.steps} steps for a record; at most ${mostSteps} are allowed`
  } catch (error) {
    if (error instanceof Unbounded) return error.message
    throw error
  }
}

class Unbounded extends Error {}

/** Goes through compiled data, which is a tree of plain objects, and adds up the steps. */
class Look {
  steps = 0
  readonly #texts: readonly string[]
  #copies = 1
  #within = false

  constructor(texts: readonly string[]) {
    this.#texts = texts
  }

  /** Functions may be called any number of times; their steps are in those of the calls. */
  within(functions: readonly Expression[]): void {
    const { steps } = this
    this.#within = true
    this.at(functions)
    this.steps = steps
  }

  at(root: unknown): void {
    const open: { readonly value: unknown; readonly counted: boolean }[] = [{ value: root, counted: false }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { value, counted } = next
      // A map is looked up, a set asked.
      if (typeof value !== 'object' || value === null || value instanceof Map || value instanceof Set) continue
      if (ArrayBuffer.isView(value)) {
        this.steps += (value as Uint8Array).length
        continue
      }
      if (isTree(value)) {
        this.steps += treeSteps(value)
        open.push({ value: value.predicates, counted })
        continue
      }
      const inner = isExpression(value)
      if (inner) this.#check(value, counted)
      else this.steps++
      for (const part of Object.values(value)) open.push({ value: part, counted: inner || counted })
    }
  }

  /** The steps of an expression contain those of its parts. */
  #check(expression: Expression, counted: boolean): void {
    if (!counted) this.steps += expression.steps
    if (expression.op === 'textIndex') return this.#checkIndex(expression)
    if (expression.op !== 'apply') return
    const { name, args } = expression
    if (name === 'matches' || name === 'replace') this.#checkPattern(name, this.#constant(args[1]))
    if (name === 'replace' && (this.#constant(args[2])?.length ?? 2) > 1) throw new Unbounded('replace may make a text longer')
    if (name === 'concat') this.#copies *= Math.max(1, args.filter(arg => arg.op !== 'constant').length)
    if (name === 'concat' && (this.#within || this.#copies > mostCopies)) throw new Unbounded('concat may make a text much longer')
  }

  #checkIndex({ term, maxDistance, reading, normalizations }: Extract<Expression, { op: 'textIndex' }>): void {
    if (maxDistance > 0) throw new Unbounded('TextIndex compares words by their distance')
    if (normalizations.length > 0) throw new Unbounded('TextIndex replaces parts of the text')
    if ((this.#constant(term)?.length ?? Infinity) > longestTerm)
      throw new Unbounded('TextIndex searches for a term that is long, or not known')
    this.#checkPattern('TextIndex', reading.word ?? reading.separator)
  }

  #checkPattern(name: string, pattern: string | undefined): void {
    if (pattern === undefined || !isLinear(pattern))
      throw new Unbounded(`${name} has a regular expression that may take long, or is not known`)
    if (name === 'replace' && pattern.endsWith('*')) throw new Unbounded('replace may make a text longer')
  }

  #constant(expression: Expression | undefined): string | undefined {
    return expression?.op === 'constant' && expression.type === 'string' ? this.#texts[expression.value] : undefined
  }
}

function isExpression(value: object): value is Expression {
  return 'op' in value && 'steps' in value
}

function isTree(value: object): value is CompiledTree {
  return 'kind' in value && value.kind === 'tree'
}

/** The most nodes that are asked on a way from the root: a child comes after its parent and its siblings before it. */
function treeSteps({ firstChild, nextSibling, strategy, classes }: CompiledTree): number {
  if (strategy === 'aggregateNodes' || strategy === 'weightedConfidence') return firstChild.length * Math.max(1, classes)
  const steps = new Float64Array(firstChild.length)
  for (let node = firstChild.length - 1; node >= 0; node--) {
    let [asked, most, longest] = [0, 0, 0]
    for (let child = firstChild[node] as number; child >= 0; child = nextSibling[child] as number) {
      const below = steps[child] as number
      most = Math.max(most, ++asked + below)
      longest = Math.max(longest, below)
    }
    // A missing value leads to the default child after any of them.
    steps[node] = strategy === 'defaultChild' ? asked + longest : most
  }
  return (steps[0] ?? 0) + 1 + classes
}
