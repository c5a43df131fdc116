import type { Scores } from '../models/index.ts'
import { SluiceError } from '../base/sluice-error.ts'
import { type Distribution, type Figure, type MetricDefinition, type MetricsRecorder, secondsBounds } from '../topology/index.ts'
import type { ServingModel } from './serving-models.ts'

const ofModel = ['data_type', 'model', 'version'] as const

const results: MetricDefinition = {
  name: 'sluice_results_total',
  kind: 'counter',
  help: 'Results by the model version that answered and their status.',
  labels: [...ofModel, 'status'],
}
const score: MetricDefinition = {
  name: 'sluice_score_seconds',
  kind: 'histogram',
  help: 'One inference call, of as many records as came together.',
  labels: ofModel,
  bounds: secondsBounds,
}
const loads: MetricDefinition = {
  name: 'sluice_model_loads_total',
  kind: 'counter',
  help: 'Models loaded: "trial" new ones, with all that is checked of them, "open" versions accepted before.',
  labels: ['kind', 'outcome'],
}
const loadSeconds: MetricDefinition = {
  name: 'sluice_model_load_seconds',
  kind: 'histogram',
  help: 'How long these loads took, whatever became of them.',
  labels: ['kind'],
  bounds: secondsBounds,
}
const cacheHits: MetricDefinition = {
  name: 'sluice_model_cache_hits_total',
  kind: 'counter',
  help: 'Models that were loaded already when they were asked for.',
  labels: ['kind'],
}
const refusals: MetricDefinition = {
  name: 'sluice_model_refusals_total',
  kind: 'counter',
  help: 'New models that were refused, by the code of the error.',
  labels: ['code'],
}
const swap: MetricDefinition = {
  name: 'sluice_model_swap_seconds',
  kind: 'histogram',
  help: 'From a model record being taken to the model serving; the data goes on meanwhile.',
  labels: [],
  bounds: secondsBounds,
}
const serving: MetricDefinition = {
  name: 'sluice_serving_model_version',
  kind: 'gauge',
  help: 'The version that a task scores a data type with.',
  labels: ['task', 'data_type', 'model'],
}

/** What the serving topology records. */
export const servingMetrics: readonly MetricDefinition[] = [results, score, loads, loadSeconds, cacheHits, refusals, swap, serving]

/** Data types without a model that a task names: what the data says without end must not leave the models without series. */
const maxUnknownTypes = 16
const otherTypes = 'other'

type LoadKind = 'trial' | 'open'

/** Of loading models, wherever it is done. */
export class LoadFigures {
  readonly #recorder: MetricsRecorder

  constructor(recorder: MetricsRecorder) {
    this.#recorder = recorder
    recorder.declare(servingMetrics)
  }

  hit(kind: LoadKind): void {
    this.#recorder.figure(cacheHits, [kind]).add(1)
  }

  /** Counts the load that `work` does, and how long it takes. */
  async measure<T>(kind: LoadKind, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    let outcome = 'failed'
    try {
      const loaded = await work()
      outcome = 'loaded'
      return loaded
    } finally {
      this.#recorder.distribution(loadSeconds, [kind]).observe((performance.now() - started) / 1000)
      this.#recorder.figure(loads, [kind, outcome]).add(1)
    }
  }

  refused(cause: unknown): void {
    this.#recorder.figure(refusals, [cause instanceof SluiceError ? cause.code : 'MODEL_LOAD_FAILED']).add(1)
  }

  /** `started` by `performance.now()`. */
  swapped(started: number): void {
    this.#recorder.distribution(swap).observe((performance.now() - started) / 1000)
  }
}

const statuses = ['OK', 'NO_RESULT', 'FAILED'] as const

/** Labels of the series of the version that a data type is scored with. */
interface ToldModel {
  readonly gauge: readonly string[]
  readonly model: readonly string[]
}

interface ModelFigures {
  readonly ok: Figure
  readonly noResult: Figure
  readonly failed: Figure
  readonly score: Distribution
}

/** Of one task's results. A call is a few additions a run of records of one data type. */
export class ResultFigures {
  readonly #recorder: MetricsRecorder
  readonly #task: string
  readonly #byModel = new WeakMap<ServingModel, ModelFigures>()
  readonly #unknown = new Set<string>()
  /** Which version was told of each data type. */
  readonly #told = new Map<string, ToldModel>()

  constructor(recorder: MetricsRecorder, task: string) {
    this.#recorder = recorder
    this.#task = task
    recorder.declare(servingMetrics)
  }

  /** `milliseconds`: of the one call that gave the scores. */
  scored(model: ServingModel, scores: Scores, milliseconds: number): void {
    const figures = this.#of(model)
    const without = scores.noResult === undefined ? 0 : ones(scores.noResult, scores.length)
    if (without > 0) figures.noResult.add(without)
    figures.ok.add(scores.length - without)
    figures.score.observe(milliseconds / 1000)
  }

  failed(model: ServingModel): void {
    this.#of(model).failed.add(1)
  }

  /** Records of a data type that no model serves. */
  withoutModel(dataType: string, records: number): void {
    if (this.#unknown.size < maxUnknownTypes) this.#unknown.add(dataType)
    const named = this.#unknown.has(dataType) ? dataType : otherTypes
    this.#recorder.figure(results, [named, '', '0', 'NO_MODEL']).add(records)
  }

  /** The task leaves: nothing is served by it any more. */
  close(): void {
    for (const told of this.#told.values()) this.#end(told)
    this.#told.clear()
  }

  #of(model: ServingModel): ModelFigures {
    const known = this.#byModel.get(model)
    if (known !== undefined) return known
    const { dataType } = model.state
    const labels = [dataType, model.name, String(model.version)]
    const figures = {
      ok: this.#recorder.figure(results, [...labels, 'OK']),
      noResult: this.#recorder.figure(results, [...labels, 'NO_RESULT']),
      failed: this.#recorder.figure(results, [...labels, 'FAILED']),
      score: this.#recorder.distribution(score, labels),
    }
    this.#byModel.set(model, figures)
    this.#tell(dataType, model)
    return figures
  }

  /** Another version serves now: the gauge goes, and the series of this one are the first to make room. */
  #end({ gauge, model }: ToldModel): void {
    this.#recorder.remove(serving, gauge)
    this.#recorder.retire(score, model)
    for (const status of statuses) this.#recorder.retire(results, [...model, status])
  }

  #tell(dataType: string, { name, version }: ServingModel): void {
    const before = this.#told.get(dataType)
    if (before !== undefined) this.#end(before)
    const told = { gauge: [this.#task, dataType, name], model: [dataType, name, String(version)] }
    this.#told.set(dataType, told)
    this.#recorder.figure(serving, told.gauge).set(version)
  }
}

function ones(flags: Uint8Array, length: number): number {
  let count = 0
  for (let at = 0; at < length; at++) if (flags[at] === 1) count++
  return count
}
