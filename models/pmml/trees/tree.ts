import { type PmmlElement, parseNumber } from '../document/index.ts'
import type { ModelContext } from '../contract/index.ts'
import { type Predicate, compilePredicate, predicateNames, test } from '../expressions/index.ts'

export type MissingValueStrategy = 'none' | 'lastPrediction' | 'nullPrediction' | 'defaultChild' | 'weightedConfidence' | 'aggregateNodes'

/** A tree as flat arrays, by node in the document's order: plain data. */
export interface CompiledTree {
  readonly kind: 'tree'
  readonly classes: number
  readonly strategy: MissingValueStrategy
  readonly returnsLast: boolean
  readonly missingPenalty: number
  /** The node's own predicate, as `test` numbers it. */
  readonly tests: Uint8Array
  readonly slots: Int32Array
  /** The value to compare with; if the test is `other`, the index of the predicate. */
  readonly values: Float64Array
  readonly predicates: readonly Predicate[]
  /** -1: none. */
  readonly firstChild: Int32Array
  readonly nextSibling: Int32Array
  readonly defaultChild: Int32Array
  /** A regression's value, a classification's class index; NaN: none. */
  readonly scores: Float64Array
  readonly recordCounts: Float64Array
  /** Where the node's share of each class begins in `distribution`; -1: it has none. */
  readonly distributionAt: Int32Array
  readonly distribution: Float64Array
  /** As the distribution; NaN where the document does not say it. */
  readonly confidences: Float64Array | undefined
  /** The orders in which nodes list their classes, and which of them is a node's: of equal classes of several trees the first one wins. */
  readonly orders: readonly Int32Array[]
  readonly orderAt: Int32Array
  readonly ids: readonly (string | undefined)[]
}

const contraries = [
  [test.equal, test.notEqual],
  [test.lessThan, test.greaterOrEqual],
  [test.lessOrEqual, test.greaterThan],
] as const

/** The data of all nodes, in the document's order. */
interface Nodes {
  readonly elements: PmmlElement[]
  readonly predicates: Predicate[]
  readonly firstChild: number[]
  readonly nextSibling: number[]
}

export function compileTree(context: ModelContext): CompiledTree {
  const { element } = context
  context.allow('regression', 'classification')
  const nodes: Nodes = { elements: [], predicates: [], firstChild: [], nextSibling: [] }
  gather(element.needChild('Node'), context, nodes)
  const strategy = element.oneOf('missingValueStrategy', [
    'none',
    'lastPrediction',
    'nullPrediction',
    'defaultChild',
    'weightedConfidence',
    'aggregateNodes',
  ])
  const scores = Float64Array.from(nodes.elements, node => scoreOf(node, context))
  return {
    kind: 'tree',
    strategy,
    returnsLast: element.oneOf('noTrueChildStrategy', ['returnNullPrediction', 'returnLastPrediction']) === 'returnLastPrediction',
    missingPenalty: element.number('missingValuePenalty', 1),
    ...testsOf(nodes),
    firstChild: Int32Array.from(nodes.firstChild),
    nextSibling: Int32Array.from(nodes.nextSibling),
    defaultChild: defaultChildren(nodes),
    recordCounts: Float64Array.from(nodes.elements, node => node.number('recordCount', 0)),
    ...distributions(nodes, context, scores),
    scores,
    classes: context.classifies ? context.classes.values.length : 0,
    ids: nodes.elements.every(node => node.get('id') === undefined) ? [] : nodes.elements.map(node => node.get('id')),
  }
}

/** In the document's order, without recursion: a tree may be deeper than the stack. */
function gather(root: PmmlElement, context: ModelContext, nodes: Nodes): void {
  const open: { readonly node: PmmlElement; readonly parent: number }[] = [{ node: root, parent: -1 }]
  /** The child that a node's next one comes after. */
  const lastChild: number[] = []
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next
    const index = add(node, context, nodes)
    const before = parent < 0 ? undefined : lastChild[parent]
    if (before !== undefined) nodes.nextSibling[before] = index
    else if (parent >= 0) nodes.firstChild[parent] = index
    if (parent >= 0) lastChild[parent] = index
    const { children } = node
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at] as PmmlElement
      if (child.name === 'Node') open.push({ node: child, parent: index })
    }
  }
}

function add(node: PmmlElement, context: ModelContext, nodes: Nodes): number {
  const index = nodes.elements.push(node) - 1
  const predicate = node.child(...predicateNames)
  // A tree's first versions had no predicate in the root.
  nodes.predicates.push(
    predicate === undefined && index === 0
      ? { op: 'simple', test: test.always, slot: 0, value: 0 }
      : compilePredicate(predicate ?? node.needChild(...predicateNames), context.scope),
  )
  if (node.child('Regression', 'DecisionTree') !== undefined) node.fail('contains a model of its own, which is not supported')
  nodes.firstChild.push(-1)
  nodes.nextSibling.push(-1)
  return index
}

