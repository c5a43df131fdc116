import type { QueryableStreams } from '../topology/queryable-streams.ts'
import { Metrics } from './metrics.ts'
import type { Route } from './route.ts'

/** Figures for Prometheus. */
export function metricsRoutes(streams: QueryableStreams): readonly Route[] {
  const metrics = new Metrics(streams)
  return [{ path: '/metrics', answer: async () => ({ type: metrics.contentType, body: await metrics.text() }) }]
}
