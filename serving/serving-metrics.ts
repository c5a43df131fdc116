import { type MetricDefinition, secondsBounds } from '../topology/index.ts'

const ofModel = ['data_type', 'model', 'version'] as const

export const resultsMetric: MetricDefinition = {
  name: 'sluice_results_total',
  kind: 'counter',
  help: 'Results, by model version and status.',
  labels: [...ofModel, 'status'],
}
export const scoreMetric: MetricDefinition = {
  name: 'sluice_score_seconds',
  kind: 'histogram',
  help: 'Duration of one inference call, which scores one batch of records.',
  labels: ofModel,
  bounds: secondsBounds,
}
export const loadsMetric: MetricDefinition = {
  name: 'sluice_model_loads_total',
  kind: 'counter',
  help: 'Model loads: "trial" loads and checks a new model, "open" loads a version that was accepted before.',
  labels: ['kind', 'outcome'],
}
export const loadSecondsMetric: MetricDefinition = {
  name: 'sluice_model_load_seconds',
  kind: 'histogram',
  help: 'Duration of model loads, failed ones included.',
  labels: ['kind'],
  bounds: secondsBounds,
}
export const cacheHitsMetric: MetricDefinition = {
  name: 'sluice_model_cache_hits_total',
  kind: 'counter',
  help: 'Requests for a model that was loaded already.',
  labels: ['kind'],
}
export const refusalsMetric: MetricDefinition = {
  name: 'sluice_model_refusals_total',
  kind: 'counter',
  help: 'New models that were refused, by error code.',
  labels: ['code'],
}
export const swapMetric: MetricDefinition = {
  name: 'sluice_model_swap_seconds',
  kind: 'histogram',
  help: 'Time from taking a model record until its model serves; data is scored meanwhile.',
  labels: [],
  bounds: secondsBounds,
}
export const jailMetric: MetricDefinition = {
  name: 'sluice_model_processes_jailed',
  kind: 'gauge',
  help: "1: the processes of the task's models are cut off from the network; 0: they are not.",
  labels: ['task'],
}
export const servingMetric: MetricDefinition = {
  name: 'sluice_serving_model_version',
  kind: 'gauge',
  help: 'The model version with which a task scores a data type.',
  labels: ['task', 'data_type', 'model'],
}

export const shedMetric: MetricDefinition = {
  name: 'sluice_shadow_records_shed_total',
  kind: 'counter',
  help: 'Records that the shadows of their data type did not score, because too many waited for them.',
  labels: ['data_type'],
}

export const killsMetric: MetricDefinition = {
  name: 'sluice_model_kills_total',
  kind: 'counter',
  help: "Records that killed their model's process, or hung it until it was stopped.",
  labels: ['data_type'],
}
export const quarantinesMetric: MetricDefinition = {
  name: 'sluice_model_quarantines_total',
  kind: 'counter',
  help: 'Models that are not run any more, because of records that killed or hung their process.',
  labels: ['data_type'],
}

/** The metrics of the serving topology. */
export const servingMetrics: readonly MetricDefinition[] = [
  resultsMetric,
  scoreMetric,
  loadsMetric,
  loadSecondsMetric,
  cacheHitsMetric,
  refusalsMetric,
  swapMetric,
  servingMetric,
  jailMetric,
  shedMetric,
  killsMetric,
  quarantinesMetric,
]
