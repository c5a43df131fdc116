import { test } from '../expressions/index.ts'
import type { CompiledTree } from './tree.ts'

/**
 * A tree in which every test is whether a number is at most a value, as jumps from test to test: a walk takes one step for each test
 * on its way. A test has its node's number; a leaf has the complement of its node's number.
 */
export interface DecisionList {
  readonly start: number
  /** Four a question: the slot that is asked, where yes leads, where no leads, and nothing: together, they are read together. */
  readonly jumps: Int32Array
  readonly values: Float64Array
}

/** The result of `findLeaf` when a value that it needs is missing, or has not been computed yet. */
export const missing = -1

/** The tree in that form; undefined: it has other tests. A leaf whose number is the number of nodes means that there is no prediction. */
export function decisionList(tree: CompiledTree): DecisionList | undefined {
  const { tests, slots, firstChild, nextSibling, returnsLast } = tree
  const count = tests.length
  if (tests[0] !== test.always) return undefined
  const values = new Float64Array(count)
  const jumps = new Int32Array(4 * count)
  const isGiven = (child: number): boolean => tests[child] === test.otherwise || tests[child] === test.always
  // The first child is never the contrary of one before it, so this goes down only where a node holds for any record.
  const enter = (child: number): number => (isGiven(child) ? below(child) : child)
  const below = (node: number): number => {
    let at = node
    while ((firstChild[at] as number) >= 0 && isGiven(firstChild[at] as number)) at = firstChild[at] as number
    return (firstChild[at] as number) < 0 ? ~at : (firstChild[at] as number)
  }
  for (let node = 0; node < count; node++) {
    const otherwise = returnsLast ? ~node : ~count
    for (let child = firstChild[node] as number; child >= 0; child = nextSibling[child] as number) {
      if (isGiven(child)) continue
      const kind = tests[child] as number
      if (kind < test.lessThan || kind > test.greaterOrEqual) return undefined
      const next = nextSibling[child] as number
      const [held, failed] = [below(child), next < 0 ? otherwise : enter(next)]
      const turned = kind === test.greaterThan || kind === test.greaterOrEqual
      jumps.set([slots[child] as number, turned ? failed : held, turned ? held : failed], 4 * child)
      const value = tree.values[child] as number
      values[child] = kind === test.lessThan || kind === test.greaterOrEqual ? nextBelow(value) : value
    }
  }
  return { start: below(0), jumps, values }
}

/** The node to which the fields lead; the number of nodes: there is no prediction; or `missing`. */
export function findLeaf({ start, jumps, values }: DecisionList, fields: Float64Array): number {
  let at = start
  while (at >= 0) {
    const jump = 4 * at
    const value = fields[jumps[jump] as number] as number
    if (value !== value) return missing
    at = jumps[value <= (values[at] as number) ? jump + 1 : jump + 2] as number
  }
  return ~at
}

const number = new Float64Array(1)
const bits = new BigInt64Array(number.buffer)

/** The largest number below: a < b is a ≤ that. */
function nextBelow(value: number): number {
  if (value === -Infinity) return NaN
  if (value === 0) return -Number.MIN_VALUE
  number[0] = value
  bits[0] = (bits[0] as bigint) + (value > 0 ? -1n : 1n)
  return number[0]
}
