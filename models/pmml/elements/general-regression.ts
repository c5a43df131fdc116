import { type PmmlElement, parseValue } from '../document/index.ts'
import { numbersOf } from '../expressions/index.ts'
import type { ModelContext } from '../contract/index.ts'

/** The factor that one predictor contributes to a parameter: plain data. */
export type Factor =
  /** The field's value to the power of `exponent`. */
  | { readonly op: 'covariate'; readonly slot: number; readonly exponent: number }
  /** 1 if the field has that value, else 0. */
  | { readonly op: 'factor'; readonly slot: number; readonly value: number }
  /** The number that the contrast matrix has for the field's value; 0 if it has none. */
  | { readonly op: 'contrast'; readonly slot: number; readonly contrasts: ReadonlyMap<number, number> }

/** A linear predictor: the sum of coefficients, each times the product of its factors. Plain data. */
export interface LinearPredictor {
  readonly classIndex: number
  readonly coefficients: readonly number[]
  readonly products: readonly (readonly Factor[])[]
}

export type Link = 'identity' | 'cloglog' | 'log' | 'logc' | 'logit' | 'loglog' | 'negbin' | 'oddspower' | 'power' | 'probit' | 'cauchit'

/** The cumulative hazard at each time, in ascending order of times. */
interface Baseline {
  readonly maxTime: number
  readonly times: Float64Array
  readonly hazards: Float64Array
}

export interface CompiledGeneralRegression {
  readonly kind: 'generalRegression'
  readonly modelType: 'linear' | 'generalized' | 'multinomial' | 'ordinal' | 'cox'
  readonly classes: number
  readonly predictors: readonly LinearPredictor[]
  /** The index of the reference class; -1: none. */
  readonly reference: number
  readonly link: Link
  readonly linkParameter: number
  readonly distParameter: number
  /** The field with the offset; -1: the offset is `offset`. */
  readonly offsetSlot: number
  readonly offset: number
  /** The field with the number of trials; -1: the number is `trials`. */
  readonly trialsSlot: number
  readonly trials: number
  readonly cox: CompiledCox | undefined
}

export interface CompiledCox {
  readonly timeSlot: number
  /** The field with the stratum; -1: all records have the same baseline, with key 0. */
  readonly strataSlot: number
  readonly baselines: ReadonlyMap<number, Baseline>
  /** The value of the linear predictor at the reference point. */
  readonly center: number
}

const links = ['identity', 'cloglog', 'log', 'logc', 'logit', 'loglog', 'negbin', 'oddspower', 'power', 'probit', 'cauchit'] as const
const cumulativeLinks = ['logit', 'probit', 'cloglog', 'loglog', 'cauchit'] as const

export function compileGeneralRegression(context: ModelContext): CompiledGeneralRegression {
  const { element, scope } = context
  context.allow('regression', 'classification')
  const modelType = kindOf(element)
  if ((modelType === 'multinomial' || modelType === 'ordinal') && !context.classifies) element.fail('needs functionName="classification"')
  const products = productsOf(context)
  // Other types of model have no link, offset or trials.
  const adjusts = modelType === 'generalized' || modelType === 'ordinal'
  const slotOf = (attribute: string): number =>
    adjusts && element.get(attribute) !== undefined ? scope.fieldOf(element, attribute).slot : -1
  const predictors = predictorsOf(context, products)
  const cumulative = element.get('cumulativeLinkFunction') === undefined ? 'cumulativeLink' : 'cumulativeLinkFunction'
  return {
    kind: 'generalRegression',
    modelType,
    classes: context.classifies ? context.classes.values.length : 0,
    predictors,
    reference: context.classifies ? referenceOf(context, predictors) : -1,
    link:
      modelType === 'ordinal'
        ? element.oneOf(cumulative, cumulativeLinks)
        : modelType === 'generalized'
          ? element.oneOf('linkFunction', links)
          : 'identity',
    linkParameter: element.number('linkParameter', NaN),
    distParameter: element.number('distParameter', NaN),
    offsetSlot: slotOf('offsetVariable'),
    offset: adjusts ? element.number('offsetValue', 0) : 0,
    trialsSlot: slotOf('trialsVariable'),
    trials: adjusts ? element.number('trialsValue', 1) : 1,
    cox: modelType === 'cox' ? compileCox(context, predictors) : undefined,
  }
}

function kindOf(element: PmmlElement): CompiledGeneralRegression['modelType'] {
  element.need('modelType')
  const modelType = element.oneOf('modelType', [
    'regression',
    'generalLinear',
    'generalizedLinear',
    'multinomialLogistic',
    'ordinalMultinomial',
    'CoxRegression',
  ])
  if (modelType === 'generalizedLinear') return 'generalized'
  if (modelType === 'multinomialLogistic') return 'multinomial'
  if (modelType === 'ordinalMultinomial') return 'ordinal'
  return modelType === 'CoxRegression' ? 'cox' : 'linear'
}

