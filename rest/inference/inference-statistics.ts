import { type AnsweredRequest, type InferenceFigures, type Unanswered } from './inference-metrics.ts'
import type { AskedVersion } from './newest-versions.ts'

interface Count {
  count: number
  ns: number
}

interface Figures {
  readonly name: string
  readonly version: string
  lastInference: number
  inferences: number
  executions: number
  readonly success: Count
  readonly fail: Count
  readonly queue: Count
  readonly input: Count
  readonly infer: Count
  readonly output: Count
}

/** Maximum number of versions with statistics; above it the version that was added first is dropped. */
const maxKept = 1000

/** Inference statistics of each model version on this instance since it started. */
export class InferenceStatistics implements InferenceFigures {
  readonly #figures = new Map<string, Figures>()

  answered({ dataType, version }: AskedVersion, { times, rows, runs, now }: AnsweredRequest): void {
    const figures = this.#of(dataType, version)
    figures.lastInference = now
    figures.inferences += rows
    figures.executions += runs.length
    add(figures.queue, times.queue)
    add(figures.input, times.input)
    add(figures.infer, times.infer)
    add(figures.output, times.output)
    add(figures.success, times.whole)
  }

  unanswered({ dataType, version }: AskedVersion, _outcome: Unanswered, ms: number): void {
    add(this.#of(dataType, version).fail, ms)
  }

  /** The statistics of these versions in the format of the protocol's statistics extension; zeros for a version without requests. */
  view(versions: readonly { readonly name: string; readonly version: number }[]): unknown {
    const figures = versions.map(({ name, version }) => this.#figures.get(keyOf(name, version)) ?? noFigures(name, version))
    return { model_stats: figures.map(viewOf) }
  }

  #of(name: string, version: number): Figures {
    const key = keyOf(name, version)
    const known = this.#figures.get(key)
    if (known !== undefined) return known
    for (const oldest of this.#figures.keys()) {
      if (this.#figures.size < maxKept) break
      this.#figures.delete(oldest)
    }
    const figures = noFigures(name, version)
    this.#figures.set(key, figures)
    return figures
  }
}

function keyOf(name: string, version: number): string {
  return JSON.stringify([name, version])
}

function noFigures(name: string, version: number): Figures {
  const none = (): Count => ({ count: 0, ns: 0 })
  return {
    name,
    version: String(version),
    lastInference: 0,
    inferences: 0,
    executions: 0,
    success: none(),
    fail: none(),
    queue: none(),
    input: none(),
    infer: none(),
    output: none(),
  }
}

function add(to: Count, ms: number): void {
  to.count++
  to.ns += Math.round(ms * 1e6)
}

function viewOf(figures: Figures): unknown {
  const { name, version, lastInference, inferences, executions, success, fail, queue, input, infer, output } = figures
  const none = { count: 0, ns: 0 }
  return {
    name,
    version,
    last_inference: lastInference,
    inference_count: inferences,
    execution_count: executions,
    inference_stats: {
      success,
      fail,
      queue,
      compute_input: input,
      compute_infer: infer,
      compute_output: output,
      cache_hit: none,
      cache_miss: none,
    },
    batch_stats: [],
  }
}
