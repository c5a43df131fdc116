import { type Rule, type RuleTable, type Dim, type Tensor, Op, broadcast, knownOf } from '../graph/index.ts'
import { folded, result } from './arithmetic.ts'

function compare(operator: string, fold: (a: number, b: number) => boolean): Rule {
  return op => {
    const [a, b] = [op.input(0), op.input(1)]
    const shape = broadcast(a.shape, b.shape)
    const known = folded(a, b, { shape, fold: (x, y) => Number(fold(x, y)) })
    return result(op, known, { type: 'bool', shape }, () => op.graph.add(operator, [a, b], { type: 'bool', shape, known }))
  }
}

const equal: Rule = compare('Equal', (a, b) => a === b)

/** A logical operator. `decisive`: the value of one operand that is the result whatever the other operand is; undefined: there is none. */
function logical(operator: string, decisive?: 0 | 1): Rule {
  return op => {
    const [a, b] = [op.input(0), op.input(1)]
    const shape = broadcast(a.shape, b.shape)
    const emit = (): Tensor => op.graph.add(operator, [a, b], { type: 'bool', shape })
    if (decisive === undefined) return emit()
    const values = shape?.length === 0 ? [knownOf(a)?.[0], knownOf(b)?.[0]] : []
    if (values.includes(decisive)) return op.graph.scalar('bool', decisive)
    return values.length > 0 && values.every(value => typeof value === 'number') ? op.graph.scalar('bool', 1 - decisive) : emit()
  }
}

const not: Rule = op => {
  const x = op.input(0)
  const known = knownOf(x)?.map(value => (typeof value === 'number' ? 1 - value : undefined))
  return result(op, known, { type: 'bool', shape: x.shape }, () => op.graph.add('Not', [x], { type: 'bool', shape: x.shape, known }))
}

/** Select with a condition and branches that broadcast. */
const selectV2: Rule = op => {
  const [condition, a, b] = [op.input(0), op.input(1), op.input(2)]
  const known = knownOf(condition)
  const shape = broadcast(condition.shape, broadcast(a.shape, b.shape))
  if (condition.shape?.length === 0 && typeof known?.[0] === 'number' && a.shape !== undefined && b.shape !== undefined) {
    const taken = known[0] === 0 ? b : a
    if (taken.shape?.length === shape?.length && taken.shape?.every((dim, at) => dim === shape?.[at]) === true) return taken
  }
  return op.graph.add('Where', [condition, a, b], { type: a.type, shape })
}

/** Select with a condition of one dimension chooses whole rows: the condition does not broadcast from the right. */
const select: Rule = op => {
  const [condition, a, b] = [op.input(0), op.input(1), op.input(2)]
  if (condition.shape?.length !== 1 || op.rank(1) < 2) return selectV2(op)
  const axes = Array.from({ length: op.rank(1) - 1 }, (_, at) => at + 1)
  const shape: Dim[] = [condition.shape[0], ...axes.map(() => 1)]
  const rows = op.graph.add('Unsqueeze', [condition, op.graph.ints(axes)], { type: 'bool', shape })
  return op.graph.add('Where', [rows, a, b], { type: a.type, shape: a.shape })
}

/** Comparisons, logical operators and selection. */
export const choiceRules: RuleTable = {
  Equal: equal,
  NotEqual: op => not(new Op(op.node, [equal(op) as Tensor], op.around)),
  Less: compare('Less', (a, b) => a < b),
  LessEqual: compare('LessOrEqual', (a, b) => a <= b),
  Greater: compare('Greater', (a, b) => a > b),
  GreaterEqual: compare('GreaterOrEqual', (a, b) => a >= b),
  LogicalAnd: logical('And', 0),
  LogicalXor: logical('Xor'),
  LogicalOr: logical('Or', 1),
  LogicalNot: not,
  Select: select,
  SelectV2: selectV2,
}
