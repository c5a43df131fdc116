import type { Scores } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import type { Distribution, Figure, MetricsRecorder } from '../topology/index.ts'
import { killsMetric, quarantinesMetric, resultsMetric, scoreMetric, shedMetric, servingMetric, servingMetrics } from './serving-metrics.ts'
import type { ServingModel } from './serving-models.ts'

/** Most data types without a model that get a series of their own in a task: data can name any number of them. */
const maxUnknownTypes = 16
const otherTypes = 'other'

const statuses = ['OK', 'NO_RESULT', 'FAILED'] as const

/** Labels of the series of the version with which a data type is scored. */
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

/** Metrics of one task's results. Each method is called once for each run of records of one data type. */
export class ResultFigures {
  readonly #recorder: MetricsRecorder
  readonly #task: string
  readonly #byModel = new WeakMap<ServingModel, ModelFigures>()
  readonly #unknown = new Set<string>()
  /** The version that the gauge shows for each data type. */
  readonly #told = new Map<string, ToldModel>()

  constructor(recorder: MetricsRecorder, task: string) {
    this.#recorder = recorder
    this.#task = task
    recorder.declare(servingMetrics)
  }

  /** `milliseconds`: the duration of the call that returned the scores. */
  scored(model: ServingModel, scores: Scores, milliseconds: number): void {
    const figures = this.#of(model)
    const without = scores.noResult === undefined ? 0 : ones(scores.noResult, scores.length)
    if (without > 0) figures.noResult.add(without)
    figures.ok.add(scores.length - without)
    figures.score.observe(milliseconds / 1000)
  }

  /** Records that shadows did not score, because too many waited. */
  shed(dataType: string, records: number): void {
    this.#recorder.figure(shedMetric, [dataType]).add(records)
  }

  failed(model: ServingModel): void {
    this.#of(model).failed.add(1)
  }

  /** A record killed the process of the data type's model, or hung it until it was stopped. */
  killed(dataType: string): void {
    this.#recorder.figure(killsMetric, [dataType]).add(1)
  }

  /** The data type's model is not run any more. */
  quarantined(dataType: string): void {
    this.#recorder.figure(quarantinesMetric, [dataType]).add(1)
  }

  /** Records of a data type that no model serves. */
  withoutModel(dataType: string, records: number): void {
    if (this.#unknown.size < maxUnknownTypes) this.#unknown.add(dataType)
    const named = this.#unknown.has(dataType) ? dataType : otherTypes
    this.#recorder.figure(resultsMetric, [named, '', '0', 'NO_MODEL']).add(records)
  }

  /** The task is closed and serves no model any more. */
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
      ok: this.#recorder.figure(resultsMetric, [...labels, 'OK']),
      noResult: this.#recorder.figure(resultsMetric, [...labels, 'NO_RESULT']),
      failed: this.#recorder.figure(resultsMetric, [...labels, 'FAILED']),
      score: this.#recorder.distribution(scoreMetric, labels),
    }
    this.#byModel.set(model, figures)
    if (model.role === sluice.ModelRole.CHAMPION) this.#tell(dataType, model)
    return figures
  }

  /** The version does not serve any more: removes its gauge, and lets its other series be dropped first when room is needed. */
  #end({ gauge, model }: ToldModel): void {
    this.#recorder.remove(servingMetric, gauge)
    this.#recorder.retire(scoreMetric, model)
    for (const status of statuses) this.#recorder.retire(resultsMetric, [...model, status])
  }

  #tell(dataType: string, { name, version }: ServingModel): void {
    const before = this.#told.get(dataType)
    if (before !== undefined) this.#end(before)
    const told = { gauge: [this.#task, dataType, name], model: [dataType, name, String(version)] }
    this.#told.set(dataType, told)
    this.#recorder.figure(servingMetric, told.gauge).set(version)
  }
}

function ones(flags: Uint8Array, length: number): number {
  let count = 0
  for (let at = 0; at < length; at++) if (flags[at] === 1) count++
  return count
}
