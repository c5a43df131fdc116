import { medianOf } from './combine.ts'
import { type DataType, daysSinceYear, isNumeric } from '../document/index.ts'
import { mathFunctions } from './math-functions.ts'
import type { FunctionCall } from './function-call.ts'
import { textFunctions } from './text-functions.ts'

/** A built-in function; its arguments may be missing (NaN). Returns NaN if the result is missing, undefined if it is invalid. */
type Run = (args: readonly number[], call: FunctionCall) => number | undefined

interface BuiltIn {
  readonly least: number
  readonly most: number
  readonly type: (args: readonly DataType[]) => DataType
  /** The types that the arguments must have; undefined: any. */
  readonly takes?: 'numbers' | 'dates'
  readonly run: Run
}

const secondsADay = 86_400
const many = Number.MAX_SAFE_INTEGER

const boolean = (): DataType => 'boolean'
const integer = (): DataType => 'integer'
const double = (): DataType => 'double'
const text = (): DataType => 'string'

/** Of numeric types the widest. Otherwise string if it is among the types, else the first type. */
export function widest(types: readonly DataType[]): DataType {
  if (types.some(type => !isNumeric(type))) return types.find(type => type === 'string') ?? types[0] ?? 'double'
  return types.includes('double') || types.length === 0 ? 'double' : types.includes('float') ? 'float' : 'integer'
}

const builtIns = new Map<string, BuiltIn>(
  Object.entries({
    '+': arithmetic((a, b) => a + b),
    '-': arithmetic((a, b) => a - b),
    '*': arithmetic((a, b) => a * b),
    '/': arithmetic((a, b, type) => (type === 'integer' ? (b === 0 ? NaN : Math.trunc(a / b)) : a / b)),
    modulo: arithmetic((a, b) => a - Math.floor(a / b) * b),
    pow: arithmetic((a, b) => a ** b),
    threshold: arithmetic((a, b) => (a > b ? 1 : 0)),
    min: aggregate(values => Math.min(...values)),
    max: aggregate(values => Math.max(...values)),
    sum: aggregate((values, round) => values.reduce((sum, value) => round(sum + value), 0)),
    product: aggregate((values, round) => values.reduce((product, value) => round(product * value), 1)),
    avg: aggregate(values => values.reduce((sum, value) => sum + value, 0) / values.length, double),
    median: aggregate(values => medianOf([...values]), double),
    isMissing: { least: 1, most: 1, type: boolean, run: ([value]) => (Number.isNaN(value) ? 1 : 0) },
    isNotMissing: { least: 1, most: 1, type: boolean, run: ([value]) => (Number.isNaN(value) ? 0 : 1) },
    isValid: { least: 1, most: 1, type: boolean, run: ([value]) => (Number.isNaN(value) ? 0 : 1) },
    isNotValid: { least: 1, most: 1, type: boolean, run: () => 0 },
    equal: comparison((a, b) => a === b, false),
    notEqual: comparison((a, b) => a !== b, false),
    lessThan: comparison((a, b) => a < b, true),
    lessOrEqual: comparison((a, b) => a <= b, true),
    greaterThan: comparison((a, b) => a > b, true),
    greaterOrEqual: comparison((a, b) => a >= b, true),
    isIn: { least: 2, most: many, type: boolean, run: ([value, ...set]) => (set.includes(value as number) ? 1 : 0) },
    isNotIn: { least: 2, most: many, type: boolean, run: ([value, ...set]) => (set.includes(value as number) ? 0 : 1) },
    and: logic(0),
    or: logic(1),
    not: { least: 1, most: 1, type: boolean, run: ([value], { missing }) => (missing ? NaN : value === 0 ? 1 : 0) },
    dateDaysSinceYear: onDate(2, (days, year) => daysSinceYear(days, year)),
    dateSecondsSinceYear: onDate(2, (days, year, seconds) => daysSinceYear(days, year) * secondsADay + seconds),
    dateSecondsSinceMidnight: onDate(1, (_days, _year, seconds) => seconds),
  }),
)

for (const [name, { arity, result, run }] of Object.entries(mathFunctions)) {
  const type = result === 'same' ? widest : result === 'integer' ? integer : double
  builtIns.set(name, {
    least: arity,
    most: arity,
    type,
    takes: 'numbers',
    run: ([a = NaN, b = NaN, c = NaN], { missing }) => (missing ? NaN : valid(run(a, b, c))),
  })
}
for (const [name, { least, most, result, run }] of Object.entries(textFunctions)) {
  builtIns.set(name, { least, most, type: result === 'string' ? text : result === 'integer' ? integer : boolean, run })
}

/** The arity and result of a built-in function; undefined: there is no function of that name. */
export function builtIn(name: string): Omit<BuiltIn, 'run'> | undefined {
  return builtIns.get(name)
}

/** Whether PMML defines the function, so that a DefineFunction with its name is not called. */
export function isStandard(name: string): boolean {
  return name === 'if' || (builtIns.has(name) && name !== 'median' && name !== 'atan2')
}

/** Returns NaN if the result is missing, undefined if it is invalid. */
export function runFunction(name: string, args: readonly number[], call: FunctionCall): number | undefined {
  return (builtIns.get(name) as BuiltIn).run(args, call)
}

function valid(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

function arithmetic(run: (a: number, b: number, type: DataType) => number): BuiltIn {
  return {
    least: 2,
    most: 2,
    type: widest,
    takes: 'numbers',
    run: ([a = NaN, b = NaN], { type, missing }) => {
      if (missing) return NaN
      const value = run(a, b, type)
      if (type === 'integer' && !Number.isInteger(value)) return undefined
      return valid(type === 'float' ? Math.fround(value) : value)
    },
  }
}

function asItIs(value: number): number {
  return value
}

/** Missing arguments are ignored; the result is missing if all are. `round` rounds the result of each step to the result type. */
function aggregate(run: (values: readonly number[], round: (value: number) => number) => number, type: BuiltIn['type'] = widest): BuiltIn {
  return {
    least: 0,
    most: many,
    type,
    takes: 'numbers',
    run: (args, { type: result }) => {
      const values = args.filter(value => !Number.isNaN(value))
      return values.length === 0 ? NaN : valid(run(values, result === 'float' ? Math.fround : asItIs))
    },
  }
}

function comparison(run: (a: number, b: number) => boolean, ordered: boolean): BuiltIn {
  return {
    least: 2,
    most: 2,
    type: boolean,
    run: ([a = NaN, b = NaN], { missing, argTypes }) =>
      missing || (ordered && argTypes[0]?.type === 'string') ? undefined : run(a, b) ? 1 : 0,
  }
}

/** `and` and `or` of three truth values: a deciding argument determines the result; otherwise a missing argument makes it missing. */
function logic(deciding: number): BuiltIn {
  return {
    least: 2,
    most: many,
    type: boolean,
    run: (args, { missing }) => (args.includes(deciding) ? deciding : missing ? NaN : 1 - deciding),
  }
}

/** A function of a date or dateTime. `run` gets its days since 1970, the second argument, and its seconds since midnight. */
function onDate(arity: number, run: (days: number, year: number, seconds: number) => number): BuiltIn {
  return {
    least: arity,
    most: arity,
    type: integer,
    takes: 'dates',
    run: ([value = NaN, year = NaN], { argTypes }) => {
      if (Number.isNaN(value)) return undefined
      const days = argTypes[0]?.type === 'date' ? value : Math.floor(value / secondsADay)
      const seconds = argTypes[0]?.type === 'date' ? 0 : value - days * secondsADay
      return valid(run(days, year, seconds))
    },
  }
}
