import { type Details, Evaluator, indexOfLargest } from '../contract/index.ts'
import { type Predicate, type Row, compareNumbers, compareValue, evaluatePredicate, test, verdict, giveUp } from '../expressions/index.ts'
import { type DecisionList, decisionList, findLeaf, missing } from './decision-list.ts'
import type { CompiledTree } from './tree.ts'

/** A node in which a row may end, or through which it may pass, and its weight. */
interface Reached {
  readonly node: number
  readonly weight: number
}

/** Walks a tree of flat arrays without allocations. */
export class TreeEvaluator extends Evaluator {
  readonly #tree: CompiledTree
  /** Whether a missing value makes several leaves count. */
  readonly #combines: boolean
  /** The node that made the last prediction. */
  #node = 0
  /** Whether the probabilities have been computed from the node's distribution. */
  #shared = true
  readonly #list: DecisionList | undefined
  /** How often a default child was taken on the way to it, or a surrogate decided. */
  #substitutes = 0

  constructor(tree: CompiledTree) {
    super(tree.classes, {
      entity: rank => (rank === 1 ? this.#entity() : undefined),
      confidence: index => this.#confidence(index),
    } satisfies Details)
    this.#tree = tree
    this.#list = decisionList(tree)
    this.#combines = tree.strategy === 'weightedConfidence' || tree.strategy === 'aggregateNodes'
  }

  run(row: Row): boolean {
    this.#substitutes = 0
    if (this.#combines) return this.#combine(row)
    let node = this.#list === undefined ? missing : findLeaf(this.#list, row.values)
    if (node === missing) node = this.#walk(row)
    const score = this.#tree.scores[node] ?? NaN
    if (score !== score) return false
    this.#node = node
    this.value = score
    this.#shared = false
    return true
  }

  override get probabilities(): Float64Array {
    if (!this.#shared) this.#share(this.#node)
    return super.probabilities
  }

  override addProbabilities(sums: Float64Array): void {
    const { distributionAt, distribution, classes } = this.#tree
    const at = distributionAt[this.#node] as number
    if (this.#shared || at < 0) super.addProbabilities(sums)
    else for (let i = 0; i < classes; i++) sums[i] = (sums[i] as number) + (distribution[at + i] as number)
  }

  override get order(): Int32Array | undefined {
    return this.#tree.orders[this.#tree.orderAt[this.#node] as number]
  }

  /** The node in which the row ends; -1: none. */
  #walk(row: Row): number {
    const { tests, slots, values, firstChild, nextSibling, strategy } = this.#tree
    const fields = row.values
    // No strategy helps where nothing is known of the root.
    if (this.#test(0, row) !== verdict.yes) return -1
    let node = 0
    let child = firstChild[0] as number
    while (child >= 0) {
      const kind = tests[child] as number
      const value = fields[slots[child] as number] as number
      let found: number
      if (kind < test.isMissing && value === value) found = compareNumbers(kind, value, values[child] as number)
      else found = kind === test.otherwise && value === value ? verdict.yes : this.#test(child, row)
      if (found === verdict.yes) {
        node = child
      } else if (found === verdict.unknown && strategy !== 'none') {
        if (strategy === 'nullPrediction') return -1
        if (strategy === 'lastPrediction') return node
        node = this.#defaultChild(node)
      } else {
        child = nextSibling[child] as number
        if (child < 0) return this.#tree.returnsLast ? node : -1
        continue
      }
      child = firstChild[node] as number
    }
    return node
  }

  #defaultChild(node: number): number {
    const child = this.#tree.defaultChild[node] as number
    this.#substitutes++
    return child < 0 ? giveUp() : child
  }

  /** The node's own predicate: yes, no or unknown. */
  #test(node: number, row: Row): number {
    const { tests, slots, values, predicates } = this.#tree
    const kind = tests[node] as number
    if (kind === test.always) return verdict.yes
    if (kind === test.never) return verdict.no
    if (kind === test.other) {
      const predicate = predicates[values[node] as number] as Predicate
      return predicate.op === 'surrogate' ? this.#firstKnown(predicate.parts, row) : evaluatePredicate(predicate, row)
    }
    const value = row.read(slots[node] as number)
    if (kind === test.otherwise) return Number.isNaN(value) ? verdict.unknown : verdict.yes
    return compareValue(kind, value, values[node] as number)
  }

  #firstKnown(parts: readonly Predicate[], row: Row): number {
    for (let at = 0; at < parts.length; at++) {
      const found = evaluatePredicate(parts[at] as Predicate, row)
      if (found === verdict.unknown) continue
      if (at > 0) this.#substitutes++
      return found
    }
    return verdict.unknown
  }

  #share(node: number): void {
    const { distributionAt, distribution } = this.#tree
    this.#shared = true
    const { probabilities } = this
    const at = distributionAt[node] as number
    if (at < 0) probabilities.fill(NaN)
    else for (let i = 0; i < probabilities.length; i++) probabilities[i] = distribution[at + i] as number
  }

  #entity(): string {
    return this.#tree.ids[this.#node] ?? String(this.#node + 1)
  }

