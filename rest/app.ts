import { Router } from '@koa/router'
import type { Context, Next } from 'koa'
import Koa from 'koa'
import { messageOf, SluiceError } from '../base/index.ts'
import type { MetricsRecorder, QueryableStreams } from '../topology/index.ts'
import {
  accessTokens,
  type AccessTokens,
  type Drain,
  answerOfError,
  RestError,
  HostRules,
  type RestLog,
  BodyRoom,
  hasBody,
  readBody,
  type Route,
  type RouteAnswer,
  type RouteRequest,
  checkedParams,
  checkedQuery,
  isDecodable,
  shownState,
} from './http/index.ts'
import { compressed, crossOrigin, HttpMetrics } from './middleware/index.ts'
import { controlRoutes, dashboardRoute, healthRoutes, metricsRoutes, modelRoutes, stateRoutes } from './routes/index.ts'
import { checkSignedBody, concurrency, guard, placeOf } from './guard.ts'
import { HOP_HEADER, HopClient, PeerRules } from './hops/index.ts'
import type { RestServerOptions } from './rest-server-options.ts'
import { MetadataService, type RouterParts } from './queries/index.ts'
import { inferenceError, inferenceRoutes, isInferencePath } from './inference/index.ts'
import { openApiRoute } from './openapi.ts'
import { restOptionTable } from './options/index.ts'

const RETRY_AFTER_S = '1'
/** Bodies of all requests in progress together. */
const BODY_ROOM_BYTES = 256 * 2 ** 20

/** The options of the app, and the objects that it shares with its server. */
export interface AppOptions extends Omit<RestServerOptions, 'streams' | 'port' | 'token'> {
  readonly token?: RestServerOptions['token'] | AccessTokens
  /** Drain state of the server; undefined: the server never drains. */
  readonly drain?: Drain
  /** Client for requests to other instances; the caller closes it. Default: created from the options. */
  readonly hops?: HopClient
}

/** The HTTP API of an application, in every state of the application: a request guard, the route table, one place that answers errors. */
export function createApp(streams: QueryableStreams, options: AppOptions = {}): Koa {
  const router = new Router({ sensitive: true })
  const room = new BodyRoom(BODY_ROOM_BYTES)
  const http = new HttpMetrics()
  for (const route of routesOf(streams, options, http)) {
    router.register(route.path, methodsOf(route), ctx => answer(ctx, route, room))
  }
  const app = new Koa()
  app.on('error', (error: unknown) => options.log?.('warn', 'an answer could not be sent', { error: messageOf(error) }))
  const { drain, corsOrigins = [] } = options
  if (drain !== undefined) app.use(endings(drain))
  app.use(http.measure)
  app.use(compressed())
  if (corsOrigins.length > 0) app.use(crossOrigin(corsOrigins))
  app.use(errors(options.log))
  app.use(concurrency(options.maxRequests ?? restOptionTable.maxRequests.default))
  const { token, host = restOptionTable.host.default, allowedHosts: allowed } = options
  app.use(
    guard(streams, { tokens: accessTokens(streams.applicationId, token), hosts: new HostRules({ host, allowed, origins: corsOrigins }) }),
  )
  app.use(router.routes())
  app.use(ctx => noRoute(ctx, router.match(ctx.path, ctx.method).path))
  return app
}

/** Creates the client for requests to other instances. Throws CONFIG_INVALID. */
export function createHopClient(streams: QueryableStreams, options: AppOptions): HopClient {
  const { token, tls, peers, hopTimeoutMs = restOptionTable.hopTimeoutMs.default } = options
  const { applicationId } = streams
  return new HopClient({
    applicationId,
    signer: accessTokens(applicationId, token),
    timeoutMs: hopTimeoutMs,
    tls,
    peers: peers === undefined ? undefined : new PeerRules(peers),
  })
}

/** All routes: those of this server, those of `options.routes`, and /openapi.json, which describes them. */
export function routesOf(streams: QueryableStreams, options: AppOptions, http = new HttpMetrics()): readonly Route[] {
  const hops = options.hops ?? createHopClient(streams, options)
  const { retryMs = restOptionTable.retryMs.default, hopTimeoutMs: answerMs = restOptionTable.hopTimeoutMs.default } = options
  const parts = {
    streams,
    metadata: new MetadataService(streams, answerMs),
    hops,
    retryMs,
    answerMs,
    scanMs: 5 * answerMs,
    version: options.version,
    shown: shownState(streams, options.drain),
  }
  const routes: readonly Route[] = [
    dashboardRoute(),
    ...stateRoutes(parts),
    ...healthRoutes(streams, parts),
    ...metricsRoutes(streams, http.recorder),
    ...servedModelRoutes(parts, options, http.recorder),
    ...controlRoutes({ ...parts, controls: options.controls ?? [], log: options.log }),
    ...(options.routes ?? []),
  ]
  const info = { title: `Sluice: ${streams.applicationId}`, version: options.version ?? '0', secured: options.token !== undefined }
  return [...routes, openApiRoute(routes, info)]
}

