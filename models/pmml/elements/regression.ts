import { type PmmlElement, parseValue } from '../document/index.ts'
import { type ModelContext, Evaluator } from '../contract/index.ts'
import { type InverseLink, type Row, type Field, floatLink, inverseLinks, simplemax, softmax, needNumeric } from '../expressions/index.ts'

/** A linear predictor, from one RegressionTable: plain data. */
interface Table {
  readonly classIndex: number
  readonly intercept: number
  readonly slots: Int32Array
  readonly coefficients: Float64Array
  /** undefined: all are 1. */
  readonly exponents: Float64Array | undefined
  /** categoryCoefficients[i] is added if the field of categorySlots[i] has the value categoryValues[i]. */
  readonly categorySlots: Int32Array
  readonly categoryValues: Float64Array
  readonly categoryCoefficients: Float64Array
  readonly terms: readonly { readonly coefficient: number; readonly slots: readonly number[] }[]
}

export interface CompiledRegression {
  readonly kind: 'regression'
  readonly tables: readonly Table[]
  readonly normalization: Normalization
  readonly classes: number
  readonly ordinal: boolean
  readonly float: boolean
}

type Normalization = 'none' | 'simplemax' | 'softmax' | 'logit' | 'probit' | 'cloglog' | 'exp' | 'loglog' | 'cauchit'

export function compileRegression(context: ModelContext): CompiledRegression {
  const { element } = context
  context.allow('regression', 'classification')
  const tables = element.all('RegressionTable').map(table => compileTable(table, context))
  if (tables.length === 0) element.fail('lacks RegressionTable')
  if (context.classifies ? tables.length < 2 : tables.length > 1) element.fail(`has ${tables.length} RegressionTables`)
  const normalization = element.oneOf('normalizationMethod', [
    'none',
    'simplemax',
    'softmax',
    'logit',
    'probit',
    'cloglog',
    'exp',
    'loglog',
    'cauchit',
  ])
  checkNormalization(normalization, tables.length, context)
  return {
    kind: 'regression',
    tables,
    normalization,
    classes: context.classifies ? context.classes.values.length : 0,
    ordinal: context.isOrdinal,
    float: context.float,
  }
}

/** Throws if the normalization gives no probabilities. For more than two classes without an order, logit is the only defined link. */
function checkNormalization(normalization: Normalization, tables: number, { element, classifies, isOrdinal }: ModelContext): void {
  const refuse = (what: string): never => element.fail(`has normalizationMethod="${normalization}" ${what}`)
  if (!classifies && normalization === 'simplemax') refuse('without classes')
  if (classifies && normalization === 'exp') refuse('for classes')
  const link = normalization === 'probit' || normalization === 'cloglog' || normalization === 'loglog' || normalization === 'cauchit'
  if (classifies && link && tables > 2 && !isOrdinal) refuse(`for ${tables} classes without an order`)
}

function compileTable(element: PmmlElement, context: ModelContext): Table {
  const { scope, float } = context
  const fieldOf = (child: PmmlElement, attribute: string): Field =>
    needNumeric(child, child.need(attribute), scope.fieldOf(child, attribute))
  const round = (value: number): number => (float ? Math.fround(value) : value)
  const numeric = element.all('NumericPredictor')
  const exponents = numeric.map(child => child.number('exponent', 1))
  const categories = element.all('CategoricalPredictor').map(child => {
    const field = scope.fieldOf(child, 'name')
    const value = parseValue(field.type, child.need('value'), scope.compilation.symbols)
    return { slot: field.slot, value, coefficient: round(child.number('coefficient')) }
  })
  return {
    classIndex: context.classifies ? context.classOf(element.need('targetCategory'), element) : -1,
    intercept: round(element.number('intercept')),
    slots: Int32Array.from(numeric, child => fieldOf(child, 'name').slot),
    coefficients: Float64Array.from(numeric, child => round(child.number('coefficient'))),
    exponents: exponents.every(exponent => exponent === 1) ? undefined : Float64Array.from(exponents),
    categorySlots: Int32Array.from(categories, ({ slot }) => slot),
    categoryValues: Float64Array.from(categories, ({ value }) => value),
    categoryCoefficients: Float64Array.from(categories, ({ coefficient }) => coefficient),
    terms: element.all('PredictorTerm').map(term => ({
      coefficient: round(term.number('coefficient')),
      slots: term.all('FieldRef').map(reference => fieldOf(reference, 'field').slot),
    })),
  }
}

