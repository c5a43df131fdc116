import { FlatTree } from '../trees/index.ts'
import type { ForestTree } from './forest-tree.ts'
import { ForestShares } from './forest-shares.ts'
import type { InputColumns } from '../contract/index.ts'
import type { CompiledMining } from '../elements/index.ts'

/** Rows that pass all trees before the next rows: their values and sums stay in the processor's L1 cache. */
const chunk = 128
/** Trees whose leaves are looked up before their shares are summed. */
const group = 16

/**
 * Scores a whole batch with trees whose values, probabilities or votes are summed. The results equal those of the general way, to which rows with
 * missing values, nodes without a score, or ties between classes are left.
 */
export class Forest {
  /** Numbers for each row in `results`; the first are the shares, one for each class, or the value. */
  readonly stride: number
  readonly #trees: readonly FlatTree[]
  readonly #shares: Float64Array
  /** The number of classes; 0 for regression trees. */
  readonly #classes: number
  /** The divisor of the sums; 0: they are not divided. */
  readonly #divisor: number
  readonly #float: boolean
  /** Whether each sum is rounded to float. */
  readonly #rounds: boolean
  /** The slots that the trees test: the columns of a chunk's rows. */
  readonly #slots: readonly number[]
  readonly #rows: Float64Array
  readonly #columns: Float64Array[] = []
  /** For each tree of a group and each row of a chunk, where the share of the leaf begins. */
  readonly #found = new Int32Array(group * chunk)
  #results = new Float64Array(0)
  /** By row: the class with the largest share; -1 if there is none or a tie. */
  #best = new Int32Array(0)
  #length = 0

  constructor(trees: readonly ForestTree[], { classes, float, method }: Pick<CompiledMining, 'classes' | 'float' | 'method'>) {
    const shares = new ForestShares(trees, { classes, float, method })
    const columns = new Map<number, number>()
    this.#trees = trees.map((tree, at) => new FlatTree(tree.list, { columns, height: chunk, given: node => shares.startOf(at, node) }))
    this.#shares = shares.values
    this.stride = shares.stride
    this.#classes = classes
    this.#float = float
    this.#rounds = float && method !== 'majorityVote' && method !== 'weightedMajorityVote'
    const sums = method === 'sum' || method === 'weightedSum'
    this.#divisor = sums ? 0 : trees.reduce((sum, { weight }) => sum + weight, 0)
    this.#slots = [...columns.keys()]
    this.#rows = new Float64Array(chunk * columns.size)
  }

  /** Scores a batch. If it lacks a column, no row has a result here. */
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
    this.#results.fill(0, 0, length * this.stride)
    for (let from = 0; from < length; from += chunk) this.#runChunk(from, Math.min(chunk, length - from))
  }

  /** The row's value; NaN if it has none here. */
  valueOf(row: number): number {
    return row < this.#length ? (this.#results[row * this.stride] as number) : NaN
  }

  /** The row's class; -1 if the row must be scored the general way. */
  classOf(row: number): number {
    return row < this.#length ? (this.#best[row] as number) : -1
  }

  /** The classes' shares, `stride` numbers for each row; valid for rows that have a class. */
  get results(): Float64Array {
    return this.#results
  }

  #grow(rows: number): void {
    this.#results = new Float64Array(rows * this.stride)
    this.#best = new Int32Array(rows)
  }

  #runChunk(from: number, count: number): void {
    this.#read(from, count)
    const trees = this.#trees
    for (let first = 0; first < trees.length; first += group) {
      const size = Math.min(group, trees.length - first)
      for (let i = 0; i < size; i++) (trees[first + i] as FlatTree).walk(this.#rows, count, this.#found, i * chunk)
      if (this.#rounds) this.#addRounded(from, count, size)
      else if (this.#classes === 0) this.#addValues(from, count, size)
      else this.#addShares(from, count, size)
    }
    if (this.#classes > 0) for (let row = from; row < from + count; row++) this.#best[row] = this.#finish(row * this.stride)
    else for (let row = from; row < from + count; row++) this.#results[row] = this.#mean(this.#results[row] as number)
  }

  #read(from: number, count: number): void {
    const rows = this.#rows
    const results = this.#results
    for (let column = 0; column < this.#slots.length; column++) {
      const values = this.#columns[column] as Float64Array
      for (let i = 0; i < count; i++) {
        const value = values[from + i] as number
        rows[column * chunk + i] = value
        if (value !== value) results[(from + i) * this.stride] = NaN
      }
    }
  }

  #addValues(from: number, count: number, trees: number): void {
    const results = this.#results
    const shares = this.#shares
    const found = this.#found
    for (let i = 0; i < count; i++) {
      let sum = results[from + i] as number
      for (let at = i; at < trees * chunk; at += chunk) sum += shares[found[at] as number] as number
      results[from + i] = sum
    }
  }

  /** Four at a time: the stride is a multiple of that. */
  #addShares(from: number, count: number, trees: number): void {
    const results = this.#results
    const shares = this.#shares
    const found = this.#found
    const stride = this.stride
    const end = trees * chunk
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < stride; k += 4) {
        const to = (from + i) * stride + k
        let a = results[to] as number
        let b = results[to + 1] as number
        let c = results[to + 2] as number
        let d = results[to + 3] as number
        for (let at = i; at < end; at += chunk) {
          const start = (found[at] as number) + k
          a += shares[start] as number
          b += shares[start + 1] as number
          c += shares[start + 2] as number
          d += shares[start + 3] as number
        }
        results[to] = a
        results[to + 1] = b
        results[to + 2] = c
        results[to + 3] = d
      }
    }
  }

  #addRounded(from: number, count: number, trees: number): void {
    const results = this.#results
    const shares = this.#shares
    const found = this.#found
    const stride = this.stride
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < stride; k++) {
        let sum = results[(from + i) * stride + k] as number
        for (let at = i; at < trees * chunk; at += chunk) sum = Math.fround(sum + (shares[(found[at] as number) + k] as number))
        results[(from + i) * stride + k] = sum
      }
    }
  }

  #mean(sum: number): number {
    const mean = this.#divisor === 0 ? sum : sum / this.#divisor
    return this.#float ? Math.fround(mean) : mean
  }

  /** Turns the sums that begin at `at` into shares; returns the class with the largest one. */
  #finish(at: number): number {
    const results = this.#results
    let best = -1
    let largest = -Infinity
    for (let i = 0; i < this.#classes; i++) {
      const share = this.#mean(results[at + i] as number)
      results[at + i] = share
      if (share > largest) {
        best = i
        largest = share
      } else if (share === largest) best = -1
      else if (share !== share) return -1
    }
    return best
  }
}
