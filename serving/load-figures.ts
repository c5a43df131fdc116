import { env, SluiceError } from '../base/index.ts'
import type { MetricsRecorder } from '../topology/index.ts'
import {
  jailMetric,
  loadsMetric,
  loadSecondsMetric,
  cacheHitsMetric,
  refusalsMetric,
  swapMetric,
  servingMetrics,
} from './serving-metrics.ts'

type LoadKind = 'trial' | 'open'

/** Metrics of loading models. */
export class LoadFigures {
  readonly #recorder: MetricsRecorder

  constructor(recorder: MetricsRecorder) {
    this.#recorder = recorder
    recorder.declare(servingMetrics)
  }

  /** Whether the processes of the task's models are cut off from the network. */
  jailed(task: string, jailed: boolean): void {
    this.#recorder.figure(jailMetric, [task]).set(jailed ? 1 : 0)
  }

  hit(kind: LoadKind): void {
    this.#recorder.figure(cacheHitsMetric, [kind]).add(1)
  }

  /** Counts the load that `work` does, with its outcome, and measures its duration. */
  async measure<T>(kind: LoadKind, work: () => Promise<T>): Promise<T> {
    const started = env.monotonic()
    let outcome = 'failed'
    try {
      const loaded = await work()
      outcome = 'loaded'
      return loaded
    } finally {
      this.#recorder.distribution(loadSecondsMetric, [kind]).observe((env.monotonic() - started) / 1000)
      this.#recorder.figure(loadsMetric, [kind, outcome]).add(1)
    }
  }

  refused(cause: unknown): void {
    this.#recorder.figure(refusalsMetric, [cause instanceof SluiceError ? cause.code : 'MODEL_LOAD_FAILED']).add(1)
  }

  /** A new model serves. `started`: when its record was taken, by `env.monotonic()`. */
  swapped(started: number): void {
    this.#recorder.distribution(swapMetric).observe((env.monotonic() - started) / 1000)
  }
}
