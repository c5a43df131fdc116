import { type Row, chosenShare, medianOf, weightedMedianOf, evaluatePredicate, verdict, giveUp } from '../expressions/index.ts'
import { type InputColumns, Evaluator, indexOfLargest } from '../contract/index.ts'
import { Forest } from './forest.ts'
import { forestTrees } from './forest-tree.ts'
import type { CompiledMining } from '../elements/index.ts'
import type { ModelRunner, RunnerOf } from './model-runner.ts'

/** Runs all segments and combines their results. Allocates nothing for a row, except for a median. */
export class MiningEvaluator extends Evaluator {
  readonly #model: CompiledMining
  readonly #runners: readonly ModelRunner[]
  /** Set if all segments are simple trees: scores a batch's rows at once. */
  readonly forest: Forest | undefined
  /** The row of the last run, if only the forest scored it: the segments were not run. */
  #simple: Row | undefined
  /** For each segment, whether its classes are those of the whole model in the same order. */
  readonly #sameClasses: readonly boolean[]
  /** 1 for the segments of the last run that gave a result. */
  readonly #gave: Uint8Array
  #totalWeight = 0

  constructor(model: CompiledMining, runnerOf: RunnerOf) {
    super(model.classes, { segment: index => (this.#gave[index] === 1 ? this.#runners[index] : undefined) })
    this.#model = model
    this.#runners = model.segments.map(segment => runnerOf(segment.model))
    this.#sameClasses = model.segments.map(({ classes }) => classes.every((index, at) => index === at))
    const trees = forestTrees(model)
    this.forest = trees === undefined ? undefined : new Forest(trees, model)
    this.#gave = new Uint8Array(model.segments.length)
  }

  override get order(): ArrayLike<number> | undefined {
    if (this.#simple !== undefined) this.#runAll(this.#simple)
    return this.#order()
  }

  override prepare(columns: InputColumns): void {
    this.forest?.run(columns)
    if (this.forest === undefined) for (const [at, runner] of this.#runners.entries()) if (this.#isSure(at)) runner.prepare(columns)
  }

  run(row: Row): boolean {
    this.#simple = this.forest !== undefined && this.#takeResult(this.forest, row.at) ? row : undefined
    if (this.#simple !== undefined) return true
    if (!this.#runAll(row)) return false
    if (this.#model.classes === 0) {
      this.value = this.#combineValues()
      return this.value === this.value
    }
    return this.#combineClasses()
  }

  /** Whether the forest has the row's result. */
  #takeResult(forest: Forest, row: number): boolean {
    const { probabilities } = this
    const width = probabilities.length
    if (width === 0) this.value = forest.valueOf(row)
    else {
      const best = forest.classOf(row)
      this.value = best
      if (best < 0) return false
      for (let i = 0; i < width; i++) probabilities[i] = forest.results[row * forest.stride + i] as number
    }
    return this.value === this.value
  }

  /** Whether the segment applies to every row. */
  #isSure(segment: number): boolean {
    return this.#model.segments[segment]?.predicate === undefined
  }

  #applies(segment: number, row: Row): boolean {
    const predicate = this.#model.segments[segment]?.predicate
    return predicate === undefined || evaluatePredicate(predicate, row) === verdict.yes
  }

  /** Whether the results can be combined. */
  #runAll(row: Row): boolean {
    const { segments, onMissing, missingThreshold, method } = this.#model
    const votes = method === 'majorityVote' || method === 'weightedMajorityVote'
    let weight = 0
    let missing = 0
    this.#gave.fill(0)
    for (let at = 0; at < segments.length; at++) {
      if (!this.#applies(at, row)) continue
      const share = method === 'majorityVote' ? 1 : segments[at]!.weight
      if (this.#runners[at]!.run(row)) {
        this.#gave[at] = 1
        weight += share
      } else {
        if (onMissing === 'returnMissing' || (onMissing === 'continue' && !votes)) return false
        missing += share
      }
    }
    this.#totalWeight = weight
    if (onMissing === 'skipSegment' && missing > missingThreshold * (weight + missing)) return false
    return onMissing === 'continue' ? weight > 0 && this.#outvotes(missing) : weight > 0
  }

  /** Segments without a result vote for a missing result. */
  #outvotes(missing: number): boolean {
    if (missing === 0) return true
    this.#vote()
    return missing <= Math.max(...this.probabilities)
  }

  #combineValues(): number {
    const { method, segments, float } = this.#model
    if (method === 'median' || method === 'weightedMedian') return this.#median(method === 'weightedMedian')
    const weighted = method === 'weightedAverage' || method === 'weightedSum'
    let sum = 0
    let count = 0
    let largest = -Infinity
    for (let at = 0; at < segments.length; at++) {
      if (this.#gave[at] === 0) continue
      const weight = weighted ? segments[at]!.weight : 1
      const value = this.#runners[at]!.value
      sum = float ? Math.fround(sum + Math.fround(value * weight)) : sum + value * weight
      count += weight
      if (value > largest) largest = value
    }
    if (method === 'max') return largest
    if (method === 'sum' || method === 'weightedSum') return sum
    if (method !== 'average' && method !== 'weightedAverage') giveUp()
    return float ? Math.fround(sum / count) : sum / count
  }

  #median(weighted: boolean): number {
    const given = this.#model.segments.flatMap(({ weight }, at) =>
      this.#gave[at] === 0 ? [] : [{ value: this.#runners[at]!.value, weight }],
    )
    return weighted ? weightedMedianOf(given) : medianOf(given.map(({ value }) => value))
  }

  #combineClasses(): boolean {
    const { method, float } = this.#model
    const { probabilities } = this
    if (method === 'majorityVote' || method === 'weightedMajorityVote') this.#vote()
    else if (method === 'average' || method === 'weightedAverage') this.#average(method === 'weightedAverage')
    else if (method === 'max' || method === 'median') return this.#pick(method)
    else giveUp()
    for (let i = 0; i < probabilities.length; i++) {
      const share = (probabilities[i] as number) / this.#totalWeight
      probabilities[i] = float ? Math.fround(share) : share
    }
    this.value = this.#winner()
    return this.value >= 0
  }

