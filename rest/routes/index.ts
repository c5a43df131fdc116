// The routes for state, models, health, metrics and the page.
// A route checks its input by its schema and calls what answers.
// Not here: the inference protocol.
export { dashboardRoute } from './dashboard-route.ts'
export { healthRoutes } from './health-routes.ts'
export { metricsRoutes } from './metrics-routes.ts'
export { modelRoutes } from './model-routes.ts'
export type { ModelServices } from './model-services.ts'
export { stateRoutes } from './state-routes.ts'
