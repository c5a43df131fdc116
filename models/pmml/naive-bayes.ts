import type { PmmlElement } from './element.ts'
import { normalPdf } from './distributions.ts'
import { type Expression, evaluate } from './evaluate.ts'
import { Evaluator, indexOfLargest } from './evaluator.ts'
import { expressionIn } from './expressions.ts'
import type { ModelContext } from './model-context.ts'
import type { Row } from './row.ts'
import { dataTypeOf, parseValue } from './values.ts'

/** A field's likelihoods by class. */
type Input =
  | { readonly kind: 'counts'; readonly from: Expression; readonly likelihoods: ReadonlyMap<number, Float64Array> }
  /** mean and variance by class. */
  | { readonly kind: 'gaussian'; readonly from: Expression; readonly means: Float64Array; readonly variances: Float64Array }
  | { readonly kind: 'poisson'; readonly from: Expression; readonly means: Float64Array }

/** Plain data. */
export interface CompiledNaiveBayes {
  readonly kind: 'naiveBayes'
  readonly classes: number
  readonly threshold: number
  readonly priors: Float64Array
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
  if (context.classes.values.length > classes) element.fail('counts a class that the BayesOutput does not have')
  return { kind: 'naiveBayes', classes, threshold: element.number('threshold', 0), priors, inputs }
}

function compileInput(element: PmmlElement, context: ModelContext): Input {
  const { scope } = context
  const derived = element.child('DerivedField')
  const { slot, type, depth } = scope.fieldOf(element, 'fieldName')
  const field: Expression = { op: 'field', type, depth: depth + 1, steps: 1, slot, mapMissingTo: NaN }
  const stats = element.child('TargetValueStats')
  if (stats !== undefined) return compileStats(stats, field, context)
  const from = derived === undefined ? field : expressionIn(derived, scope)
  const valueType = derived === undefined ? type : dataTypeOf(derived, from.type)
  const counts = new Map<number, Float64Array>()
  const totals = new Float64Array(context.classes.values.length)
  for (const pair of element.all('PairCounts')) {
    const row = new Float64Array(totals.length)
    for (const count of pair.needChild('TargetValueCounts').all('TargetValueCount')) {
      const index = context.classOf(count.need('value'), count)
      row[index] = count.number('count')
      if (index < totals.length) totals[index] = (totals[index] as number) + count.number('count')
    }
    counts.set(parseValue(valueType, pair.need('value'), scope.compilation.symbols), row)
  }
  for (const row of counts.values()) for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) / (totals[i] as number)
  return { kind: 'counts', from, likelihoods: counts }
}

function compileStats(element: PmmlElement, from: Expression, context: ModelContext): Input {
  const means = new Float64Array(context.classes.values.length).fill(NaN)
  const variances = new Float64Array(means.length).fill(NaN)
  let poisson = 0
  for (const stat of element.all('TargetValueStat')) {
    const index = context.classOf(stat.need('value'), stat)
    const distribution = stat.needChild('GaussianDistribution', 'PoissonDistribution', 'AnyDistribution', 'UniformDistribution')
    if (distribution.name === 'PoissonDistribution') poisson++
    else if (distribution.name !== 'GaussianDistribution') distribution.fail('is a distribution that is not supported')
    means[index] = distribution.number('mean')
    variances[index] = distribution.number('variance', NaN)
  }
  if (poisson > 0 && poisson < element.all('TargetValueStat').length) element.fail('mixes distributions')
  return poisson > 0 ? { kind: 'poisson', from, means } : { kind: 'gaussian', from, means, variances }
}

/** Sums the logarithms of the likelihoods; a field without a value, or with one that was never seen, does not count. */
export class NaiveBayesEvaluator extends Evaluator {
  readonly #model: CompiledNaiveBayes

  constructor(model: CompiledNaiveBayes) {
    super(model.classes)
    this.#model = model
  }

  run(row: Row): boolean {
    const { inputs, priors, threshold } = this.#model
    const { probabilities } = this
    probabilities.fill(0)
    for (const input of inputs) {
      const value = evaluate(input.from, row)
      if (value !== value) continue
      const counted = input.kind === 'counts' ? input.likelihoods.get(value) : undefined
      if (input.kind === 'counts' && counted === undefined) continue
      for (let i = 0; i < probabilities.length; i++) {
        const likelihood = input.kind === 'counts' ? (counted?.[i] as number) || threshold : Math.max(density(input, i, value), threshold)
        probabilities[i] = (probabilities[i] as number) + Math.log(likelihood)
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
    this.value = indexOfLargest(probabilities)
    return this.value >= 0
  }
}

function density(input: Exclude<Input, { kind: 'counts' }>, index: number, value: number): number {
  const mean = input.means[index] as number
  if (input.kind === 'gaussian') return normalPdf(value, mean, Math.sqrt(input.variances[index] as number))
  let logarithm = value * Math.log(mean) - mean
  for (let n = 2; n <= Math.min(value, 1e6); n++) logarithm -= Math.log(n)
  return Math.exp(logarithm)
}
