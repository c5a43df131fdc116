import type { ForestTree } from './forest-tree.ts'
import type { CompiledMining } from '../elements/index.ts'

/**
 * What each leaf adds to a row's sums: `stride` numbers, of which the first are one for each class, or the value. The share at 0 is NaN, for
 * leaves without a score.
 */
export class ForestShares {
  readonly values: Float64Array
  readonly stride: number
  /** By tree and node: where the node's share begins in `values`. */
  readonly #starts: readonly (readonly number[])[]

  constructor(trees: readonly ForestTree[], model: Pick<CompiledMining, 'classes' | 'float' | 'method'>) {
    const { classes } = model
    this.stride = classes === 0 ? 1 : 4 * Math.ceil(classes / 4)
    let next = this.stride
    this.#starts = trees.map(({ tree: { scores, firstChild, distributionAt, returnsLast } }) => {
      const votes = isVote(model)
      return Array.from(scores, (score, node) => {
        const leaf = (firstChild[node] as number) < 0 || returnsLast
        if (!leaf || Number.isNaN(score) || (classes > 0 && !votes && (distributionAt[node] as number) < 0)) return 0
        next += this.stride
        return next - this.stride
      })
    })
    this.values = new Float64Array(next).fill(NaN, 0, this.stride)
    for (const [at, tree] of trees.entries())
      for (const [node, start] of (this.#starts[at] as readonly number[]).entries()) if (start > 0) this.#fill(start, tree, { node, model })
  }

  /** Where the node's share begins; 0, the share of NaN, for a node that does not exist. */
  startOf(tree: number, node: number): number {
    return this.#starts[tree]?.[node] ?? 0
  }

  #fill(
    start: number,
    { tree, weight, classes, float }: ForestTree,
    { node, model }: { node: number; model: Pick<CompiledMining, 'classes' | 'float' | 'method'> },
  ): void {
    const { values } = this
    const score = tree.scores[node] as number
    if (model.classes === 0) {
      const value = (float ? Math.fround(score) : score) * weight
      values[start] = model.float ? Math.fround(value) : value
    } else if (isVote(model)) values[start + (classes[score] as number)] = weight
    else {
      const from = tree.distributionAt[node] as number
      for (let i = 0; i < tree.classes; i++) values[start + (classes[i] as number)] = (tree.distribution[from + i] as number) * weight
    }
  }
}

function isVote({ method }: Pick<CompiledMining, 'method'>): boolean {
  return method === 'majorityVote' || method === 'weightedMajorityVote'
}
