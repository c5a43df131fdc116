import { type DecisionList, decisionList } from './decision-list.ts'
import { FlatTree } from './flat-tree.ts'
import type { InputColumns } from './input-columns.ts'
import type { CompiledMining } from './mining.ts'
import type { CompiledTree } from './tree.ts'
import { castNumber } from './values.ts'

/** Rows that are taken through all trees before the next ones: their values and sums stay in the processor's first cache. Even. */
const chunk = 128

/** What each leaf adds to a row's sums: `width` numbers from `starts` on; -1: it cannot be told this way. */
interface Shares {
  readonly values: Float64Array
  /** By flat node. */
  readonly starts: Int32Array
}

interface Member extends Shares {
  readonly tree: FlatTree
}

/**
 * Trees whose values, probabilities or votes are added up: all of them asked for every record, nothing between them. It gives what the general
 * way gives, for a whole batch at once, and leaves to that what is not simple: missing values, nodes without a score.
 */
export class Forest {
  readonly #members: readonly Member[]
  /** Sums a row: one a class; of numbers one. */
  readonly #width: number
  readonly #classifies: boolean
  readonly #float: boolean
  /** Whether each sum is rounded to float. */
  readonly #rounds: boolean
  /** The slots that are asked for: the columns of the rows of a chunk. */
  readonly #slots: readonly number[]
  readonly #rows: Float64Array
  readonly #found = new Int32Array(chunk)
  readonly #columns: Float64Array[] = []
  /** Whether means are asked for, not sums. */
  readonly #means: boolean
  readonly #weight: number
  /** NaN first: the row has none. */
  #results = new Float64Array(0)
  /** By row, of classes: the one with the largest share; -1: none or several. */
  #best = new Int32Array(0)
  #length = 0

  constructor(trees: readonly ForestTree[], model: CompiledMining) {
    this.#width = Math.max(1, model.classes)
    this.#classifies = model.classes > 0
    this.#float = model.float
    this.#rounds = model.float && !votes(model)
    this.#means = model.method !== 'sum' && model.method !== 'weightedSum'
    this.#weight = trees.reduce((sum, { weight }) => sum + weight, 0)
    const columns = new Map<number, number>()
    this.#members = trees.map(each => {
      const tree = new FlatTree(each.list, columns, chunk)
      return { tree, ...sharesOf(each, tree, model) }
    })
    this.#slots = [...columns.keys()]
    this.#rows = new Float64Array(chunk * columns.size)
  }

  /** Takes a batch; where it lacks columns, no row of it has a result. */
  run(columns: InputColumns): void {
    this.#length = 0
    for (let i = 0; i < this.#slots.length; i++) {
      const column = columns.column(this.#slots[i] as number)
      if (column === undefined) return
      this.#columns[i] = column
    }
    const { length } = columns
    if (this.#best.length < length) this.#grow(Math.max(length, 2 * this.#best.length))
    this.#length = length
    this.#results.fill(0, 0, length * this.#width)
    for (let from = 0; from < length; from += chunk) this.#runChunk(from, Math.min(chunk, length - from))
  }

  /** The row's value; NaN: it has none. */
  valueOf(row: number): number {
    return row < this.#length ? (this.#results[row] as number) : NaN
  }

  /** The class of the row; -1: it is not to be told this way. */
  classOf(row: number): number {
    return row < this.#length ? (this.#best[row] as number) : -1
  }

  /** The shares of the classes: those of a row with a class begin at its number times theirs. */
  get shares(): Float64Array {
    return this.#results
  }

  #grow(rows: number): void {
    this.#results = new Float64Array(rows * this.#width)
    this.#best = new Int32Array(rows)
  }

  #runChunk(from: number, count: number): void {
    const rows = this.#rows
    for (let column = 0; column < this.#slots.length; column++) {
      const values = this.#columns[column] as Float64Array
      for (let i = 0; i < count; i++) {
        const value = values[from + i] as number
        rows[column * chunk + i] = value
        if (value !== value) this.#results[(from + i) * this.#width] = NaN
      }
    }
    for (const member of this.#members) {
      member.tree.walk(rows, this.#found, count)
      this.#add(member, from, count)
    }
    if (this.#classifies) for (let row = from; row < from + count; row++) this.#best[row] = this.#finishClasses(row * this.#width)
    else if (this.#means) for (let row = from; row < from + count; row++) this.#results[row] = this.#mean(this.#results[row] as number)
  }

  #add({ values, starts }: Member, from: number, count: number): void {
    const results = this.#results
    const width = this.#width
    const rounds = this.#rounds
    const found = this.#found
    let at = from * width
    for (let i = 0; i < count; i++) {
      const start = starts[found[i] as number] as number
      const end = at + width
      if (start < 0) results[at] = NaN
      else if (rounds) for (let k = at; k < end; k++) results[k] = Math.fround((results[k] as number) + (values[start - at + k] as number))
      else for (let k = at; k < end; k++) results[k] = (results[k] as number) + (values[start - at + k] as number)
      at = end
    }
  }

  #mean(sum: number): number {
    const mean = sum / this.#weight
    return this.#float ? Math.fround(mean) : mean
  }

  /** Makes the sums that begin there shares; gives the class that has most. */
  #finishClasses(at: number): number {
    const results = this.#results
    const width = this.#width
    let best = -1
    let largest = -Infinity
    for (let i = 0; i < width; i++) {
      const share = this.#mean(results[at + i] as number)
      results[at + i] = share
      if (share > largest) {
        best = i
        largest = share
      } else if (share === largest || share !== share) best = -1
      if (share !== share) return -1
    }
    return best
  }
}

