import { type MetricDefinition, secondsBounds } from '../topology/index.ts'

const ofModel = ['data_type', 'model', 'version'] as const

export const resultsMetric: MetricDefinition = {
  name: 'sluice_results_total',
  kind: 'counter',
  help: 'Results by the model version that answered and their status.',
  labels: [...ofModel, 'status'],
}
export const scoreMetric: MetricDefinition = {
  name: 'sluice_score_seconds',
  kind: 'histogram',
  help: 'One inference call, of as many records as came together.',
  labels: ofModel,
  bounds: secondsBounds,
}
export const loadsMetric: MetricDefinition = {
  name: 'sluice_model_loads_total',
  kind: 'counter',
  help: 'Models loaded: "trial" new ones, with all that is checked of them, "open" versions accepted before.',
  labels: ['kind', 'outcome'],
}
export const loadSecondsMetric: MetricDefinition = {
  name: 'sluice_model_load_seconds',
  kind: 'histogram',
  help: 'How long these loads took, whatever became of them.',
  labels: ['kind'],
  bounds: secondsBounds,
}
export const cacheHitsMetric: MetricDefinition = {
  name: 'sluice_model_cache_hits_total',
  kind: 'counter',
  help: 'Models that were loaded already when they were asked for.',
  labels: ['kind'],
}
export const refusalsMetric: MetricDefinition = {
  name: 'sluice_model_refusals_total',
  kind: 'counter',
  help: 'New models that were refused, by the code of the error.',
  labels: ['code'],
}
export const swapMetric: MetricDefinition = {
  name: 'sluice_model_swap_seconds',
  kind: 'histogram',
  help: 'From a model record being taken to the model serving; the data goes on meanwhile.',
  labels: [],
  bounds: secondsBounds,
}
export const servingMetric: MetricDefinition = {
  name: 'sluice_serving_model_version',
  kind: 'gauge',
  help: 'The version that a task scores a data type with.',
  labels: ['task', 'data_type', 'model'],
}

/** What the serving topology records. */
export const servingMetrics: readonly MetricDefinition[] = [
  resultsMetric,
  scoreMetric,
  loadsMetric,
  loadSecondsMetric,
  cacheHitsMetric,
  refusalsMetric,
  swapMetric,
  servingMetric,
]
