import type { PmmlElement } from '../document/index.ts'
import {
  type Expression,
  type Predicate,
  type Row,
  evaluate,
  expressionIn,
  evaluatePredicate,
  predicateIn,
  verdict,
} from '../expressions/index.ts'
import { type ModelContext, Evaluator } from '../contract/index.ts'

interface Attribute {
  readonly predicate: Predicate
  readonly score: number
  /** The ComplexPartialScore, used instead of `score`. */
  readonly expression: Expression | undefined
  readonly reasonCode: string
}

interface Characteristic {
  readonly baseline: number
  readonly attributes: readonly Attribute[]
}

/** A compiled Scorecard: plain data. */
export interface CompiledScorecard {
  readonly kind: 'scorecard'
  readonly initialScore: number
  readonly reasons: 'pointsAbove' | 'pointsBelow' | undefined
  readonly characteristics: readonly Characteristic[]
}

export function compileScorecard(context: ModelContext): CompiledScorecard {
  const { element } = context
  context.allow('regression')
  const explains = element.flag('useReasonCodes', true)
  const characteristics = element.needChild('Characteristics').all('Characteristic')
  return {
    kind: 'scorecard',
    initialScore: element.number('initialScore', 0),
    reasons: explains ? element.oneOf('reasonCodeAlgorithm', ['pointsBelow', 'pointsAbove']) : undefined,
    characteristics: characteristics.map(characteristic => ({
      baseline: explains ? characteristic.number('baselineScore', element.number('baselineScore', 0)) : 0,
      attributes: characteristic.all('Attribute').map(attribute => compileAttribute(attribute, characteristic, context)),
    })),
  }
}

function compileAttribute(element: PmmlElement, characteristic: PmmlElement, { scope }: ModelContext): Attribute {
  const complex = element.child('ComplexPartialScore')
  return {
    predicate: predicateIn(element, scope),
    score: complex === undefined ? element.number('partialScore') : NaN,
    expression: complex === undefined ? undefined : expressionIn(complex, scope),
    reasonCode: element.get('reasonCode') ?? characteristic.get('reasonCode') ?? '',
  }
}

/** Adds up the scores of the characteristics. Reason codes are ranked only when an output reads them. */
export class ScorecardEvaluator extends Evaluator {
  readonly #model: CompiledScorecard
  readonly #lost: Float64Array
  readonly #codes: string[]

  constructor(model: CompiledScorecard) {
    super(0, { reasonCode: rank => this.#reason(rank) })
    this.#model = model
    this.#lost = new Float64Array(model.characteristics.length)
    this.#codes = model.characteristics.map(() => '')
  }

  run(row: Row): boolean {
    const { characteristics, initialScore, reasons } = this.#model
    let sum = initialScore
    for (let at = 0; at < characteristics.length; at++) {
      const { attributes, baseline } = characteristics[at] as Characteristic
      const attribute = attributes.find(({ predicate }) => evaluatePredicate(predicate, row) === verdict.yes)
      if (attribute === undefined) return false
      const score = attribute.expression === undefined ? attribute.score : evaluate(attribute.expression, row)
      if (score !== score) return false
      sum += score
      this.#lost[at] = reasons === 'pointsAbove' ? score - baseline : baseline - score
      this.#codes[at] = attribute.reasonCode
    }
    this.value = sum
    return true
  }

  /** The reason code with that rank, by the points lost; codes with fewer than 0 points lost are left out. */
  #reason(rank: number): string | undefined {
    if (this.#model.reasons === undefined) return undefined
    const lost = new Map<string, number>()
    for (const [at, code] of this.#codes.entries()) lost.set(code, (lost.get(code) ?? 0) + (this.#lost[at] as number))
    const ranked = [...lost].filter(([, points]) => points >= 0).sort((a, b) => b[1] - a[1])
    return ranked[rank - 1]?.[0]
  }
}
