import { type DecisionList, type CompiledTree, decisionList } from '../trees/index.ts'
import type { CompiledMining } from '../elements/index.ts'

/** A segment that is a tree of simple tests, without a predicate, target or outputs of its own. */
export interface ForestTree {
  readonly tree: CompiledTree
  readonly list: DecisionList
  /** The segment's weight; 1 if the method does not weight its segments. */
  readonly weight: number
  /** For each class of the tree, its index among the classes of the whole model. */
  readonly classes: Int32Array
  /** Whether its value is a float. */
  readonly float: boolean
}

const ofValues: readonly string[] = ['sum', 'average', 'weightedSum', 'weightedAverage']
const ofClasses: readonly string[] = ['average', 'weightedAverage', 'majorityVote', 'weightedMajorityVote']

/** The model's segments as trees, if it only sums up simple trees; otherwise undefined. */
export function forestTrees({ segments, method, classes, asksSegments }: CompiledMining): ForestTree[] | undefined {
  if (asksSegments || !(classes > 0 ? ofClasses : ofValues).includes(method)) return undefined
  const weighted = method.startsWith('weighted')
  const trees: ForestTree[] = []
  for (const { predicate, model, classes: own, weight } of segments) {
    const { part, target, outputs, predictedType } = model
    if (predicate !== undefined || weight <= 0 || target !== undefined || outputs.length > 0 || part.kind !== 'tree') return undefined
    if (classes === 0 && predictedType !== 'double' && predictedType !== 'float') return undefined
    const list = part.strategy === 'weightedConfidence' || part.strategy === 'aggregateNodes' ? undefined : decisionList(part)
    if (list === undefined) return undefined
    trees.push({ tree: part, list, weight: weighted ? weight : 1, classes: own, float: predictedType === 'float' })
  }
  return trees
}
