/**
 * The REST server of an application: interactive queries over the whole group, health, metrics, and routes that the program adds.
 *
 * @packageDocumentation
 */
export { controlService, type ControlServiceOptions } from './instance/controls/index.ts'
export {
  startRestServer,
  type BodySpec,
  type ControlService,
  type JsonSchema,
  type ModelServices,
  type ParameterSpec,
  type RenewedAccess,
  type ResponseSpec,
  type RestLog,
  type RestServer,
  type RestServerOptions,
  type Route,
  type RouteAnswer,
  type RouteRequest,
  type TlsOptions,
} from './rest/index.ts'