/** For each parameter, the factors by whose product its coefficient is multiplied. */
function productsOf(context: ModelContext): Map<string, Factor[]> {
  const { element } = context
  const covariates = new Set((element.child('CovariateList')?.all('Predictor') ?? []).map(child => child.need('name')))
  const factors = new Map((element.child('FactorList')?.all('Predictor') ?? []).map(child => [child.need('name'), child]))
  const products = new Map<string, Factor[]>()
  for (const parameter of element.child('ParameterList')?.all('Parameter') ?? []) products.set(parameter.need('name'), [])
  for (const cell of element.child('PPMatrix')?.all('PPCell') ?? []) {
    const name = cell.need('predictorName')
    const product = products.get(cell.need('parameterName')) ?? cell.fail('names a parameter that is not in the ParameterList')
    const predictor = factors.get(name)
    if (predictor !== undefined) product.push(factorOf(cell, predictor, context))
    else if (covariates.has(name)) product.push(covariateOf(cell, context))
    else cell.fail(`names the predictor ${name.slice(0, 80)}, which no list of predictors has`)
  }
  return products
}

function covariateOf(cell: PmmlElement, { scope }: ModelContext): Factor {
  return { op: 'covariate', slot: scope.fieldOf(cell, 'predictorName').slot, exponent: cell.number('value') }
}

function factorOf(cell: PmmlElement, predictor: PmmlElement, { scope }: ModelContext): Factor {
  const { slot, type } = scope.fieldOf(cell, 'predictorName')
  const value = parseValue(type, cell.need('value'), scope.compilation.symbols)
  const matrix = predictor.child('Matrix')
  if (matrix === undefined) return { op: 'factor', slot, value }
  const categories = predictor
    .needChild('Categories')
    .all('Category')
    .map(category => parseValue(type, category.need('value'), scope.compilation.symbols))
  const column = categories.indexOf(value)
  const rows = matrix.all('Array').map(numbersOf)
  if (column < 0 || rows.length < categories.length) cell.fail('has a value that its contrast matrix does not have')
  return { op: 'contrast', slot, contrasts: new Map(categories.map((category, row) => [category, rows[row]?.[column] ?? 0])) }
}

function predictorsOf(context: ModelContext, products: ReadonlyMap<string, Factor[]>): LinearPredictor[] {
  const { element } = context
  const byClass = new Map<number, { coefficients: number[]; products: Factor[][] }>()
  const shared: { coefficient: number; product: Factor[] }[] = []
  for (const cell of element.needChild('ParamMatrix').all('PCell')) {
    const product = products.get(cell.need('parameterName')) ?? cell.fail('names a parameter that is not in the ParameterList')
    const category = context.classifies ? cell.get('targetCategory') : undefined
    if (category === undefined) shared.push({ coefficient: cell.number('beta'), product })
    else {
      const index = context.classOf(category, cell)
      const entry = byClass.get(index) ?? { coefficients: [], products: [] }
      byClass.set(index, entry)
      entry.coefficients.push(cell.number('beta'))
      entry.products.push(product)
    }
  }
  if (byClass.size === 0) byClass.set(-1, { coefficients: [], products: [] })
  return [...byClass].map(([classIndex, entry]) => ({
    classIndex,
    coefficients: [...entry.coefficients, ...shared.map(({ coefficient }) => coefficient)],
    products: [...entry.products, ...shared.map(({ product }) => product)],
  }))
}

function referenceOf(context: ModelContext, predictors: readonly LinearPredictor[]): number {
  const category = context.element.get('targetReferenceCategory')
  if (category !== undefined) return context.classOf(category, context.element)
  const named = new Set(predictors.map(({ classIndex }) => classIndex))
  return context.classes.values.findIndex((_, index) => !named.has(index))
}

function compileCox({ element, scope }: ModelContext, predictors: readonly LinearPredictor[]): CompiledCox {
  const tables = element.needChild('BaseCumHazardTables')
  const strata = element.get('baselineStrataVariable')
  const strataField = strata === undefined ? undefined : scope.fieldOf(element, 'baselineStrataVariable')
  const baselines = new Map<number, Baseline>()
  if (strataField === undefined) baselines.set(0, baselineOf(tables))
  else
    for (const stratum of tables.all('BaselineStratum'))
      baselines.set(parseValue(strataField.type, stratum.need('value'), scope.compilation.symbols), baselineOf(stratum))
  const points = new Map(
    element
      .needChild('ParameterList')
      .all('Parameter')
      .map(child => [child.need('name'), child.number('referencePoint', 0)]),
  )
  const cells = element.needChild('ParamMatrix').all('PCell')
  return {
    timeSlot: scope.fieldOf(element, 'endTimeVariable').slot,
    strataSlot: strataField?.slot ?? -1,
    baselines,
    center:
      predictors.length === 0
        ? 0
        : cells.reduce((sum, cell) => sum + cell.number('beta') * (points.get(cell.need('parameterName')) ?? 0), 0),
  }
}

function baselineOf(element: PmmlElement): Baseline {
  const cells = element.all('BaselineCell').map(cell => ({ time: cell.number('time'), hazard: cell.number('cumHazard') }))
  cells.sort((a, b) => a.time - b.time)
  return {
    maxTime: element.number('maxTime', Infinity),
    times: Float64Array.from(cells, ({ time }) => time),
    hazards: Float64Array.from(cells, ({ hazard }) => hazard),
  }
}