function scoreOf(node: PmmlElement, context: ModelContext): number {
  const text = node.get('score')
  if (text === undefined) return NaN
  if (context.classifies) return context.classOf(text, node)
  const value = parseNumber(text)
  if (Number.isNaN(value)) node.fail(`has score="${text.slice(0, 80)}", which is not a number`)
  return context.float ? Math.fround(value) : value
}

function testsOf({ predicates: all, firstChild, nextSibling }: Nodes): Pick<CompiledTree, 'tests' | 'slots' | 'values' | 'predicates'> {
  const predicates: Predicate[] = []
  const tests = new Uint8Array(all.length)
  const slots = new Int32Array(all.length)
  const values = new Float64Array(all.length)
  for (const [at, predicate] of all.entries()) {
    const simple = predicate.op === 'simple'
    tests[at] = simple ? predicate.test : test.other
    slots[at] = simple ? predicate.slot : 0
    values[at] = simple ? predicate.value : predicates.push(predicate) - 1
  }
  for (const first of firstChild) {
    const second = first < 0 ? -1 : (nextSibling[first] as number)
    if (second >= 0 && slots[first] === slots[second] && values[first] === values[second] && isContrary(tests[first], tests[second]))
      tests[second] = test.otherwise
  }
  return { tests, slots, values, predicates }
}

function isContrary(a: number | undefined, b: number | undefined): boolean {
  return contraries.some(([one, other]) => (a === one && b === other) || (a === other && b === one))
}

function defaultChildren({ elements, firstChild, nextSibling }: Nodes): Int32Array {
  return Int32Array.from(elements, (node, index) => {
    const id = node.get('defaultChild')
    if (id === undefined) return -1
    for (let child = firstChild[index] ?? -1; child >= 0; child = nextSibling[child] ?? -1)
      if (elements[child]?.get('id') === id) return child
    return node.fail(`has defaultChild="${id.slice(0, 80)}", which is not one of its nodes`)
  })
}

/** The classes' shares of each node that has any; a node without a score predicts the class with the largest. */
function distributions(
  { elements }: Nodes,
  context: ModelContext,
  scores: Float64Array,
): Pick<CompiledTree, 'distributionAt' | 'distribution' | 'confidences' | 'orders' | 'orderAt'> {
  const distributionAt = new Int32Array(elements.length).fill(-1)
  const orderAt = new Int32Array(distributionAt)
  if (!context.classifies) return { distributionAt, distribution: new Float64Array(0), confidences: undefined, orders: [], orderAt }
  const parts = elements.map(node => node.all('ScoreDistribution'))
  // Classes first: they decide how wide a node's share is.
  const indices = parts.map(shares => shares.map(share => context.classOf(share.need('value'), share)))
  const width = context.classes.values.length
  const distribution = new Float64Array(parts.filter(shares => shares.length > 0).length * width)
  const confident = parts.some(shares => shares.some(share => share.get('confidence') !== undefined))
  const confidences = confident ? new Float64Array(distribution.length).fill(NaN) : undefined
  let at = 0
  for (const [node, shares] of parts.entries()) {
    if (shares.length === 0) continue
    const byProbability = shares.every(share => share.get('probability') !== undefined)
    const weights = shares.map(share => share.number(byProbability ? 'probability' : 'recordCount', 0))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    let largest = -1
    for (const [i, weight] of weights.entries()) {
      const index = indices[node]?.[i] as number
      distribution[at + index] = total > 0 ? weight / total : 0
      if (confidences !== undefined) confidences[at + index] = shares[i]?.number('confidence', NaN) ?? NaN
      if (largest < 0 || weight > (weights[largest] as number)) largest = i
    }
    if (Number.isNaN(scores[node])) scores[node] = indices[node]?.[largest] as number
    distributionAt[node] = at
    at += width
  }
  return { distributionAt, distribution, confidences, ...ordersOf(indices, orderAt) }
}

function ordersOf(indices: readonly number[][], orderAt: Int32Array): Pick<CompiledTree, 'orders' | 'orderAt'> {
  const orders: Int32Array[] = []
  const known = new Map<string, number>()
  for (const [node, order] of indices.entries()) {
    if (order.length === 0) continue
    const key = order.join()
    const at = known.get(key) ?? orders.push(Int32Array.from(order)) - 1
    known.set(key, at)
    orderAt[node] = at
  }
  return { orders, orderAt }
}