/** A segment that is a tree of simple questions and nothing else. */
interface ForestTree {
  readonly tree: CompiledTree
  readonly list: DecisionList
  readonly weight: number
  /** The tree's classes as the whole's. */
  readonly classes: Int32Array
  readonly float: boolean
}

/** The model as a forest; undefined when it is more than that. */
export function forestOf(mining: CompiledMining): Forest | undefined {
  const { segments, method } = mining
  if (!['sum', 'average', 'weightedSum', 'weightedAverage', 'majorityVote', 'weightedMajorityVote'].includes(method)) return undefined
  if (mining.classes > 0 ? method === 'sum' || method === 'weightedSum' : votes(mining)) return undefined
  const weighted = method.startsWith('weighted')
  const trees: ForestTree[] = []
  for (const { predicate, model, classes, weight } of segments) {
    const { part, target, outputs, predictedType } = model
    if (predicate !== undefined || weight <= 0 || target !== undefined || outputs.length > 0 || part.kind !== 'tree') return undefined
    if (mining.classes === 0 && predictedType !== 'double' && predictedType !== 'float') return undefined
    const list = part.strategy === 'weightedConfidence' || part.strategy === 'aggregateNodes' ? undefined : decisionList(part)
    if (list === undefined) return undefined
    trees.push({ tree: part, list, weight: weighted ? weight : 1, classes, float: predictedType === 'float' })
  }
  return new Forest(trees, mining)
}

function votes({ method }: CompiledMining): boolean {
  return method === 'majorityVote' || method === 'weightedMajorityVote'
}

/** The tree's own numbers where they can be taken as they are. */
function sharesOf({ tree, weight, classes, float }: ForestTree, { leaves }: FlatTree, model: CompiledMining): Shares {
  const scored = (node: number): boolean => node >= 0 && !Number.isNaN(tree.scores[node] ?? NaN)
  if (model.classes === 0) {
    const round = model.float ? Math.fround : (value: number): number => value
    const values =
      weight === 1 && !float && !model.float
        ? tree.scores
        : tree.scores.map(value => round((float ? castNumber('float', value) : value) * weight))
    return { values, starts: leaves.map(node => (scored(node) ? node : -1)) }
  }
  const width = model.classes
  if (votes(model)) {
    const values = new Float64Array(width * width)
    for (let index = 0; index < width; index++) values[index * (width + 1)] = weight
    return { values, starts: leaves.map(node => (scored(node) ? (classes[tree.scores[node] as number] as number) * width : -1)) }
  }
  const starts = leaves.map(node => (scored(node) ? (tree.distributionAt[node] as number) : -1))
  if (weight === 1 && classes.length === width && classes.every((index, at) => index === at)) return { values: tree.distribution, starts }
  const values = new Float64Array((tree.distribution.length / tree.classes) * width)
  for (let at = 0; at < tree.distribution.length; at++)
    values[Math.floor(at / tree.classes) * width + (classes[at % tree.classes] as number)] = (tree.distribution[at] as number) * weight
  return { values, starts: starts.map(start => (start < 0 ? -1 : (start / tree.classes) * width)) }
}
