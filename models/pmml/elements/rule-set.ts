import type { PmmlElement } from '../document/index.ts'
import { type ModelContext, Evaluator, indexOfLargest } from '../contract/index.ts'
import { type Predicate, type Row, evaluatePredicate, predicateIn, verdict } from '../expressions/index.ts'

const criteria = ['firstHit', 'weightedSum', 'weightedMax'] as const

type Rule =
  | {
      readonly kind: 'simple'
      readonly predicate: Predicate
      readonly id: string
      readonly classIndex: number
      readonly weight: number
      readonly confidence: number
    }
  | { readonly kind: 'compound'; readonly predicate: Predicate; readonly rules: readonly Rule[] }

type SimpleRule = Extract<Rule, { kind: 'simple' }>

/** A compiled RuleSetModel: plain data. */
export interface CompiledRuleSet {
  readonly kind: 'ruleSet'
  readonly classes: number
  readonly criterion: (typeof criteria)[number]
  readonly rules: readonly Rule[]
  /** The class if no rule fires; -1: the row then has no result. */
  readonly defaultClass: number
  readonly defaultConfidence: number
}

export function compileRuleSet(context: ModelContext): CompiledRuleSet {
  const { element } = context
  context.allow('classification')
  const set = element.needChild('RuleSet')
  // If there are several methods, the first one is used.
  const method = set.needChild('RuleSelectionMethod')
  method.need('criterion')
  const score = set.get('defaultScore')
  const counter = { next: 1 }
  const rules = set.all('SimpleRule', 'CompoundRule').map(rule => compileRule(rule, context, counter))
  const defaultClass = score === undefined ? -1 : context.classOf(score, set)
  return {
    kind: 'ruleSet',
    classes: context.classes.values.length,
    criterion: method.oneOf('criterion', criteria),
    rules,
    defaultClass,
    defaultConfidence: set.number('defaultConfidence', 0),
  }
}

function compileRule(element: PmmlElement, context: ModelContext, counter: { next: number }): Rule {
  const predicate = predicateIn(element, context.scope)
  if (element.name === 'CompoundRule') {
    return {
      kind: 'compound',
      predicate,
      rules: context.scope.compilation.nested(element, () =>
        element.all('SimpleRule', 'CompoundRule').map(rule => compileRule(rule, context, counter)),
      ),
    }
  }
  const id = element.get('id') ?? String(counter.next)
  counter.next++
  return {
    kind: 'simple',
    predicate,
    id,
    classIndex: context.classOf(element.need('score'), element),
    weight: element.number('weight', 1),
    confidence: element.number('confidence', 1),
  }
}

export class RuleSetEvaluator extends Evaluator {
  readonly #model: CompiledRuleSet
  readonly #sums: Float64Array
  #fired: SimpleRule[] = []

  constructor(model: CompiledRuleSet) {
    super(model.classes, { entity: rank => this.#fired[rank - 1]?.id, confidence: index => this.probabilities[index] ?? NaN })
    this.#model = model
    this.#sums = new Float64Array(model.classes)
  }

  run(row: Row): boolean {
    const { rules, criterion, defaultClass, defaultConfidence } = this.#model
    this.#fired = []
    for (const rule of rules) this.#fire(rule, row)
    this.probabilities.fill(0)
    if (this.#fired.length === 0) {
      if (defaultClass < 0) return false
      this.value = defaultClass
      this.probabilities[defaultClass] = defaultConfidence
      return true
    }
    if (criterion === 'weightedSum') this.#sum()
    else this.#best()
    return true
  }

  /** Collects all rules that fire, not only the deciding one, because the confidences of other classes are results too. */
  #fire(rule: Rule, row: Row): void {
    if (evaluatePredicate(rule.predicate, row) !== verdict.yes) return
    if (rule.kind === 'simple') this.#fired.push(rule)
    else for (const inner of rule.rules) this.#fire(inner, row)
  }

  /**
   * The confidence of a class is the confidence of its first rule; with weightedMax, of its rule with the largest weight. With firstHit the class of the
   * first rule wins; with weightedMax the class with the largest confidence, as in the reference evaluator.
   */
  #best(): void {
    const first = this.#fired[0] as SimpleRule
    const chosen: (SimpleRule | undefined)[] = []
    for (const rule of this.#fired) {
      const before = chosen[rule.classIndex]
      if (before === undefined || (this.#model.criterion === 'weightedMax' && rule.weight > before.weight)) chosen[rule.classIndex] = rule
    }
    let best = this.#model.criterion === 'firstHit' ? first : (chosen[first.classIndex] as SimpleRule)
    for (const rule of this.#fired) {
      if (rule !== chosen[rule.classIndex]) continue
      this.probabilities[rule.classIndex] = rule.confidence
      if (this.#model.criterion === 'weightedMax' && rule.confidence > best.confidence) best = rule
    }
    this.value = best.classIndex
    this.#fired.sort((a, b) => (a === best ? -1 : b === best ? 1 : 0))
  }

  #sum(): void {
    const sums = this.#sums.fill(0)
    for (const { classIndex, weight } of this.#fired) sums[classIndex] = (sums[classIndex] as number) + weight
    const most = sums[indexOfLargest(sums)] as number
    this.value = (this.#fired.find(({ classIndex }) => sums[classIndex] === most) as SimpleRule).classIndex
    for (let i = 0; i < sums.length; i++) this.probabilities[i] = (sums[i] as number) / this.#fired.length
    this.#fired.sort((a, b) => Number(b.classIndex === this.value) - Number(a.classIndex === this.value) || b.weight - a.weight)
  }
}