export class RegressionEvaluator extends Evaluator {
  readonly #model: CompiledRegression
  /** By table: the values of the linear predictors, which `#normalize` turns into probabilities. */
  readonly #values: Float64Array

  constructor(model: CompiledRegression) {
    super(model.classes)
    this.#model = model
    this.#values = new Float64Array(model.tables.length)
  }

  run(row: Row): boolean {
    const { tables, normalization, float } = this.#model
    const values = this.#values
    for (let at = 0; at < values.length; at++) {
      const value = predict(tables[at] as Table, row, float)
      if (value !== value) return false
      values[at] = value
    }
    if (this.#model.classes === 0) {
      const link = linkOf(normalization)
      this.value = float ? floatLink(link, values[0] as number) : inverseLinks[link](values[0] as number)
      return true
    }
    this.#normalize()
    this.probabilities.fill(0)
    let best = 0
    for (let at = 0; at < values.length; at++) {
      this.probabilities[(tables[at] as Table).classIndex] = values[at] as number
      if ((values[at] as number) > (values[best] as number)) best = at
    }
    this.value = (tables[best] as Table).classIndex
    return true
  }

  #normalize(): void {
    const { normalization, ordinal, float } = this.#model
    const values = this.#values
    const last = values.length - 1
    const name = linkOf(normalization)
    const link = float ? (y: number) => floatLink(name, y) : inverseLinks[name]
    if (normalization === 'softmax') return softmax(values, float)
    if (normalization === 'simplemax') return simplemax(values, float)
    if (ordinal) return cumulative(values, link)
    if (normalization !== 'none' && last > 1) {
      for (let at = 0; at <= last; at++) values[at] = link(values[at] as number)
      return simplemax(values, float)
    }
    // With two classes and no normalization, the predictor of the first class is its probability, limited to 0 … 1.
    if (normalization === 'none' && last === 1) values[0] = Math.min(Math.max(values[0] as number, 0), 1)
    let rest = 1
    for (let at = 0; at < last; at++) {
      const value = link(values[at] as number)
      values[at] = value
      rest = float ? Math.fround(rest - value) : rest - value
    }
    values[last] = rest
  }
}

/** Turns the linear predictors of an ordinal target, which give cumulative probabilities, into the classes' probabilities, in place. */
export function cumulative(values: Float64Array, link: (y: number) => number): void {
  const last = values.length - 1
  let before = 0
  for (let at = 0; at < last; at++) {
    const reached = link(values[at] as number)
    values[at] = reached - before
    before = reached
  }
  values[last] = 1 - before
}

function linkOf(normalization: Normalization): InverseLink {
  if (normalization === 'softmax') return 'logit'
  return normalization === 'none' || normalization === 'simplemax' ? 'identity' : normalization
}

/** The value of the linear predictor; NaN if a numeric field is missing. */
function predict(table: Table, row: Row, float: boolean): number {
  const { slots, coefficients, exponents, categorySlots } = table
  let sum = 0
  for (let i = 0; i < slots.length; i++) {
    let value = row.read(slots[i] as number)
    if (exponents !== undefined && exponents[i] !== 1) value **= exponents[i] as number
    sum = add(sum, (coefficients[i] as number) * (float ? Math.fround(value) : value), float)
  }
  for (let i = 0; i < categorySlots.length; i++) {
    // A missing value (NaN) equals no category.
    if (row.read(categorySlots[i] as number) === table.categoryValues[i]) sum = add(sum, table.categoryCoefficients[i] as number, float)
  }
  for (const { coefficient, slots: factors } of table.terms) {
    let product = coefficient
    for (const slot of factors) product *= row.read(slot)
    sum = add(sum, product, float)
  }
  return add(sum, table.intercept, float)
}

function add(sum: number, value: number, float: boolean): number {
  return float ? Math.fround(sum + Math.fround(value)) : sum + value
}
