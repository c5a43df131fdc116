import {
  type PmmlElement,
  type DataType,
  clip,
  isDateType,
  castNumber,
  castValue,
  dataTypeOf,
  isNumeric,
  needValue,
  parseValue,
  parseNumber,
} from '../document/index.ts'
import type { Expression } from './expression.ts'
import { builtIn, isStandard, widest } from './functions.ts'
import type { Scope } from './scope.ts'
import { discretizeExpression, mapValuesExpression, normContinuousExpression, normDiscreteExpression } from './table-expressions.ts'
import { compileTextIndex } from './text-index.ts'

/** The names of the elements that are expressions. */
export const expressionNames = [
  'Constant',
  'FieldRef',
  'NormContinuous',
  'NormDiscrete',
  'Discretize',
  'MapValues',
  'Apply',
  'TextIndex',
  'Aggregate',
  'Lag',
] as const

/** The parameters of the DefineFunction that is being compiled, by name. */
export type Parameters = ReadonlyMap<string, { readonly index: number; readonly type: DataType }>

const noParameters: Parameters = new Map()
const comparisons = new Set(['equal', 'notEqual', 'lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual', 'isIn', 'isNotIn'])

/** Compiles the expression that is a child of the element. */
export function expressionIn(element: PmmlElement, scope: Scope, parameters: Parameters = noParameters): Expression {
  return compileExpression(element.needChild(...expressionNames), scope, parameters)
}

/** Compiles the expression that is a child of the element, for example a DerivedField, and converts its value to the element's dataType. */
export function typedExpressionIn(element: PmmlElement, scope: Scope): Expression {
  const expression = expressionIn(element, scope)
  return castTo(element, expression, { type: dataTypeOf(element, expression.type), scope })
}

export function compileExpression(element: PmmlElement, scope: Scope, parameters: Parameters = noParameters): Expression {
  const { compilation } = scope
  return compilation.bounded(
    element,
    compilation.nested(element, () => compile(element, scope, parameters)),
  )
}

function compile(element: PmmlElement, scope: Scope, parameters: Parameters): Expression {
  switch (element.name) {
    case 'Constant':
      return constant(element, scope)
    case 'FieldRef':
      return fieldRef(element, scope, parameters)
    case 'NormContinuous':
      return normContinuousExpression(element, fieldRef(element, scope, parameters), scope)
    case 'NormDiscrete':
      return normDiscreteExpression(element, fieldRef(element, scope, parameters), scope)
    case 'Discretize':
      return discretizeExpression(element, fieldRef(element, scope, parameters), scope)
    case 'MapValues': {
      const from = element.all('FieldColumnPair').map(pair => fieldRef(pair, scope, parameters))
      return mapValuesExpression(element, from, scope)
    }
    case 'Apply':
      return apply(element, scope, parameters)
    case 'TextIndex': {
      const text = fieldRef(element, scope, parameters)
      const index = compileTextIndex(element, text, expressionIn(element, scope, parameters))
      return { ...index, type: index.weight === 'logarithmic' ? 'double' : 'integer', ...sizes([text, index.term]) }
    }
    default:
      return element.fail('is an expression that is not supported')
  }
}

function constant(element: PmmlElement, { compilation: { symbols } }: Scope): Expression {
  const text = element.text
  const common = { op: 'constant', depth: 1, steps: 1 } as const
  const type = dataTypeOf(element, typeOfText(text))
  if (element.flag('missing', false)) return { ...common, type, value: NaN }
  return { ...common, type, value: needValue(element, { type, text }, symbols) }
}

/** The type of a Constant without dataType. */
function typeOfText(text: string): DataType {
  const value = parseNumber(text)
  if (!Number.isNaN(value)) return /^\s*[+-]?\d+\s*$/.test(text) ? 'integer' : 'double'
  return /^\s*(?:true|false)\s*$/.test(text) ? 'boolean' : 'string'
}

function fieldRef(element: PmmlElement, scope: Scope, parameters: Parameters): Expression {
  const name = element.need(element.name === 'TextIndex' ? 'textField' : 'field')
  const parameter = parameters.get(name)
  const text = element.name === 'FieldRef' ? element.get('mapMissingTo') : undefined
  const mapped = (type: DataType): number => (text === undefined ? NaN : needValue(element, { type, text }, scope.compilation.symbols))
  if (parameter !== undefined) {
    const { index, type } = parameter
    return { op: 'parameter', type, depth: 1, steps: 1, index, mapMissingTo: mapped(type) }
  }
  if (parameters.size > 0) element.fail(`refers to ${clip(name)}, which is not a parameter of the function`)
  const { slot, type, depth } = scope.need(name, element)
  return { op: 'field', type, depth: depth + 1, steps: 1, slot, mapMissingTo: mapped(type) }
}