  /** Counts the votes for each class into `probabilities`. */
  #vote(): void {
    const { segments, method } = this.#model
    this.probabilities.fill(0)
    for (let at = 0; at < segments.length; at++) {
      if (this.#gave[at] === 0) continue
      const { classes, weight } = segments[at]!
      const index = classes[this.#runners[at]!.evaluator.value] as number
      this.probabilities[index] = (this.probabilities[index] as number) + (method === 'majorityVote' ? 1 : weight)
    }
  }

  #average(weighted: boolean): void {
    const { segments, float } = this.#model
    const { probabilities } = this
    probabilities.fill(0)
    if (!weighted) this.#totalWeight = 0
    for (let at = 0; at < segments.length; at++) {
      if (this.#gave[at] === 0) continue
      if (!weighted) this.#totalWeight++
      const { evaluator } = this.#runners[at]!
      if (weighted || float || !this.#sameClasses[at]) this.#addShares(at, evaluator.probabilities, weighted)
      else evaluator.addProbabilities(probabilities)
    }
  }

  #addShares(at: number, shares: Float64Array, weighted: boolean): void {
    const { segments, float } = this.#model
    const { classes, weight } = segments[at]!
    const { probabilities } = this
    for (let i = 0; i < classes.length; i++) {
      const index = classes[i] as number
      const sum = (probabilities[index] as number) + (shares[i] as number) * (weighted ? weight : 1)
      probabilities[index] = float ? Math.fround(sum) : sum
    }
  }

  /** Chooses the class by its largest or median probability; the probabilities are then the average of the segments nearest to that value. */
  #pick(method: 'max' | 'median'): boolean {
    const { segments } = this.#model
    const { probabilities } = this
    const share = (at: number, index: number): number => {
      const own = segments[at]!.classes.indexOf(index)
      return own < 0 ? 0 : (this.#runners[at]!.evaluator.probabilities[own] as number)
    }
    const given = segments.map((_, at) => at).filter(at => this.#gave[at] === 1)
    for (let index = 0; index < probabilities.length; index++)
      probabilities[index] = chosenShare(
        given.map(at => share(at, index)),
        method,
      )
    const winner = this.#winner()
    if (winner < 0) return false
    const chosen = probabilities[winner] as number
    const distances = given.map(at => Math.abs(share(at, winner) - chosen))
    const least = Math.min(...distances)
    const contributors = given.filter((_, at) => distances[at] === least)
    for (let index = 0; index < probabilities.length; index++)
      probabilities[index] = contributors.reduce((sum, at) => sum + share(at, index), 0) / contributors.length
    this.value = this.#winner()
    return true
  }

  /** The class with the largest probability; of equals the one that a segment named first. */
  #winner(): number {
    const { probabilities } = this
    const best = indexOfLargest(probabilities)
    if (best < 0 || probabilities.indexOf(probabilities[best] as number, best + 1) < 0) return best
    return this.#order().find(index => probabilities[index] === probabilities[best]) ?? best
  }

  /** The classes in the order in which the segments named them. */
  #order(): number[] {
    const { segments, method } = this.#model
    const votes = method === 'majorityVote' || method === 'weightedMajorityVote'
    const order = new Set<number>()
    for (let at = 0; at < segments.length; at++) {
      if (this.#gave[at] === 0) continue
      const { classes } = segments[at]!
      const { evaluator } = this.#runners[at]!
      if (votes) order.add(classes[evaluator.value] as number)
      else for (const index of Array.from(evaluator.order ?? classes.keys())) order.add(classes[index] as number)
    }
    return [...order]
  }
}