function methodsOf({ method = 'GET' }: Route): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method]
}

function servedModelRoutes(
  parts: RouterParts,
  { models, log, version, serverName = restOptionTable.serverName.default, tritonMetrics = false }: AppOptions,
  recorder: MetricsRecorder,
): readonly Route[] {
  if (models === undefined) return []
  return [
    ...modelRoutes({ ...parts, models, log }),
    ...inferenceRoutes({ streams: parts.shown, models, version, serverName, recorder, tritonMetrics }),
  ]
}

async function answer(ctx: Context, route: Route, room: BodyRoom): Promise<void> {
  const lease = room.lease()
  try {
    // An undecodable query could be read as another key. Routes that ignore unknown parameters accept any query.
    if (route.anyQuery !== true && !isDecodable(ctx.querystring))
      throw new SluiceError('INPUT_INVALID', `the query ${ctx.querystring} is not URL-encoded UTF-8`)
    const request: RouteRequest = {
      params: checkedParams(route.params ?? {}, ctx['params'] as Readonly<Record<string, string>>),
      query: checkedQuery(route, ctx.query),
      headers: ctx.headers,
      hop: ctx.get(HOP_HEADER) !== '',
      remote: ctx.ip,
    }
    if (route.body === undefined && hasBody(ctx.req)) throw new RestError('BODY_REFUSED', 'this route accepts no request body')
    const body = route.body === undefined ? undefined : await readBody(ctx.req, route.body, { lease, place: placeOf(ctx) })
    checkSignedBody(ctx, body)
    send(ctx, await route.answer(body === undefined ? request : { ...request, body }))
  } finally {
    lease.release()
  }
}

/** Outermost middleware: while the server drains, the last pending answer of a connection closes it. */
function endings(drain: Drain) {
  return async (ctx: Context, next: Next): Promise<void> => {
    await next()
    if (drain.isLast(ctx.res)) ctx.set('Connection', 'close')
  }
}

function send(ctx: Context, { status = 200, type, headers = {}, body }: RouteAnswer): void {
  ctx.set(headers)
  if (type === undefined) return sendJson(ctx, status, body)
  ctx.status = status
  // Setting ctx.type adds a charset; a content-type header of the route is sent unchanged.
  if (headers['content-type'] === undefined) ctx.type = type
  ctx.body = body
}

function errors(log: RestLog | undefined) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next()
    } catch (error) {
      const { status, body, logged } = answerOfError(error)
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
      if (logged) log?.('error', 'a request failed', { method: ctx.method, path: ctx.path, error: detail })
      if (status === 503) ctx.set('Retry-After', RETRY_AFTER_S)
      if (isInferencePath(ctx.path)) send(ctx, inferenceError(status, body.error))
      else sendJson(ctx, status, body)
    }
    // Unread bytes of the body would be parsed as the next request, so the connection must close.
    if (hasBody(ctx.req) && !ctx.req.complete) ctx.set('Connection', 'close')
  }
}

function noRoute(ctx: Context, layers: readonly { readonly methods: readonly string[] }[]): void {
  if (layers.length === 0) throw new RestError('ROUTE_UNKNOWN', `there is no route for ${ctx.path}`)
  const allowed = [...new Set(layers.flatMap(layer => layer.methods))].sort().join(', ')
  ctx.set('Allow', allowed)
  throw new RestError('METHOD_REFUSED', `${ctx.method} is not allowed on ${ctx.path}; allowed: ${allowed}`)
}

/** Serializes before koa does, so that a value that JSON cannot represent is answered as an error. */
function sendJson(ctx: Context, status: number, body: unknown): void {
  const json = jsonOf(body)
  ctx.status = status
  ctx.type = 'application/json'
  ctx.body = json
}

function jsonOf(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const why = 'the answer is nested too deeply or is too large to be written as JSON'
    throw new RestError('ANSWER_TOO_LARGE', `${why}: request less (one key, a smaller limit), or store less deeply nested values`)
  }
}
