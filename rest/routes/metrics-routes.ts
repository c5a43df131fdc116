import type { MetricsRecorder, QueryableStreams } from '../../topology/index.ts'
import { Metrics } from './metrics.ts'
import type { Route } from '../http/index.ts'

/** Metrics for Prometheus. `rest`: the metrics of the REST server. */
export function metricsRoutes(streams: QueryableStreams, rest: MetricsRecorder): readonly Route[] {
  const metrics = new Metrics(streams, rest)
  return [
    {
      path: '/metrics',
      anyQuery: true,
      summary: 'Metrics for Prometheus',
      responses: { 200: { description: 'Metrics in the Prometheus text format', contentType: 'text/plain', schema: { type: 'string' } } },
      answer: async () => ({ type: metrics.contentType, body: await metrics.text() }),
    },
  ]
}
