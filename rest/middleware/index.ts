// koa middleware: compression, CORS, request metrics.
// No published type may name a type of koa: what rest/index.ts exports does not come from here.
// Not here: routes.
export { compressed } from './compressed.ts'
export { crossOrigin } from './cross-origin.ts'
export { HttpMetrics } from './http-metrics.ts'
