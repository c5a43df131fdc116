import { type Rule, type RuleTable, isFloat, knownOf } from '../graph/index.ts'

/**
 * Random numbers, different in each run; input 0 is their shape. Training graphs use them for dropout, where they have no effect if all values are
 * kept.
 */
function random(operator: string, attributes: Readonly<Record<string, number>>): Rule {
  return op => {
    const { graph } = op
    const type = op.type('dtype', 'float32')
    if (!isFloat(type)) return op.fail(`makes random numbers of the type ${type}, which is not supported`)
    const given = { type: 'float32', shape: knownOf(op.input(0)) } as const
    const zeros = graph.add('ConstantOfShape', [graph.int64(op.input(0))], given)
    return graph.cast(graph.add(operator, [zeros], given, attributes), type)
  }
}

// The upper bound is so far below 1 that 1 + a random number, rounded to float32, stays below 2: dropout uses the integer part of such a sum.
const uniform = random('RandomUniformLike', { low: 0, high: 1 - 2 ** -22 })

/** Random numbers. */
export const randomRules: RuleTable = {
  RandomUniform: uniform,
  RandomStandardNormal: random('RandomNormalLike', { mean: 0, scale: 1 }),
}
