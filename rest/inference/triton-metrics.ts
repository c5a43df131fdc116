import type { MetricDefinition, MetricsRecorder } from '../../topology/index.ts'
import type { AnsweredRequest, InferenceFigures } from './inference-metrics.ts'
import { type AskedVersion, NewestVersions } from './newest-versions.ts'

const counter = (name: string, help: string): MetricDefinition => ({ name, kind: 'counter', help, labels: ['model', 'version'] })

const success = counter('nv_inference_request_success', 'Answered inference requests, whatever their numbers of rows.')
const failure = counter('nv_inference_request_failure', 'Inference requests that were refused or failed.')
const count = counter('nv_inference_count', 'Rows of answered inference requests.')
const executions = counter('nv_inference_exec_count', 'Calls of the model.')
const whole = counter('nv_inference_request_duration_us', 'Total time of answered inference requests, in microseconds.')
const queue = counter(
  'nv_inference_queue_duration_us',
  'Time that answered inference requests waited for earlier calls of the model, in microseconds.',
)
const input = counter(
  'nv_inference_compute_input_duration_us',
  'Time spent reading the inputs of answered inference requests, in microseconds.',
)
const infer = counter(
  'nv_inference_compute_infer_duration_us',
  'Time of the calls of the model, counted once for each request of a call, in microseconds.',
)
const output = counter(
  'nv_inference_compute_output_duration_us',
  'Time spent writing the outputs of answered inference requests, in microseconds.',
)

/** The metrics that `tritonMetrics: true` adds. */
export const tritonMetrics: readonly MetricDefinition[] = [success, failure, count, executions, whole, queue, input, infer, output]

/** Metrics of inference requests with the names, labels and units of the Triton Inference Server. The label `model` is the data type. */
export class TritonMetrics implements InferenceFigures {
  readonly #recorder: MetricsRecorder
  readonly #newest = new NewestVersions()

  constructor(recorder: MetricsRecorder) {
    this.#recorder = recorder
    recorder.declare(tritonMetrics)
  }

  answered(asked: AskedVersion, { times, rows, runs }: AnsweredRequest): void {
    this.#add(asked, [
      [success, 1],
      [count, rows],
      [executions, runs.length],
      [whole, times.whole * 1000],
      [queue, times.queue * 1000],
      [input, times.input * 1000],
      [infer, times.infer * 1000],
      [output, times.output * 1000],
    ])
  }

  unanswered(asked: AskedVersion): void {
    this.#add(asked, [[failure, 1]])
  }

  #add(asked: AskedVersion, amounts: readonly (readonly [definition: MetricDefinition, amount: number])[]): void {
    const replaced = this.#newest.replacedBy(asked)
    if (replaced !== undefined) for (const definition of tritonMetrics) this.#recorder.retire(definition, labelsOf(replaced))
    // All series exist from the first request on, because dashboards divide one by another.
    for (const definition of tritonMetrics) this.#recorder.figure(definition, labelsOf(asked))
    for (const [definition, amount] of amounts) this.#recorder.figure(definition, labelsOf(asked)).add(amount)
  }
}

function labelsOf({ dataType, version }: AskedVersion): readonly string[] {
  return [dataType, String(version)]
}
