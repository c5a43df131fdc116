import type { DecisionList } from './decision-list.ts'

export interface FlatTreeOptions {
  /** The column that the rows have a slot's value in; slots without one get the next. */
  readonly columns: Map<number, number>
  /** How far the columns lie apart in the array that is walked. */
  readonly height: number
  /** What a leaf gives, by the node of the tree that it stands for. */
  readonly given: (node: number) => number
}

/**
 * A tree of tests in flat arrays, for walking with many rows at a time. The next node is computed without a branch: the way of a row cannot be
 * predicted, and a misprediction of the processor costs more than a test. A leaf leads to itself.
 */
export class FlatTree {
  readonly #depth: number
  /** Where no leads; yes leads to the node behind it. */
  readonly #next: Int32Array
  readonly #columns: Int32Array
  /** Yes is: at most this. A leaf's is NaN. */
  readonly #limits: Float64Array
  /** By node: what a leaf gives. */
  readonly #given: Int32Array

  constructor({ start, jumps, values }: DecisionList, { columns, height, given }: FlatTreeOptions) {
    const columnOf = (slot: number): number => {
      const column = columns.get(slot) ?? columns.size
      columns.set(slot, column)
      return column * height
    }
    const nodes: { question: number; next: number; depth: number }[] = []
    const add = (question: number, depth: number): void => void nodes.push({ question, next: nodes.length, depth })
    add(start, 0)
    for (const node of nodes) {
      if (node.question < 0) continue
      node.next = nodes.length
      add(jumps[4 * node.question + 2] as number, node.depth + 1)
      add(jumps[4 * node.question + 1] as number, node.depth + 1)
    }
    this.#depth = nodes.at(-1)?.depth ?? 0
    this.#next = Int32Array.from(nodes, ({ next }) => next)
    this.#columns = Int32Array.from(nodes, ({ question }) => (question < 0 ? 0 : columnOf(jumps[4 * question] as number)))
    this.#limits = Float64Array.from(nodes, ({ question }) => (question < 0 ? NaN : (values[question] as number)))
    this.#given = Int32Array.from(nodes, ({ question }) => (question < 0 ? given(~question) : -1))
  }

  /** What the leaf gives that each row ends in, into `found` from `to` on; of a row that lacks a value any. `rows`: their values, column by column. */
  walk(rows: Float64Array, count: number, found: Int32Array, to: number): void {
    const next = this.#next
    const columns = this.#columns
    const limits = this.#limits
    const given = this.#given
    const depth = this.#depth
    let i = 0
    // Several rows at a time: while one waits for memory, the others go on.
    for (; i + 3 < count; i += 4) {
      let [a, b, c, d] = [0, 0, 0, 0]
      for (let step = 0; step < depth; step++) {
        a = ((next[a] as number) + Number((rows[i + (columns[a] as number)] as number) <= (limits[a] as number))) | 0
        b = ((next[b] as number) + Number((rows[i + 1 + (columns[b] as number)] as number) <= (limits[b] as number))) | 0
        c = ((next[c] as number) + Number((rows[i + 2 + (columns[c] as number)] as number) <= (limits[c] as number))) | 0
        d = ((next[d] as number) + Number((rows[i + 3 + (columns[d] as number)] as number) <= (limits[d] as number))) | 0
      }
      found[to + i] = given[a] as number
      found[to + i + 1] = given[b] as number
      found[to + i + 2] = given[c] as number
      found[to + i + 3] = given[d] as number
    }
    for (; i < count; i++) {
      let at = 0
      for (let yes = next[0] as number; yes !== at; yes = next[at] as number)
        at = (rows[i + (columns[at] as number)] as number) <= (limits[at] as number) ? yes + 1 : yes
      found[to + i] = given[at] as number
    }
  }
}
