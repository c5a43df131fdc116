import { Evaluator, indexOfLargest } from '../contract/index.ts'
import type { CompiledCox, CompiledGeneralRegression, Factor, LinearPredictor } from './general-regression.ts'
import { type Row, inverseLinks, softmax, giveUp } from '../expressions/index.ts'
import { cumulative } from './regression.ts'

export class GeneralRegressionEvaluator extends Evaluator {
  readonly #model: CompiledGeneralRegression
  readonly #values: Float64Array

  constructor(model: CompiledGeneralRegression) {
    super(model.classes)
    this.#model = model
    const referred = model.modelType === 'multinomial' && model.reference >= 0 ? 1 : 0
    this.#values = new Float64Array(model.modelType === 'ordinal' ? model.classes : model.predictors.length + referred)
  }

  run(row: Row): boolean {
    const { predictors, modelType, classes } = this.#model
    const values = this.#values.fill(0)
    if (modelType === 'cox') return this.#hazard(row)
    const offset = this.#offset(row)
    for (const [at, predictor] of predictors.entries()) {
      const value = predict(predictor, row) + offset
      if (Number.isNaN(value)) return false
      values[at] = value
    }
    if (classes > 0) return this.#classify(values)
    const { trialsSlot, trials } = this.#model
    this.value = this.#inverse(values[0] as number) * (trialsSlot < 0 ? trials : row.read(trialsSlot))
    return !Number.isNaN(this.value)
  }

  #offset(row: Row): number {
    const { offsetSlot, offset } = this.#model
    return offsetSlot < 0 ? offset : row.read(offsetSlot)
  }

  #classify(values: Float64Array): boolean {
    const { predictors, modelType, reference, classes } = this.#model
    const { probabilities } = this
    probabilities.fill(0)
    if (modelType === 'ordinal') {
      cumulative(values, inverseLinks[this.#model.link as keyof typeof inverseLinks])
      probabilities.set(values)
    } else if (modelType === 'multinomial') {
      softmax(values, false)
      for (const [at, { classIndex }] of predictors.entries()) probabilities[classIndex] = values[at] as number
      if (reference >= 0) probabilities[reference] = values[predictors.length] as number
    } else {
      const value = this.#inverse(values[0] as number)
      const named = predictors[0]?.classIndex ?? -1
      const index = named >= 0 ? named : reference === 0 ? 1 : 0
      if (classes !== 2 || index === reference) giveUp()
      probabilities[index] = value
      probabilities[1 - index] = 1 - value
    }
    this.value = indexOfLargest(probabilities)
    return this.value >= 0
  }

  #hazard(row: Row): boolean {
    const { timeSlot, strataSlot, baselines, center } = this.#model.cox as CompiledCox
    const time = row.read(timeSlot)
    const baseline = baselines.get(strataSlot < 0 ? 0 : row.read(strataSlot))
    if (baseline === undefined || Number.isNaN(time) || time > baseline.maxTime) return false
    let hazard = NaN
    for (const [at, from] of baseline.times.entries()) {
      if (from > time) break
      hazard = baseline.hazards[at] as number
    }
    // Before the first time the hazard is 0 for every record.
    if (time < (baseline.times[0] ?? Infinity)) this.value = 0
    else this.value = hazard * Math.exp(predict(this.#model.predictors[0] as LinearPredictor, row) - center)
    return !Number.isNaN(this.value)
  }

  #inverse(y: number): number {
    const { link, linkParameter: parameter, distParameter } = this.#model
    switch (link) {
      case 'log':
        return Math.exp(y)
      case 'logc':
        return 1 - Math.exp(y)
      case 'negbin':
        return 1 / (distParameter * (Math.exp(-y) - 1))
      case 'oddspower':
        return parameter === 0 ? 1 / (1 + Math.exp(-y)) : 1 / (1 + (1 + parameter * y) ** (-1 / parameter))
      case 'power':
        return parameter === 0 ? Math.exp(y) : y ** (1 / parameter)
      default:
        return inverseLinks[link](y)
    }
  }
}

/** The value of the linear predictor; NaN if one of its fields is missing. */
function predict({ coefficients, products }: LinearPredictor, row: Row): number {
  let sum = 0
  for (let at = 0; at < coefficients.length; at++) {
    const factors = products[at] as readonly Factor[]
    let product = coefficients[at] as number
    for (let i = 0; i < factors.length; i++) product *= contribution(factors[i] as Factor, row)
    sum += product
  }
  return sum
}

function contribution(factor: Factor, row: Row): number {
  const value = row.read(factor.slot)
  if (Number.isNaN(value)) return NaN
  if (factor.op === 'covariate') return factor.exponent === 1 ? value : value ** factor.exponent
  return factor.op === 'factor' ? (value === factor.value ? 1 : 0) : (factor.contrasts.get(value) ?? 0)
}
