import type {
  ApplyExpression,
  DiscretizeExpression,
  Expression,
  MapValuesExpression,
  NormContinuousExpression,
  TextIndexExpression,
} from './expression.ts'
import { runFunction } from './functions.ts'
import { type Row, giveUp } from './row.ts'
import { termWeight } from './text-index.ts'
import { inInterval } from './treatments.ts'
import { type DataType, castValue, formatValue } from '../document/index.ts'

/** The value of the expression for the row; NaN: missing. Ends the row's scoring if the value is invalid. */
export function evaluate(expression: Expression, row: Row): number {
  switch (expression.op) {
    case 'constant':
      return expression.value
    case 'field':
      return orElse(row.read(expression.slot), expression.mapMissingTo)
    case 'parameter':
      return orElse(row.parameters[expression.index] as number, expression.mapMissingTo)
    case 'cast':
      return cast(expression.from, expression.type, row)
    case 'if':
      return choose(expression, row)
    case 'apply':
      return apply(expression, row)
    case '+':
      return valid(evaluate(expression.left, row) + evaluate(expression.right, row), expression, row)
    case '-':
      return valid(evaluate(expression.left, row) - evaluate(expression.right, row), expression, row)
    case '*':
      return valid(evaluate(expression.left, row) * evaluate(expression.right, row), expression, row)
    case '/':
      return valid(evaluate(expression.left, row) / evaluate(expression.right, row), expression, row)
    case 'call':
      return call(expression, row)
    case 'normContinuous':
      return normContinuous(expression, evaluate(expression.from, row))
    case 'normDiscrete': {
      const value = evaluate(expression.from, row)
      return Number.isNaN(value) ? expression.mapMissingTo : value === expression.value ? 1 : 0
    }
    case 'discretize':
      return discretize(expression, evaluate(expression.from, row))
    case 'textIndex':
      return textIndex(expression, row)
    default:
      return mapValues(expression, row)
  }
}

export function normContinuous({ origs, norms, outliers, mapMissingTo }: NormContinuousExpression, value: number): number {
  if (Number.isNaN(value)) return mapMissingTo
  const last = origs.length - 1
  const outside = value < (origs[0] as number) || value > (origs[last] as number)
  if (outside && outliers === 'asMissingValues') return NaN
  if (outside && outliers === 'asExtremeValues') return norms[value < (origs[0] as number) ? 0 : last] as number
  let at = 1
  while (at < last && value > (origs[at] as number)) at++
  const [fromX, toX] = [origs[at - 1] as number, origs[at] as number]
  const [fromY, toY] = [norms[at - 1] as number, norms[at] as number]
  return fromY + ((value - fromX) / (toX - fromX)) * (toY - fromY)
}

/** The result of an operation. NaN means missing only if an operand is missing; otherwise the result is invalid and the row's scoring ends. */
function valid(value: number, { left, right }: { readonly left: Expression; readonly right: Expression }, row: Row): number {
  return value === value || Number.isNaN(evaluate(left, row)) || Number.isNaN(evaluate(right, row)) ? value : giveUp()
}

function orElse(value: number, other: number): number {
  return Number.isNaN(value) ? other : value
}

function cast(from: Expression, to: DataType, row: Row): number {
  const value = evaluate(from, row)
  if (Number.isNaN(value)) return value
  const result = castValue(from.type, to, { value, symbols: row.symbols })
  return Number.isNaN(result) ? giveUp() : result
}

function choose({ args, mapMissingTo, defaultValue }: Extract<Expression, { op: 'if' }>, row: Row): number {
  const condition = evaluate(args[0] as Expression, row)
  if (Number.isNaN(condition)) return orElse(mapMissingTo, defaultValue)
  const branch = args[condition === 0 ? 2 : 1]
  const value = branch === undefined ? NaN : evaluate(branch, row)
  if (Number.isNaN(value) && branch !== undefined) return orElse(mapMissingTo, defaultValue)
  return orElse(value, defaultValue)
}

function apply({ name, args, type, mapMissingTo, defaultValue, invalidIsMissing }: ApplyExpression, row: Row): number {
  const values: number[] = []
  let missing = false
  for (const arg of args) {
    const value = evaluate(arg, row)
    if (Number.isNaN(value)) missing = true
    values.push(value)
  }
  if (missing && !Number.isNaN(mapMissingTo)) return mapMissingTo
  const result = runFunction(name, values, { type, argTypes: args, missing, row })
  if (result === undefined) return invalidIsMissing ? defaultValue : giveUp()
  return Number.isNaN(result) ? defaultValue : result
}

function call({ target, args, mapMissingTo, defaultValue }: Extract<Expression, { op: 'call' }>, row: Row): number {
  const values = args.map(arg => evaluate(arg, row))
  if (!Number.isNaN(mapMissingTo) && values.some(Number.isNaN)) return mapMissingTo
  const outer = row.parameters
  row.parameters = values
  const result = evaluate(row.functions[target] as Expression, row)
  row.parameters = outer
  return orElse(result, defaultValue)
}

function discretize({ intervals, values, defaultValue, mapMissingTo }: DiscretizeExpression, value: number): number {
  if (Number.isNaN(value)) return mapMissingTo
  for (let bin = 0; bin < values.length; bin++) if (inInterval(intervals, bin * 4, value)) return values[bin] as number
  return defaultValue
}

function textIndex(index: TextIndexExpression, row: Row): number {
  const [text, term] = [evaluate(index.text, row), evaluate(index.term, row)]
  if (Number.isNaN(text) || Number.isNaN(term)) return NaN
  const weight = termWeight(index, formatValue(index.text.type, text, row.symbols), formatValue(index.term.type, term, row.symbols))
  return Number.isNaN(weight) ? giveUp() : weight
}

function mapValues({ from, table, defaultValue, mapMissingTo }: MapValuesExpression, row: Row): number {
  let key = ''
  for (const expression of from) {
    const value = evaluate(expression, row)
    if (Number.isNaN(value)) return mapMissingTo
    key += `${value},`
  }
  return table.get(key) ?? defaultValue
}
