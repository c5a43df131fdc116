import { type Details, type Source, type InputColumns, Evaluator } from '../contract/index.ts'
import { sourceOf } from './source-of.ts'
import type { CompiledMining } from '../elements/index.ts'
import type { ModelRunner, RunnerOf } from './model-runner.ts'
import { type Row, evaluatePredicate, verdict } from '../expressions/index.ts'

/**
 * Selects the result of one segment: with selectFirst, of the first segment that applies; with selectAll, the first result of any; in a chain,
 * where each segment can use the outputs of those before it, of the last one, or of the segment that predicts the model's field.
 */
export class SelectionEvaluator extends Evaluator {
  readonly #model: CompiledMining
  readonly #runners: readonly ModelRunner[]
  readonly #source: Source | undefined
  /** The segment that the last run selected; -1 if there is none. */
  #chosen = -1
  /** 1 for the segments of the last run that gave a result. */
  readonly #gave: Uint8Array

  constructor(model: CompiledMining, runnerOf: RunnerOf) {
    super(model.classes, {
      entity: rank => (rank === 1 && model.method === 'selectFirst' ? model.segments[this.#chosen]?.id : this.#inner?.entity?.(rank)),
      affinity: (rank, name) => this.#inner?.affinity?.(rank, name) ?? NaN,
      confidence: index => this.#inner?.confidence?.(index) ?? this.probabilities[index] ?? NaN,
      reasonCode: rank => this.#inner?.reasonCode?.(rank),
      rule: (rank, attribute) => this.#inner?.rule?.(rank, attribute),
      segment: index => (this.#gave[index] === 1 ? this.#runners[index] : undefined),
      chosen: index => (this.#chosen === index ? this.#runners[index]?.evaluator : undefined),
    } satisfies Details)
    this.#model = model
    this.#source = model.source === undefined ? undefined : sourceOf(model.source)
    this.#runners = model.segments.map(segment => runnerOf(segment.model, this.#source))
    this.#gave = new Uint8Array(model.segments.length)
  }

  override get classified(): boolean {
    return (this.#model.segments[this.#chosen]?.classes.length ?? 0) > 0
  }

  /** Prepares only the segments that every row reaches. */
  override prepare(columns: InputColumns): void {
    const { segments, method } = this.#model
    for (const [at, { predicate }] of segments.entries()) {
      if (predicate === undefined) this.#runners[at]!.prepare(columns)
      if (predicate === undefined && method === 'selectFirst') return
    }
  }

  run(row: Row): boolean {
    const { method } = this.#model
    this.#gave.fill(0)
    this.#chosen = -1
    if (method === 'selectFirst') return this.#selectFirst(row)
    return method === 'selectAll' ? this.#selectAll(row) : this.#chain(row)
  }

  #runSegment(at: number, row: Row): boolean {
    const found = this.#runners[at]!.run(row)
    this.#gave[at] = found ? 1 : 0
    return found
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
      return this.#take(at, this.#runSegment(at, row))
    }
    return false
  }

  #selectAll(row: Row): boolean {
    let first = -1
    for (let at = 0; at < this.#runners.length; at++) {
      if (!this.#applies(at, row)) continue
      const found = this.#runSegment(at, row)
      if (!found && this.#model.onMissing === 'returnMissing') return false
      if (found && first < 0) first = at
    }
    if (first < 0) return false
    this.#chosen = first
    return this.#take(first, true)
  }

  #chain(row: Row): boolean {
    this.#source?.find(row)
    let last = -1
    let found = false
    for (let at = 0; at < this.#runners.length; at++) {
      if (!this.#applies(at, row)) continue
      found = this.#runSegment(at, row)
      if (!found && this.#model.onMissing === 'returnMissing') return false
      last = at
    }
    const { main } = this.#model
    const result = main < 0 ? last : main
    if (result < 0) return false
    this.#chosen = result
    return this.#take(result, main < 0 ? found : this.#gave[main] === 1)
  }

  /** Takes over one segment's result. */
  #take(at: number, found: boolean): boolean {
    const runner = this.#runners[at]!
    const { classes, isResult } = this.#model.segments[at]!
    if (!found || !isResult) return false
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
