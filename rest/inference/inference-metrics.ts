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

/** The metrics of inference requests. */
export const inferenceMetrics: readonly MetricDefinition[] = [requests, seconds, queueSeconds, batchRows]

/** An answered request. */
export interface AnsweredRequest {
  readonly times: RequestTimes
  /** Rows of the request. */
  readonly rows: number
  /** The rows of each call of the model that is counted for this request. */
  readonly runs: readonly number[]
  /** When it was answered, epoch ms. */
  readonly now: number
}

/** Durations of the steps of one request, ms. */
export interface RequestTimes {
  /** From receiving the body until the answer is written, including the time to load the model if it was not loaded. */
  readonly whole: number
  /** Decoding the body and building its rows. */
  readonly input: number
  /** Waiting for earlier calls of the model. */
  readonly queue: number
  /** The calls of the model. */
  readonly infer: number
  /** Writing the answer. */
  readonly output: number
}

/** `refused`: the request is invalid (status below 500); `failed`: any other error. */
export type Unanswered = 'refused' | 'failed'

/** A recorder of inference requests. */
export interface InferenceFigures {
  answered(asked: AskedVersion, request: AnsweredRequest): void
  /** `ms`: duration of the request until it failed. */
  unanswered(asked: AskedVersion, outcome: Unanswered, ms: number): void
}

/** Prometheus metrics of inference requests. Only existing models become labels, never names that a client chooses freely. */
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

  /** The labels of a version. When it is the newest of its data type so far, the series of the previously newest version are retired. */
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
