import type { CompiledPmml } from './compile-pmml.ts'
import { type DecisionList, type CompiledTree, decisionList } from './trees/index.ts'
import type { InputColumns } from './contract/index.ts'
import type { PmmlScores } from './pmml-scores.ts'
import type { QuickBatch } from './quick-batch.ts'

/**
 * Scores a tree whose only outputs are the class and the probabilities: reads the batch's columns and writes the results directly. A row with a
 * missing value, or one that ends in a node without a score, is left to the general way.
 */
export class TreeBatch implements QuickBatch {
  readonly #tree: CompiledTree
  readonly #list: DecisionList
  readonly #scores: PmmlScores
  /** The slots that the tree tests. */
  readonly #slots: readonly number[]
  /** For each number column of the result, the class whose probability it holds. */
  readonly #classes: Int32Array
  /** The batch's columns, by slot. */
  readonly #columns: Float64Array[] = []
  #batch: InputColumns | undefined

  private constructor(tree: CompiledTree, list: DecisionList, parts: { readonly scores: PmmlScores; readonly classes: Int32Array }) {
    this.#tree = tree
    this.#list = list
    this.#slots = slotsOf(list)
    this.#scores = parts.scores
    this.#classes = parts.classes
  }

  /** undefined if the model does anything else. */
  static of({ model, slots }: CompiledPmml, scores: PmmlScores): TreeBatch | undefined {
    const { part, target, outputs, classifies } = model
    if (part.kind !== 'tree' || !classifies || target !== undefined || slots.some(slot => slot !== undefined)) return undefined
    if (part.strategy === 'weightedConfidence' || part.strategy === 'aggregateNodes') return undefined
    const list = decisionList(part)
    const classes = scores.classesOfColumns(outputs)
    return list === undefined || classes === undefined ? undefined : new TreeBatch(part, list, { scores, classes })
  }

  open(columns: InputColumns): boolean {
    if (!columns.complete) return false
    this.#batch = columns
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i] as number
      this.#columns[slot] = columns.column(slot) as Float64Array
    }
    return true
  }

  score(at: number): boolean {
    const { start, jumps, values } = this.#list
    const columns = this.#columns
    if (!this.#batch!.isValid(at)) return false
    let node = start
    while (node >= 0) {
      const jump = 4 * node
      const value = (columns[jumps[jump] as number] as Float64Array)[at] as number
      if (value !== value) return false
      node = jumps[value <= (values[node] as number) ? jump + 1 : jump + 2] as number
    }
    const { scores, distributionAt, distribution } = this.#tree
    const index = scores[~node] ?? NaN
    const from = distributionAt[~node] ?? -1
    if (index !== index || from < 0) return false
    this.#scores.setShares(at, index, { classes: this.#classes, shares: distribution, from })
    return true
  }
}

function slotsOf({ jumps, values }: DecisionList): number[] {
  const slots = new Set<number>()
  for (let node = 0; node < values.length; node++) if (jumps[4 * node + 1] !== jumps[4 * node + 2]) slots.add(jumps[4 * node] as number)
  return [...slots]
}
