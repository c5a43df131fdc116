import { type Details, Evaluator } from './evaluator.ts'
import type { InputColumns } from './input-columns.ts'
import type { CompiledMining } from './mining.ts'
import { type ModelRunner, modelRunner } from './model-runner.ts'
import { evaluatePredicate, verdict } from './predicates.ts'
import type { Row } from './row.ts'

/** Runs the first segment that applies, or one segment after the other, each with what those before it gave out: one result is the whole's. */
export class SelectionEvaluator extends Evaluator {
  readonly #model: CompiledMining
  readonly #runners: readonly ModelRunner[]
  /** The segment whose result the last run's is. */
  #chosen = 0

  constructor(model: CompiledMining) {
    super(model.classes, {
      entity: rank => (rank === 1 && model.method === 'selectFirst' ? model.segments[this.#chosen]?.id : this.#inner?.entity?.(rank)),
      affinity: (rank, name) => this.#inner?.affinity?.(rank, name) ?? NaN,
      confidence: index => this.#inner?.confidence?.(index) ?? this.probabilities[index] ?? NaN,
      reasonCode: rank => this.#inner?.reasonCode?.(rank),
      rule: (rank, attribute) => this.#inner?.rule?.(rank, attribute),
    } satisfies Details)
    this.#model = model
    this.#runners = model.segments.map(segment => modelRunner(segment.model))
  }

  /** A segment that not every row comes to is not prepared. */
  override prepare(columns: InputColumns): void {
    const { segments, method } = this.#model
    for (const [at, { predicate }] of segments.entries()) {
      if (predicate === undefined) this.#runners[at]!.prepare(columns)
      if (predicate === undefined && method === 'selectFirst') return
    }
  }

  run(row: Row): boolean {
    return this.#model.method === 'selectFirst' ? this.#selectFirst(row) : this.#chain(row)
  }

  get #inner(): Details | undefined {
    return this.#runners[this.#chosen]?.evaluator.details
  }

  #applies(segment: number, row: Row): boolean {
    const predicate = this.#model.segments[segment]?.predicate
    return predicate === undefined || evaluatePredicate(predicate, row) === verdict.yes
  }

  #selectFirst(row: Row): boolean {
    for (let at = 0; at < this.#runners.length; at++) {
      if (!this.#applies(at, row)) continue
      this.#chosen = at
      return this.#take(at, this.#runners[at]!.run(row))
    }
    return false
  }

  #chain(row: Row): boolean {
    let last = -1
    let found = false
    for (let at = 0; at < this.#runners.length; at++) {
      if (!this.#applies(at, row)) continue
      found = this.#runners[at]!.run(row)
      if (!found && this.#model.onMissing === 'returnMissing') return false
      last = at
    }
    if (last < 0) return false
    this.#chosen = last
    return this.#take(last, found)
  }

  /** Makes one segment's result the whole's. */
  #take(at: number, found: boolean): boolean {
    const runner = this.#runners[at]!
    if (!found) return false
    const { classes } = this.#model.segments[at]!
    if (classes.length === 0) {
      this.value = runner.value
      return true
    }
    this.probabilities.fill(0)
    for (let i = 0; i < classes.length; i++) this.probabilities[classes[i] as number] = runner.evaluator.probabilities[i] as number
    this.value = classes[runner.evaluator.value] as number
    return true
  }
}
