// The routes for state, models, health, metrics and the dashboard page.
// The inference protocol has a folder of its own.
export { controlRoutes } from './control-routes.ts'
export type { ControlService } from './control-service.ts'
export { dashboardRoute } from './dashboard-route.ts'
export { healthRoutes } from './health-routes.ts'
export { metricsRoutes } from './metrics-routes.ts'
export { modelRoutes } from './model-routes.ts'
export type { ModelServices } from './model-services.ts'
export { stateRoutes } from './state-routes.ts'
