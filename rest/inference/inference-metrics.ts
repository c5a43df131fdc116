import { type MetricDefinition, type MetricsRecorder, secondsBounds } from '../../topology/index.ts'
import { type AskedVersion, NewestVersions } from './newest-versions.ts'

const labels = ['data_type', 'model', 'version'] as const

const requests: MetricDefinition = {
  name: 'sluice_inference_requests_total',
  kind: 'counter',
  help: 'Inference requests for an existing model version, by outcome: answered, refused (an invalid request) or failed.',
  labels: [...labels, 'outcome'],
}
const seconds: MetricDefinition = {
  name: 'sluice_inference_request_seconds',
  kind: 'histogram',
  help: 'Time from receiving the body of an inference request until its answer is written, in seconds; answered requests only.',
  labels,
  bounds: secondsBounds,
}
const queueSeconds: MetricDefinition = {
  name: 'sluice_inference_queue_seconds',
  kind: 'histogram',
  help: 'Part of that time during which the request waited for earlier calls of the model, in seconds.',
  labels,
  bounds: secondsBounds,
}
const batchRows: MetricDefinition = {
  name: 'sluice_inference_batch_rows',
  kind: 'histogram',
  help: 'Rows in one call of the model; a call for several requests is counted for the first of them.',
  labels,
  bounds: Array.from({ length: 17 }, (_, exponent) => 2 ** exponent),
}

/** What is recorded of inference requests. */
export const inferenceMetrics: readonly MetricDefinition[] = [requests, seconds, queueSeconds, batchRows]

/** A request that was answered; times in ms. */
export interface AnsweredRequest {
  readonly times: RequestTimes
  readonly rows: number
  /** The rows of each call of the model that counts for it. */
  readonly runs: readonly number[]
  /** Epoch ms. */
  readonly now: number
}

/** What one request took, by what was done. */
export interface RequestTimes {
  /** From the body being there to the answer being written; with loading the model, where that was needed. */
  readonly whole: number
  /** Reading the body, and making rows of it. */
  readonly input: number
  /** Waiting for the calls of the model before its own. */
  readonly queue: number
  readonly infer: number
  /** Writing the answer. */
  readonly output: number
}

/** `refused` is the request's fault, `failed` is not. */
export type Unanswered = 'refused' | 'failed'

/** Whoever keeps count of inference requests. */
export interface InferenceFigures {
  answered(asked: AskedVersion, request: AnsweredRequest): void
  unanswered(asked: AskedVersion, outcome: Unanswered, ms: number): void
}

/** Inference requests for Prometheus. Only models that there are become labels: what a request names freely does not. */
export class InferenceMetrics implements InferenceFigures {
  readonly #recorder: MetricsRecorder
  readonly #newest = new NewestVersions()

  constructor(recorder: MetricsRecorder) {
    this.#recorder = recorder
    recorder.declare(inferenceMetrics)
  }

  answered(asked: AskedVersion, { times, runs }: AnsweredRequest): void {
    const own = this.#labelsOf(asked)
    this.#recorder.figure(requests, [...own, 'answered']).add(1)
    this.#recorder.distribution(seconds, own).observe(times.whole / 1000)
    this.#recorder.distribution(queueSeconds, own).observe(times.queue / 1000)
    for (const rows of runs) this.#recorder.distribution(batchRows, own).observe(rows)
  }

  unanswered(asked: AskedVersion, outcome: Unanswered): void {
    this.#recorder.figure(requests, [...this.#labelsOf(asked), outcome]).add(1)
  }

  /** When a version is asked that is newer than those before, theirs make room first. */
  #labelsOf(asked: AskedVersion): readonly string[] {
    const replaced = this.#newest.replacedBy(asked)
    if (replaced !== undefined) this.#retire(labelsOf(replaced))
    return labelsOf(asked)
  }

  #retire(own: readonly string[]): void {
    for (const definition of [seconds, queueSeconds, batchRows]) this.#recorder.retire(definition, own)
    for (const outcome of ['answered', 'refused', 'failed']) this.#recorder.retire(requests, [...own, outcome])
  }
}

function labelsOf({ dataType, model, version }: AskedVersion): readonly string[] {
  return [dataType, model, String(version)]
}
