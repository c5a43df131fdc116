// Counters, gauges and histograms that processors and the runtime record. As plain data they can be sent to other threads.
// Recording costs a few additions.
// Not here: the text format of Prometheus.
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
