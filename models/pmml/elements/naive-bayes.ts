import { type PmmlElement, parseValue } from '../document/index.ts'
import { type Expression, type Row, normalPdf, evaluate, typedExpressionIn, giveUp } from '../expressions/index.ts'
import { type ModelContext, Evaluator, largestOf } from '../contract/index.ts'

/** The likelihoods of a field's values, by class. */
type Input =
  /** By value, then by class. NaN: the model has no count of the value for the class, and the field is ignored for the class. */
  | { readonly kind: 'counts'; readonly from: Expression; readonly likelihoods: ReadonlyMap<number, Float64Array> }
  /** By class. Mean NaN: the field is ignored for the class. Variance NaN: a Poisson distribution, otherwise a normal one. */
  | { readonly kind: 'distributions'; readonly from: Expression; readonly means: Float64Array; readonly variances: Float64Array }

/** A compiled NaiveBayesModel: plain data. */
export interface CompiledNaiveBayes {
  readonly kind: 'naiveBayes'
  readonly classes: number
  readonly threshold: number
  readonly priors: Float64Array
  /** The classes in the order of the BayesOutput. Of classes with equal probabilities the first in this order is predicted. */
  readonly order: readonly number[]
  readonly inputs: readonly Input[]
}

export function compileNaiveBayes(context: ModelContext): CompiledNaiveBayes {
  const { element } = context
  context.allow('classification')
  const counts = new Map<number, number>()
  for (const count of element.needChild('BayesOutput').needChild('TargetValueCounts').all('TargetValueCount'))
    counts.set(context.classOf(count.need('value'), count), count.number('count'))
  const classes = context.classes.values.length
  const priors = Float64Array.from({ length: classes }, (_, index) => counts.get(index) ?? 0)
  const inputs = element
    .needChild('BayesInputs')
    .all('BayesInput')
    .map(input => compileInput(input, context))
  if (context.classes.values.length > classes) element.fail('counts a class that is not in the BayesOutput')
  return { kind: 'naiveBayes', classes, threshold: element.number('threshold', 0), priors, order: [...counts.keys()], inputs }
}

function compileInput(element: PmmlElement, context: ModelContext): Input {
  const { scope } = context
  const derived = element.child('DerivedField')
  const { slot, type, depth } = scope.fieldOf(element, 'fieldName')
  const field: Expression = { op: 'field', type, depth: depth + 1, steps: 1, slot, mapMissingTo: NaN }
  const stats = element.child('TargetValueStats')
  if (stats !== undefined) return compileStats(stats, field, context)
  const from = derived === undefined ? field : typedExpressionIn(derived, scope)
  const counts = new Map<number, Float64Array>()
  const totals = new Float64Array(context.classes.values.length)
  for (const pair of element.all('PairCounts')) {
    const row = new Float64Array(totals.length).fill(NaN)
    for (const count of pair.needChild('TargetValueCounts').all('TargetValueCount')) {
      const index = context.classOf(count.need('value'), count)
      row[index] = count.number('count')
      if (index < totals.length) totals[index] = (totals[index] as number) + count.number('count')
    }
    counts.set(parseValue(from.type, pair.need('value'), scope.compilation.symbols), row)
  }
  for (const row of counts.values()) for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) / (totals[i] as number)
  return { kind: 'counts', from, likelihoods: counts }
}

function compileStats(element: PmmlElement, from: Expression, context: ModelContext): Input {
  const means = new Float64Array(context.classes.values.length).fill(NaN)
  const variances = new Float64Array(means.length).fill(NaN)
  for (const stat of element.all('TargetValueStat')) {
    const index = context.classOf(stat.need('value'), stat)
    const distribution = stat.needChild('GaussianDistribution', 'PoissonDistribution', 'AnyDistribution', 'UniformDistribution')
    const poisson = distribution.name === 'PoissonDistribution'
    if (!poisson && distribution.name !== 'GaussianDistribution') distribution.fail('is a distribution, which is not supported')
    means[index] = distribution.number('mean')
    if (!poisson) variances[index] = distribution.number('variance')
  }
  return { kind: 'distributions', from, means, variances }
}

/** Sums the logarithms of the likelihoods. A field without a value, or with an unknown value, is ignored. */
export class NaiveBayesEvaluator extends Evaluator {
  readonly #model: CompiledNaiveBayes

  constructor(model: CompiledNaiveBayes) {
    super(model.classes)
    this.#model = model
  }

  run(row: Row): boolean {
    const { inputs, priors, threshold, order } = this.#model
    const { probabilities } = this
    probabilities.fill(0)
    for (const input of inputs) {
      const value = evaluate(input.from, row)
      if (value !== value) continue
      const counted = input.kind === 'counts' ? input.likelihoods.get(value) : undefined
      if (input.kind === 'counts' && counted === undefined) continue
      for (let i = 0; i < probabilities.length; i++) {
        const likelihood = input.kind === 'counts' ? (counted?.[i] as number) : density(input, i, value)
        if (likelihood !== likelihood) continue
        const least = input.kind === 'counts' ? likelihood || threshold : Math.max(likelihood, threshold)
        probabilities[i] = (probabilities[i] as number) + Math.log(least)
      }
    }
    let largest = -Infinity
    for (let i = 0; i < probabilities.length; i++) {
      probabilities[i] = (probabilities[i] as number) + Math.log(priors[i] as number)
      largest = Math.max(largest, probabilities[i] as number)
    }
    let sum = 0
    for (let i = 0; i < probabilities.length; i++) sum += probabilities[i] = Math.exp((probabilities[i] as number) - largest)
    for (let i = 0; i < probabilities.length; i++) probabilities[i] = (probabilities[i] as number) / sum
    this.value = largestOf(order, probabilities)
    return this.value >= 0
  }
}

/**
 * The density of the value for the class; NaN: the field is ignored for the class. Ends the row's scoring if a Poisson distribution cannot have the
 * value.
 */
function density(input: Extract<Input, { kind: 'distributions' }>, index: number, value: number): number {
  const mean = input.means[index] as number
  const variance = input.variances[index] as number
  if (mean !== mean) return NaN
  if (variance === variance) return normalPdf(value, mean, Math.sqrt(variance))
  if (!Number.isInteger(value) || value < 0) giveUp()
  let logarithm = value * Math.log(mean) - mean
  for (let n = 2; n <= Math.min(value, 1e6); n++) logarithm -= Math.log(n)
  return Math.exp(logarithm)
}
