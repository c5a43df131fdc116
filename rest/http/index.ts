// The base of all routes: errors with their statuses, bodies, limits, tokens, connections.
// Routes themselves are elsewhere.
export { type AccessTokens, accessTokens } from './access-tokens.ts'
export { Connections, type Drain } from './connections.ts'
export { type AnswerCode, type ErrorBody, RestError, answerOfError, isPassing, statusOf } from './errors.ts'
export { HostRules } from './host-rules.ts'
export type { RestLog } from './log.ts'
export { type Place, Places } from './places.ts'
export { RateLimit } from './rate-limit.ts'
export { BodyRoom, hasBody, readBody } from './request-body.ts'
export {
  type BodySpec,
  type JsonSchema,
  type ParameterSpec,
  type ResponseSpec,
  type Route,
  type RouteAnswer,
  type RouteRequest,
  checkedParams,
  checkedQuery,
  countParameter,
  flagParameter,
  isDecodable,
  segment,
  textParameter,
  timeParameter,
} from './route.ts'
export { type ShownState, shownState } from './shown-state.ts'
export { isOriginAllowed } from './host-rules.ts'
