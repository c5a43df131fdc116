import { type Op, type Rule, type RuleTable, type Shape, type Tensor, knownOf, mostKnown, sizeOf } from '../graph/index.ts'
import { allNumbers } from './shape.ts'

const fill: Rule = op => {
  const value = op.input(1)
  const dims = op.partial(0)
  const length = op.input(0).shape?.[0]
  const shape = dims ?? (typeof length === 'number' ? Array.from({ length }, () => undefined) : undefined)
  return expand(op, value, { sizes: op.input(0), shape })
}

function expand(op: Op, value: Tensor, { sizes, shape }: { sizes: Tensor; shape: Shape }): Tensor {
  const numbers = knownOf(value)
  const count = sizeOf(shape)
  if (numbers?.length === 1 && count !== undefined && count <= mostKnown && allNumbers(numbers))
    return op.graph.numbers(
      value.type,
      shape as number[],
      Array.from({ length: count }, () => numbers[0] as number),
    )
  return op.graph.add('Expand', [value, op.graph.int64(sizes)], { type: value.type, shape })
}

const broadcastTo: Rule = op => {
  const dims = op.partial(1)
  const length = op.input(1).shape?.[0]
  const shape = dims ?? (typeof length === 'number' ? Array.from({ length }, () => undefined) : undefined)
  return expand(op, op.input(0), { sizes: op.input(1), shape })
}

function like(value: number): Rule {
  return op => {
    const x = op.input(0)
    const count = sizeOf(x.shape)
    if (count !== undefined && count <= mostKnown) {
      return op.graph.numbers(
        x.type,
        x.shape as number[],
        Array.from({ length: count }, () => value),
      )
    }
    const sizes = op.graph.add('Shape', [x], { type: 'int64', shape: [x.shape?.length] })
    return op.graph.add('Expand', [op.graph.scalar(x.type, value), sizes], { type: x.type, shape: x.shape })
  }
}

const range: Rule = op => {
  const [start, limit, delta] = [op.input(0), op.input(1), op.input(2)].map(tensor => knownOf(tensor)?.[0])
  const { type } = op.input(0)
  if (typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number') {
    const count = Math.max(0, Math.ceil((limit - start) / delta))
    if (!(count <= 1_000_000)) op.fail(`makes a range of ${count} values`)
    return op.graph.numbers(
      type,
      [count],
      Array.from({ length: count }, (_, at) => start + at * delta),
    )
  }
  const shape: Shape = [start === 0 && delta === 1 ? limit : undefined]
  return op.graph.add('Range', [op.input(0), op.input(1), op.input(2)], { type, shape })
}

/** Ops that make a tensor of a given shape from few values. */
export const fillRules: RuleTable = {
  Fill: fill,
  BroadcastTo: broadcastTo,
  ZerosLike: like(0),
  OnesLike: like(1),
  Range: range,
}