function apply(element: PmmlElement, scope: Scope, parameters: Parameters): Expression {
  const name = element.need('function')
  const args = element.all(...expressionNames).map(child => compileExpression(child, scope, parameters))
  if (args.length !== element.children.length) element.fail('contains something that is not an expression')
  if (scope.compilation.definitions.has(name) && !isStandard(name)) return call(element, args, scope)
  if (name === 'if') return condition(element, args, scope)
  const known = builtIn(name) ?? element.fail(`calls the function ${clip(name)}, which is not known`)
  if (args.length < known.least || args.length > known.most) element.fail(`calls ${name} with ${args.length} arguments`)
  const unfit = args.find(arg => !fits(arg, known.takes))
  if (unfit !== undefined) element.fail(`calls ${name} with a value of the type ${unfit.type}`)
  const fitted = comparisons.has(name) ? alike(element, args, scope) : args
  const type = known.type(fitted.map(arg => arg.type))
  const given = ifMissing(element, type, scope)
  const invalidIsMissing = element.oneOf('invalidValueTreatment', ['returnInvalid', 'asIs', 'asMissing']) === 'asMissing'
  const [left, right] = fitted
  // The operations of scaled inputs, which are frequent, are evaluated without a call and an array.
  const plain = !invalidIsMissing && Number.isNaN(given.mapMissingTo) && Number.isNaN(given.defaultValue)
  if (
    plain &&
    type === 'double' &&
    left !== undefined &&
    right !== undefined &&
    (name === '+' || name === '-' || name === '*' || name === '/')
  ) {
    const { depth, steps } = sizes(fitted)
    return { op: name, type, left, right, depth, steps: 2 * steps }
  }
  return { op: 'apply', name, type, args: fitted, ...sizes(fitted), ...given, invalidIsMissing }
}

function fits(arg: Expression, takes: 'numbers' | 'dates' | undefined): boolean {
  if (takes === undefined || (arg.op === 'constant' && (Number.isNaN(arg.value) || takes === 'dates'))) return true
  return takes === 'numbers' ? arg.type !== 'string' : isDateType(arg.type) || isNumeric(arg.type)
}

function condition(element: PmmlElement, args: readonly Expression[], scope: Scope): Expression {
  if (args.length < 2 || args.length > 3) element.fail(`calls if with ${args.length} arguments`)
  const [test, ...branches] = args as [Expression, ...Expression[]]
  const known = branches.filter(branch => branch.op !== 'constant' || !Number.isNaN(branch.value))
  const type = widest((known.length > 0 ? known : branches).map(branch => branch.type))
  const fitted = [castTo(element, test, { type: 'boolean', scope }), ...branches.map(branch => castTo(element, branch, { type, scope }))]
  return { op: 'if', type, args: fitted, ...sizes(fitted), ...ifMissing(element, type, scope) }
}

/** Converts the arguments of a comparison to the type of the first. Numbers are not converted, except if the first argument is a float. */
function alike(element: PmmlElement, args: readonly Expression[], scope: Scope): Expression[] {
  const type = args[0]?.type ?? 'double'
  return args.map((arg, at) => {
    if (at === 0 || (isNumeric(type) && isNumeric(arg.type) && type !== 'float')) return arg
    return castTo(element, arg, { type, scope })
  })
}

/** Converts the value of the expression to the type. A constant that cannot be converted fails only for the records whose scoring evaluates it. */
function castTo(element: PmmlElement, from: Expression, { type, scope }: { type: DataType; scope: Scope }): Expression {
  if (from.type === type) return from
  if (from.op === 'constant') {
    const { symbols } = scope.compilation
    const text = from.type === 'string' ? symbols.textOf(from.value) : undefined
    const value = text === undefined ? castValue(from.type, type, { value: from.value, symbols }) : parseValue(type, text, symbols)
    if (!Number.isNaN(value) || Number.isNaN(from.value)) return { ...from, type, value }
  }
  return scope.compilation.bounded(element, { op: 'cast', type, from, depth: from.depth + 1, steps: from.steps + 1 })
}

function call(element: PmmlElement, args: readonly Expression[], scope: Scope): Expression {
  const { compilation } = scope
  const name = element.need('function')
  const definition = compilation.definitions.get(name) as PmmlElement
  const fields = definition.all('ParameterField')
  if (fields.length !== args.length) element.fail(`calls ${clip(name)} with ${args.length} arguments, not ${fields.length}`)
  const types = fields.map((field, at) => dataTypeOf(field, args[at]?.type ?? 'double'))
  const fitted = args.map((arg, at) => castTo(element, arg, { type: types[at] ?? arg.type, scope }))
  const key = [name, ...types].join('\n')
  if (!compilation.calls.has(key)) {
    compilation.calls.set(key, undefined)
    const parameters = new Map(fields.map((field, index) => [field.need('name'), { index, type: types[index] ?? 'double' }]))
    const body = expressionIn(definition, scope, parameters)
    const result = castTo(definition, body, { type: dataTypeOf(definition, body.type), scope })
    compilation.calls.set(key, compilation.functions.push(result) - 1)
  }
  const target = compilation.calls.get(key) ?? element.fail(`calls ${clip(name)} recursively`)
  const body = compilation.functions[target] as Expression
  const { depth, steps } = sizes(fitted)
  return {
    op: 'call',
    type: body.type,
    target,
    args: fitted,
    depth: Math.max(depth, body.depth + 1),
    steps: steps + body.steps,
    ...ifMissing(element, body.type, scope),
  }
}

function sizes(args: readonly Expression[]): { depth: number; steps: number } {
  return {
    depth: 1 + args.reduce((deepest, arg) => Math.max(deepest, arg.depth), 0),
    steps: 1 + args.reduce((sum, arg) => sum + arg.steps, 0),
  }
}

function ifMissing(element: PmmlElement, type: DataType, scope: Scope): { mapMissingTo: number; defaultValue: number } {
  const value = (name: string): number => {
    const text = element.get(name)
    if (text === undefined) return NaN
    const parsed = needValue(element, { type: isNumeric(type) ? 'double' : type, text }, scope.compilation.symbols)
    return type === 'float' ? castNumber(type, parsed) : parsed
  }
  return { mapMissingTo: value('mapMissingTo'), defaultValue: value('defaultValue') }
}