  /** 0 where the document says none. */
  #confidence(index: number): number {
    const { distributionAt, confidences, missingPenalty } = this.#tree
    const at = distributionAt[this.#node] as number
    const given = at < 0 || confidences === undefined ? 0 : (confidences[at + index] as number)
    return (given || 0) * missingPenalty ** this.#substitutes
  }

  /** Every leaf that may be meant counts, by its records. */
  #combine(row: Row): boolean {
    const { scores } = this.#tree
    if (this.#test(0, row) !== verdict.yes) return false
    const leaves = this.#reach(row)
    if (leaves.length === 0) return false
    this.#node = leaves[0]?.node ?? 0
    this.#shared = true
    const { probabilities } = this
    probabilities.fill(0)
    let total = 0
    let sum = 0
    for (const { node, weight } of leaves) {
      total += weight
      if (probabilities.length === 0) sum += weight * (scores[node] as number)
      else this.#addShare(node, weight)
    }
    if (probabilities.length > 0) for (let i = 0; i < probabilities.length; i++) probabilities[i] = (probabilities[i] as number) / total
    // With no doubt on the way the leaf's own score counts, as it does in any tree.
    const certain = leaves.length === 1 ? (scores[this.#node] as number) : NaN
    this.value = !Number.isNaN(certain) ? certain : probabilities.length === 0 ? sum / total : indexOfLargest(probabilities)
    return probabilities.length === 0 ? !Number.isNaN(this.value) : this.value >= 0
  }

  #addShare(node: number, weight: number): void {
    const { distributionAt, distribution } = this.#tree
    const { probabilities } = this
    const at = distributionAt[node] as number
    for (let i = 0; i < probabilities.length; i++) {
      const share = at < 0 ? (this.#tree.scores[node] === i ? 1 : 0) : (distribution[at + i] as number)
      probabilities[i] = (probabilities[i] as number) + weight * share
    }
  }

  /** The leaves that the row may end in, in the document's order. A weight is the share of the records (aggregateNodes: their count) of the nodes in doubt. */
  #reach(row: Row): Reached[] {
    const { firstChild, recordCounts, strategy, returnsLast } = this.#tree
    const leaves: Reached[] = []
    const open: Reached[] = [{ node: 0, weight: 1 }]
    for (let from = open.pop(); from !== undefined; from = open.pop()) {
      const children = this.#possible(from.node, row)
      if (children.length === 0) {
        const leaf = firstChild[from.node] === -1
        const weight = strategy === 'aggregateNodes' ? (recordCounts[from.node] as number) : from.weight
        if (leaf || returnsLast) leaves.push({ node: from.node, weight })
        continue
      }
      const total = children.reduce((sum, child) => sum + (recordCounts[child] as number), 0)
      for (const node of children.reverse()) {
        const share = children.length === 1 || total === 0 ? 1 / children.length : (recordCounts[node] as number) / total
        open.push({ node, weight: from.weight * share })
      }
    }
    return leaves
  }

  /** The children to which the row may go on. */
  #possible(parent: number, row: Row): number[] {
    const { firstChild, nextSibling } = this.#tree
    const children: number[] = []
    let doubtful = false
    for (let child = firstChild[parent] as number; child >= 0; child = nextSibling[child] as number) {
      const found = this.#test(child, row)
      if (found === verdict.no) continue
      if (found === verdict.unknown) doubtful = true
      children.push(child)
      if (found === verdict.yes && !doubtful) break
    }
    return children
  }
}
