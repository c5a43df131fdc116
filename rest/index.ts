// The REST server: one table of routes for the router, its checks and its OpenAPI document.
// Every instance answers for the whole group.
// Stores and models are implemented elsewhere.
export type { AnswerCode, ErrorBody } from './http/index.ts'
export type { RestLog } from './http/index.ts'
export type { BodySpec, JsonSchema, ParameterSpec, ResponseSpec, Route, RouteAnswer, RouteRequest } from './http/index.ts'
export type { KeyAnswer, VersionsAnswer } from './queries/index.ts'
export { keyPath } from './queries/index.ts'
export { sharesAddress } from './queries/index.ts'
export type { AllEntries, Entry, MissingInstance } from './queries/index.ts'
export type { RestServerOptions, TlsOptions } from './rest-server-options.ts'
export type { RenewedAccess } from './renewed-access.ts'
export { startRestServer, type RestServer } from './rest-server.ts'
export type { ControlService, ModelServices } from './routes/index.ts'
