import { type Distribution, type Figure, type MetricDefinition, type MetricsRecorder, secondsBounds } from '../topology/index.ts'
import type { Answer, RecordRace } from './speculative/index.ts'

export const decisionsMetric: MetricDefinition = {
  name: 'sluice_decisions_total',
  kind: 'counter',
  help: 'Decisions between models: by cause (all, early, timeout, fallback), and status of the result.',
  labels: ['data_type', 'cause', 'status'],
}
export const decisionSecondsMetric: MetricDefinition = {
  name: 'sluice_decision_seconds',
  kind: 'histogram',
  help: "Time from a record's arrival to its decision.",
  labels: ['data_type'],
  bounds: secondsBounds,
}
export const racedMetric: MetricDefinition = {
  name: 'sluice_raced_models_total',
  kind: 'counter',
  help: "Models' parts in decisions (contributed, outvoted, abstained, failed, missing), and scores that came late.",
  labels: ['data_type', 'model', 'part'],
}
export const lateDroppedMetric: MetricDefinition = {
  name: 'sluice_late_scores_dropped_total',
  kind: 'counter',
  help: 'Late scores that were not written, because too many waited.',
  labels: [],
}

/** The metrics of decisions between models. */
export const decisionMetrics: readonly MetricDefinition[] = [decisionsMetric, decisionSecondsMetric, racedMetric, lateDroppedMetric]

/** Metrics of one task's decisions. */
export class DecisionFigures {
  readonly #recorder: MetricsRecorder
  readonly #series = new Map<string, Figure>()
  readonly #seconds = new Map<string, Distribution>()

  constructor(recorder: MetricsRecorder) {
    this.#recorder = recorder
    recorder.declare(decisionMetrics)
  }

  decided(dataType: string, { racers, decision, answers, elapsed }: RecordRace): void {
    const { cause = 'timeout', verdict, failure } = decision ?? {}
    const status = verdict !== undefined ? 'OK' : failure === undefined ? 'NO_RESULT' : 'FAILED'
    this.#figure(decisionsMetric, [dataType, cause, status]).add(1)
    this.#secondsOf(dataType).observe(elapsed / 1000)
    racers.all.forEach(({ name }, place) => {
      const answer = answers[place]
      const part = partName(answer, verdict?.contributors.includes(place) === true)
      this.#figure(racedMetric, [dataType, name, part]).add(1)
    })
  }

  /** Records without a race: no model, or none that could be loaded in time. */
  undecided(dataType: string, status: string, records: number): void {
    this.#figure(decisionsMetric, [dataType, '', status]).add(records)
  }

  late(dataType: string, { racer }: Answer): void {
    this.#figure(racedMetric, [dataType, racer.name, 'late']).add(1)
  }

  lateDropped(scores: number): void {
    this.#figure(lateDroppedMetric, []).add(scores)
  }

  #figure(metric: MetricDefinition, labels: readonly string[]): Figure {
    const key = `${metric.name} ${labels.join(' ')}`
    let figure = this.#series.get(key)
    if (figure === undefined) this.#series.set(key, (figure = this.#recorder.figure(metric, labels)))
    return figure
  }

  #secondsOf(dataType: string): Distribution {
    let seconds = this.#seconds.get(dataType)
    if (seconds === undefined) this.#seconds.set(dataType, (seconds = this.#recorder.distribution(decisionSecondsMetric, [dataType])))
    return seconds
  }
}

function partName(answer: Answer | undefined, contributed: boolean): string {
  if (answer === undefined) return 'missing'
  if (answer.kind === 'score') return contributed ? 'contributed' : 'outvoted'
  return answer.kind === 'abstain' ? 'abstained' : 'failed'
}
