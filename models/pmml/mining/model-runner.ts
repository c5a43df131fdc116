import { type CompiledModel, type CompiledOutput, setOutput, rescale } from '../elements/index.ts'
import type { Evaluator, Source, InputColumns } from '../contract/index.ts'
import { type Row, giveUp } from '../expressions/index.ts'
import { castNumber } from '../document/index.ts'

interface Share {
  readonly slot: number
  readonly classIndex: number
}

function shareOf({ source, slot, type, segment }: CompiledOutput): Share[] {
  const plain = segment === undefined && source.feature === 'probability' && source.classIndex >= 0 && type === 'double'
  return plain ? [{ slot, classIndex: source.classIndex }] : []
}

/** Makes a compiled model ready to run. It is handed to the evaluators of mining models, because it constructs them: the recursion. */
export type RunnerOf = (model: CompiledModel, source?: Source) => ModelRunner

/** Runs a model, then rescales the prediction by its Target and sets the output fields. */
export class ModelRunner {
  readonly model: CompiledModel
  readonly evaluator: Evaluator
  /** The last run's result in the target's type; for a classification, the class's value. NaN if there is none. */
  value = NaN
  /** The outputs that are just the probability of a class; `#others` are all the rest. */
  readonly #shares: readonly Share[]
  readonly #others: readonly CompiledOutput[]
  readonly #plain: boolean
  /** Whether there is nothing to do after the evaluator. */
  readonly #bare: boolean
  readonly #values: Float64Array | undefined
  /** Whether a result may be a number although there are classes. */
  readonly #mixed: boolean

  constructor(model: CompiledModel, evaluator: Evaluator) {
    this.model = model
    this.#shares = model.outputs.flatMap(shareOf)
    this.#others = model.outputs.filter(output => shareOf(output).length === 0)
    this.evaluator = evaluator
    this.#values = model.classes.values.length > 0 ? Float64Array.from(model.classes.values) : undefined
    this.#mixed = model.part.kind === 'mining' && model.part.mixed
    const casts = !model.classifies && (model.predictedType === 'integer' || model.predictedType === 'float')
    this.#plain = model.target === undefined && !casts
    this.#bare = this.#plain && !this.#mixed && model.outputs.length === 0
  }

  /** Whether the last run's result is one of the classes. */
  get isClass(): boolean {
    return this.#values !== undefined && (!this.#mixed || this.evaluator.classified)
  }

  /** A batch begins. */
  prepare(columns: InputColumns): void {
    this.evaluator.prepare(columns)
  }

  /** Whether there is a result. */
  run(row: Row): boolean {
    if (this.#bare) {
      const found = this.evaluator.run(row)
      const { value } = this.evaluator
      this.value = !found ? NaN : this.#values === undefined ? value : (this.#values[value] as number)
      return found
    }
    let found = this.evaluator.run(row)
    if (!this.#plain) found = this.#applyTarget(found)
    const values = this.#mixed && !this.isClass ? undefined : this.#values
    this.value = !found ? NaN : values === undefined ? this.evaluator.value : (values[this.evaluator.value] as number)
    if (this.#shares.length === 0) {
      // Nothing to be set.
    } else if (found) this.#setShares(row)
    else for (const { slot } of this.#shares) row.values[slot] = NaN
    if (this.#others.length > 0) {
      const type = this.#mixed && values === undefined ? 'double' : this.model.predictedType
      const prediction = { evaluator: this.evaluator, value: this.value, type, found }
      for (const output of this.#others) setOutput(output, prediction, row)
    }
    return found
  }

  #setShares(row: Row): void {
    const shares = this.#shares
    const { probabilities } = this.evaluator
    for (let i = 0; i < shares.length; i++) {
      const { slot, classIndex } = shares[i] as Share
      // A class that the model does not know has probability 0.
      row.values[slot] = probabilities[classIndex] ?? 0
    }
  }

  #applyTarget(found: boolean): boolean {
    const { evaluator, model } = this
    const { target, predictedType, classifies } = model
    if (classifies) {
      if (found || target?.priors === undefined) return found
      evaluator.probabilities.set(target.priors)
      evaluator.value = target.priors.indexOf(Math.max(...target.priors))
      return true
    }
    if (this.#values !== undefined) return found
    if (!found) {
      if (target === undefined || Number.isNaN(target.defaultValue)) return false
      evaluator.value = target.defaultValue
    }
    const value = target === undefined ? evaluator.value : rescale(target, evaluator.value)
    const cast = castNumber(predictedType, value)
    evaluator.value = Number.isNaN(cast) ? giveUp() : cast
    return true
  }
}
