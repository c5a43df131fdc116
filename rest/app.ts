import { Router } from '@koa/router'
import type { Context, Next } from 'koa'
import Koa from 'koa'
import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { QueryableStreams } from '../topology/queryable-streams.ts'
import { carriesToken } from './bearer-token.ts'
import type { AnswerCode } from './errors.ts'
import { answerOfError, statusOf } from './errors.ts'
import { healthRoutes } from './health-routes.ts'
import { HOP_HEADER, HopClient, hopMark } from './hop-client.ts'
import type { RestLog } from './log.ts'
import { MetadataService } from './metadata-service.ts'
import { metricsRoutes } from './metrics-routes.ts'
import type { Route } from './route.ts'
import { stateRoutes } from './state-routes.ts'

const RETRY_AFTER_S = '1'

export interface AppOptions {
  /** Asked of every request but health checks, and sent with every hop: the same for the whole group. */
  readonly token?: string | undefined
  /** How long a request waits for a rebalance to end before it is answered 503; 2000 unless told. */
  readonly retryMs?: number
  /** Deadline of one hop; 2000 unless told. */
  readonly hopTimeoutMs?: number
  readonly log?: RestLog
  /** Shared with whoever closes it; made from the options above when not given. */
  readonly hops?: HopClient
}

/** The HTTP face of an application, in any state it may be: a request guard, the route tables, one place for errors. */
export function createApp(streams: QueryableStreams, options: AppOptions = {}): Koa {
  const router = new Router({ sensitive: true })
  for (const route of routesOf(streams, options)) router.get(route.path, ctx => answer(ctx, route))
  const app = new Koa()
  app.on('error', (error: unknown) => options.log?.('warn', 'an answer could not be sent', { error: messageOf(error) }))
  app.use(errors(options.log))
  app.use(guard(streams.applicationId, options.token))
  app.use(router.routes())
  app.use(ctx => noRoute(ctx, router.match(ctx.path, ctx.method).path))
  return app
}

/** The client for hops that an app with these options uses. */
export function createHopClient(streams: QueryableStreams, options: AppOptions): HopClient {
  return new HopClient({ applicationId: streams.applicationId, token: options.token, timeoutMs: options.hopTimeoutMs ?? 2000 })
}

function routesOf(streams: QueryableStreams, options: AppOptions): readonly Route[] {
  const hops = options.hops ?? createHopClient(streams, options)
  const parts = { streams, metadata: new MetadataService(streams), hops, retryMs: options.retryMs ?? 2000 }
  return [...stateRoutes(parts), ...healthRoutes(streams), ...metricsRoutes(streams)]
}

async function answer(ctx: Context, route: Route): Promise<void> {
  const params = ctx['params'] as Readonly<Record<string, string>>
  const { status = 200, type, body } = await route.answer({ params, query: ctx.query, hop: ctx.get(HOP_HEADER) !== '' })
  if (type === undefined) return sendJson(ctx, status, body)
  ctx.status = status
  ctx.type = type
  ctx.body = body
}

/** What no route may be reached with: a wrong token, another application's hop, a malformed path, a body. */
function guard(applicationId: string, token: string | undefined) {
  return async (ctx: Context, next: Next): Promise<void> => {
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    const hasBody = ctx.get('transfer-encoding') !== '' || Number(ctx.get('content-length')) > 0
    if (hasBody) ctx.set('Connection', 'close') // Its bytes are not read: nothing can follow them on the connection.
    if (token !== undefined && !ctx.path.startsWith('/health/') && !carriesToken(ctx.get('authorization'), token)) {
      ctx.set('WWW-Authenticate', 'Bearer')
      return refuse(ctx, 'TOKEN_REFUSED', 'a bearer token is needed: Authorization: Bearer …')
    }
    const hop = ctx.get(HOP_HEADER)
    if (hop !== '' && hop !== hopMark(applicationId)) return refuse(ctx, 'HOP_MISDIRECTED', `this is an instance of ${applicationId}`)
    if (!isDecodable(ctx.path)) throw new SluiceError('INPUT_INVALID', `the path ${ctx.path} is not URL-encoded UTF-8`)
    if (hasBody && isRead(ctx.method)) return refuse(ctx, 'BODY_REFUSED', 'a request with a body is not accepted here')
    await next()
  }
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
      sendJson(ctx, status, body)
    }
  }
}

function noRoute(ctx: Context, layers: readonly { readonly methods: readonly string[] }[]): void {
  if (layers.length === 0) return refuse(ctx, 'ROUTE_UNKNOWN', `there is nothing at ${ctx.path}`)
  const allowed = [...new Set(layers.flatMap(layer => layer.methods))].sort().join(', ')
  ctx.set('Allow', allowed)
  refuse(ctx, 'METHOD_REFUSED', `${ctx.method} is not possible at ${ctx.path}: ${allowed} are`)
}

function refuse(ctx: Context, code: AnswerCode, error: string): void {
  sendJson(ctx, statusOf(code), { error, code })
}

/** Serialised here, not by koa later: a value that JSON cannot carry is then an error like any other. */
function sendJson(ctx: Context, status: number, body: unknown): void {
  const json = JSON.stringify(body)
  ctx.status = status
  ctx.type = 'application/json'
  ctx.body = json
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
