import { type DecisionList, decisionList, findLeaf, missing } from './decision-list.ts'
import type { CompiledMining } from './mining.ts'
import type { CompiledTree } from './tree.ts'

interface Member {
  readonly list: DecisionList
  readonly tree: CompiledTree
}

/**
 * Trees whose values are added up, or whose probabilities are: all of them asked for every record, nothing between them. It gives what the
 * general way gives, in a fraction of the time, and leaves to that what is not simple: missing values, ties, nodes without a score.
 */
export class Forest {
  readonly #members: readonly Member[]
  readonly #float: boolean

  constructor(members: readonly Member[], float: boolean) {
    this.#members = members
    this.#float = float
  }

  get size(): number {
    return this.#members.length
  }

  /** The values' sum; NaN: not to be told this way. */
  sum(fields: Float64Array): number {
    let sum = 0
    for (const { list, tree } of this.#members) {
      const node = findLeaf(list, fields)
      if (node === missing) return NaN
      const next = sum + (tree.scores[node] ?? NaN)
      sum = this.#float ? Math.fround(next) : next
    }
    return sum
  }

  /** Adds up the classes' probabilities; false: not to be told this way. */
  addShares(fields: Float64Array, sums: Float64Array): boolean {
    sums.fill(0)
    for (const { list, tree } of this.#members) {
      const node = findLeaf(list, fields)
      if (node === missing || tree.scores[node] !== tree.scores[node]) return false
      const at = tree.distributionAt[node] ?? -1
      if (at < 0) return false
      const { distribution, classes } = tree
      for (let i = 0; i < classes; i++) sums[i] = (sums[i] as number) + (distribution[at + i] as number)
    }
    return true
  }
}

/** The model as a forest; undefined when it is more than that. */
export function forestOf({ segments, method, classes, float }: CompiledMining): Forest | undefined {
  if (method !== 'average' && (method !== 'sum' || classes > 0)) return undefined
  if (float && classes > 0) return undefined
  const members: Member[] = []
  for (const { predicate, model, classes: own } of segments) {
    const { part, target, outputs } = model
    if (predicate !== undefined || target !== undefined || outputs.length > 0 || part.kind !== 'tree') return undefined
    if (!own.every((index, at) => index === at) || (classes === 0 && model.predictedType !== 'double')) return undefined
    const list = part.strategy === 'weightedConfidence' || part.strategy === 'aggregateNodes' ? undefined : decisionList(part)
    if (list === undefined) return undefined
    members.push({ list, tree: part })
  }
  return new Forest(members, float)
}
