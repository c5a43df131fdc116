import { type Rule, type RuleTable, isFloat } from '../graph/index.ts'

/** Converts integers and booleans to text. Floating-point numbers are not supported, because TensorFlow's rounding cannot be reproduced. */
const asString: Rule = op => {
  const x = op.input(0)
  const { graph } = op
  if (isFloat(x.type)) return op.fail('makes text of fractions, which is not supported')
  if (op.int('width', -1) > 0) return op.fail('makes text of a given width, which is not supported')
  const given = { type: 'string', shape: x.shape } as const
  if (x.type !== 'bool') return graph.add('Cast', [graph.int64(x)], given, { to: 8n })
  return graph.add('ml.LabelEncoder', [graph.int64(x)], given, { keys_int64s: [0n, 1n], values_strings: ['false', 'true'] })
}

/** Changes the case of the letters A to Z only, as TensorFlow does without an `encoding`. */
function changeCase(action: string): Rule {
  return op => {
    const x = op.input(0)
    const { graph } = op
    if (op.text('encoding', '') !== '') return op.fail('changes the case of letters beyond A to Z, which is not supported')
    const flat = graph.add('Reshape', [x, graph.ints([-1])], { type: 'string', shape: [undefined] })
    const changed = graph.add(
      'StringNormalizer',
      [flat],
      { type: 'string', shape: [undefined] },
      { case_change_action: action, locale: 'C' },
    )
    const shape = graph.add('Shape', [x], { type: 'int64', shape: [x.shape?.length] })
    return graph.add('Reshape', [changed, shape], { type: 'string', shape: x.shape })
  }
}

/** The ops on text for which ONNX has operators. */
export const textRules: RuleTable = {
  AsString: asString,
  StringLower: changeCase('LOWER'),
  StringUpper: changeCase('UPPER'),
}
