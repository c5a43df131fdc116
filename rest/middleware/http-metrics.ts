import type { Context, Next } from 'koa'
import { type MetricDefinition, MetricsRecorder, secondsBounds } from '../../topology/index.ts'

const requests: MetricDefinition = {
  name: 'sluice_http_requests_total',
  kind: 'counter',
  help: 'Answered HTTP requests, by the route that they matched.',
  labels: ['method', 'route', 'status'],
}
const seconds: MetricDefinition = {
  name: 'sluice_http_request_seconds',
  kind: 'histogram',
  help: 'Time from receiving an HTTP request until its answer is ready to be sent, in seconds.',
  labels: ['method', 'route'],
  bounds: secondsBounds,
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Metrics of HTTP requests. */
export class HttpMetrics {
  readonly recorder = new MetricsRecorder()

  constructor() {
    this.recorder.declare([requests, seconds])
  }

  /** Middleware around those that make answers, also error answers. Text that clients choose freely never becomes a label. */
  readonly measure = async (ctx: Context, next: Next): Promise<void> => {
    const started = performance.now()
    try {
      await next()
    } finally {
      const method = methods.has(ctx.method) ? ctx.method : 'other'
      const matched: unknown = ctx['_matchedRoute']
      const route = typeof matched === 'string' ? matched : 'none'
      this.recorder.figure(requests, [method, route, String(ctx.status)]).add(1)
      this.recorder.distribution(seconds, [method, route]).observe((performance.now() - started) / 1000)
    }
  }
}
