import {
  type PmmlElement,
  type Symbols,
  type DataType,
  isDateText,
  castNumber,
  dataTypeOf,
  isNumeric,
  parseValue,
} from '../document/index.ts'

/** A DataField's definition of its values. */
export interface FieldDefinition {
  readonly name: string
  readonly type: DataType
  readonly categorical: boolean
  readonly ordinal: boolean
  /** The valid values in their order. Empty: values in the intervals are valid, or all if there are no intervals. */
  readonly valid: readonly { readonly value: number; readonly text: string; readonly display: string }[]
  readonly missing: readonly number[]
  readonly invalid: readonly number[]
  /** Four numbers for each interval, as `interval` returns them. */
  readonly intervals: readonly number[]
}

/** The treatment of a field's value before a model reads it: plain data. */
export interface Treatment {
  readonly type: DataType
  /** Whether numbers need no treatment. */
  readonly free: boolean
  readonly valid: ReadonlySet<number> | undefined
  readonly missing: ReadonlySet<number>
  readonly invalid: ReadonlySet<number>
  readonly intervals: readonly number[]
  readonly onInvalid: 'returnInvalid' | 'asIs' | 'asMissing' | 'asValue'
  /** NaN: no replacement. */
  readonly invalidReplacement: number
  readonly refusesMissing: boolean
  /** NaN: no replacement. */
  readonly missingReplacement: number
  readonly outliers: 'asIs' | 'asMissingValues' | 'asExtremeValues'
  readonly low: number
  readonly high: number
}

export function fieldDefinition(element: PmmlElement, symbols: Symbols): FieldDefinition {
  const type = dataTypeOf(element, 'double')
  const categorical = element.get('optype') === undefined ? !isNumeric(type) : element.need('optype') !== 'continuous'
  const valued = element.all('Value').map(child => {
    const text = child.need('value')
    const property = child.oneOf('property', ['valid', 'missing', 'invalid'])
    // A value that is not of the type cannot occur, so it is left out below.
    return { property, text, display: child.get('displayValue') ?? text, value: parseValue(type, text, symbols) }
  })
  const of = (property: string): typeof valued => valued.filter(entry => entry.property === property && !Number.isNaN(entry.value))
  return {
    name: element.need('name'),
    type,
    categorical,
    ordinal: element.get('optype') === 'ordinal',
    valid: of('valid'),
    missing: of('missing').map(({ value }) => value),
    invalid: of('invalid').map(({ value }) => value),
    intervals: element.all('Interval').flatMap(interval),
  }
}

/** An Interval as four numbers: low, high, 1 if low itself is outside (else 0), 1 if high itself is outside (else 0). */
export function interval(element: PmmlElement): [number, number, number, number] {
  const closure = element.oneOf('closure', ['openClosed', 'openOpen', 'closedOpen', 'closedClosed'])
  return [
    element.number('leftMargin', -Infinity),
    element.number('rightMargin', Infinity),
    closure.startsWith('open') ? 1 : 0,
    closure.endsWith('Open') ? 1 : 0,
  ]
}

/** Whether the value is in the interval whose four numbers begin at `at`. */
export function inInterval(bounds: ArrayLike<number>, at: number, value: number): boolean {
  const low = bounds[at] as number
  const high = bounds[at + 1] as number
  return (bounds[at + 2] === 1 ? value > low : value >= low) && (bounds[at + 3] === 1 ? value < high : value <= high)
}

/** The treatment of the field by the MiningField. */
export function treatment(mining: PmmlElement, field: FieldDefinition, symbols: Symbols): Treatment {
  const onInvalid = mining.oneOf('invalidValueTreatment', ['returnInvalid', 'asIs', 'asMissing', 'asValue'])
  const outliers = mining.oneOf('outliers', ['asIs', 'asMissingValues', 'asExtremeValues'])
  const optional = (name: string): number => {
    const text = mining.get(name)
    return text === undefined ? NaN : parseValue(field.type, text, symbols)
  }
  const missingReplacement = optional('missingValueReplacement')
  // A replacement that is not of the field's type (such as the mean of an integer field) makes only the records invalid that need it.
  const unusable = mining.get('missingValueReplacement') !== undefined && Number.isNaN(missingReplacement)
  const missing = unusable || mining.get('missingValueTreatment') === 'returnInvalid'
  const bounded = field.valid.length + field.missing.length + field.invalid.length + field.intervals.length > 0
  return {
    type: field.type,
    free:
      !bounded &&
      outliers === 'asIs' &&
      !missing &&
      Number.isNaN(missingReplacement) &&
      field.type !== 'integer' &&
      field.type !== 'boolean' &&
      !isDateText(field.type),
    valid: field.valid.length > 0 ? new Set(field.valid.map(({ value }) => value)) : undefined,
    missing: new Set(field.missing),
    invalid: new Set(field.invalid),
    intervals: field.categorical ? [] : field.intervals,
    onInvalid,
    invalidReplacement: optional('invalidValueReplacement'),
    refusesMissing: missing,
    missingReplacement,
    outliers,
    low: mining.number('lowValue', -Infinity),
    high: mining.number('highValue', Infinity),
  }
}

/** Whether the MiningField of a nested model changes the values of the model around it. */
export function treats(mining: PmmlElement): boolean {
  const says = (name: string, nothing: string): boolean => (mining.get(name) ?? nothing) !== nothing
  return mining.get('missingValueReplacement') !== undefined || says('outliers', 'asIs') || says('invalidValueTreatment', 'returnInvalid')
}

/** The value that the model reads; NaN: missing; undefined: the value is invalid, and the record has no result. */
export function treat(given: Treatment, raw: number): number | undefined {
  if (Number.isNaN(raw)) return given.refusesMissing ? undefined : given.missingReplacement
  if (given.missing.has(raw)) return given.refusesMissing ? undefined : given.missingReplacement
  const value = given.type === 'string' ? raw : castNumber(given.type, raw)
  if (Number.isNaN(value) || !isValid(given, value)) {
    if (given.onInvalid === 'asMissing') return given.refusesMissing ? undefined : given.missingReplacement
    if (given.onInvalid === 'asValue') return given.invalidReplacement
    return given.onInvalid === 'returnInvalid' || Number.isNaN(value) ? undefined : value
  }
  if (given.outliers === 'asIs' || (value >= given.low && value <= given.high)) return value
  return given.outliers === 'asMissingValues' ? given.missingReplacement : Math.min(Math.max(value, given.low), given.high)
}

/** Treats a value that is of another type than the field, such as a text among numbers. */
export function treatForeign(given: Treatment): number | undefined {
  if (given.onInvalid === 'asMissing') return given.refusesMissing ? undefined : given.missingReplacement
  return given.onInvalid === 'asValue' && !Number.isNaN(given.invalidReplacement) ? given.invalidReplacement : undefined
}

function isValid({ valid, invalid, intervals }: Treatment, value: number): boolean {
  if (invalid.size > 0 && invalid.has(value)) return false
  if (valid !== undefined) return valid.has(value)
  if (intervals.length === 0) return true
  for (let at = 0; at < intervals.length; at += 4) if (inInterval(intervals, at, value)) return true
  return false
}
