// What processors and the runtime record: counters, gauges and histograms, kept as plain data that crosses threads.
// Recording is a few additions.
// Not here: how figures are shown.
export { mergeMetrics, pastMetrics } from './merge-metrics.ts'
export {
  type Distribution,
  type Figure,
  type MetricDefinition,
  type MetricFamily,
  type MetricSample,
  MetricsRecorder,
  secondsBounds,
} from './metrics-recorder.ts'
