import type { Scores } from '../models/index.ts'
import { sluice } from '../proto/messages.js'
import { routedVersions, routingOf } from '../stores/index.ts'
import type { Distribution, Figure, MetricsRecorder } from '../topology/index.ts'
import { killsMetric, quarantinesMetric, resultsMetric, scoreMetric, shedMetric, servingMetric, servingMetrics } from './serving-metrics.ts'
import type { ServingModel } from './serving-models.ts'

/** Most data types without a model that get a series of their own in a task: data can name any number of them. */
const maxUnknownTypes = 16
const otherTypes = 'other'

const statuses = ['OK', 'NO_RESULT', 'FAILED'] as const

/** The series of a data type whose versions have a role. */
interface ToldType {
  /** The newest policy under which a version was used. */
  policy: number
  /** Labels of the gauge, which shows the champion. */
  gauge: readonly string[] | undefined
  /** Labels of the series of each version. */
  readonly versions: Map<number, readonly string[]>
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
  readonly #told = new Map<string, ToldType>()

  constructor(recorder: MetricsRecorder, task: string) {
    this.#recorder = recorder
    this.#task = task
    recorder.declare(servingMetrics)
  }

  /** `milliseconds`: the duration of the call that returned the scores. */
  scored(model: ServingModel, scores: Pick<Scores, 'length' | 'noResult'>, milliseconds: number): void {
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
    for (const { gauge, versions } of this.#told.values()) {
      if (gauge !== undefined) this.#recorder.remove(servingMetric, gauge)
      for (const labels of versions.values()) this.#retire(labels)
    }
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
    this.#tell(model, labels)
    return figures
  }

  /** The version has a role: shows the champion in the gauge, and retires the series of versions that have none any more. */
  #tell({ state, version, name, role }: ServingModel, labels: readonly string[]): void {
    const { dataType } = state
    const told = this.#told.get(dataType) ?? { policy: 0, gauge: undefined, versions: new Map<number, readonly string[]>() }
    this.#told.set(dataType, told)
    told.versions.set(version, labels)
    const routing = routingOf(state)
    // A model that is still used under an older policy does not say what has a role now.
    if (routing.number < told.policy) return
    told.policy = routing.number
    const routed = routedVersions(routing, state.versions)
    for (const [other, ofOther] of told.versions) {
      if (other === version || routed.includes(other)) continue
      told.versions.delete(other)
      this.#retire(ofOther)
    }
    if (role !== sluice.ModelRole.CHAMPION) return
    if (told.gauge !== undefined) this.#recorder.remove(servingMetric, told.gauge)
    told.gauge = [this.#task, dataType, name]
    this.#recorder.figure(servingMetric, told.gauge).set(version)
  }

  /** Lets the series of a version be dropped first when room is needed. */
  #retire(model: readonly string[]): void {
    this.#recorder.retire(scoreMetric, model)
    for (const status of statuses) this.#recorder.retire(resultsMetric, [...model, status])
  }
}

function ones(flags: Uint8Array, length: number): number {
  let count = 0
  for (let at = 0; at < length; at++) if (flags[at] === 1) count++
  return count
}
