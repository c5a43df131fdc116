import type { Context, Next } from 'koa'
import { SluiceError } from '../base/index.ts'
import type { QueryableStreams } from '../topology/index.ts'
import { type AccessTokens, RestError, type HostRules, isDecodable, type Place, Places } from './http/index.ts'
import { HOP_HEADER, hopMark, bodyHash, SIGNATURE_HEADER } from './hops/index.ts'
import { isOpen } from './openapi.ts'

/** Path and query together. */
const MAX_URL_LENGTH = 8192

/** Headers that may occur once: with two values, a proxy may have checked the other one. */
const singleHeaders: ReadonlySet<string> = new Set(['host', 'authorization', 'origin', 'content-type', HOP_HEADER, SIGNATURE_HEADER])

type Middleware = (ctx: Context, next: Next) => Promise<void>

/** What the guard passes on to later checks. */
interface RequestState {
  /** Hash of the body, as the verified signature of a hop states it; undefined: the request was not signed. */
  signedBody?: string
  place?: Place
}

export interface GuardOptions {
  readonly tokens: AccessTokens | undefined
  readonly hosts: HostRules
}

/**
 * Refuses a request before any route sees it: a repeated header, a host or origin that is not allowed, a wrong token, a hop of another
 * application, a path that is too long or cannot be decoded.
 */
export function guard(streams: QueryableStreams, { tokens, hosts }: GuardOptions): Middleware {
  const { applicationId } = streams
  const trusted = tokens === undefined ? undefined : trust(streams, tokens)
  return async (ctx, next) => {
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    checkSingle(ctx.req.rawHeaders)
    if (ctx.req.headers.host === undefined && ctx.req.httpVersion !== '1.0')
      throw new SluiceError('INPUT_INVALID', 'an HTTP/1.1 request needs a Host header')
    hosts.checkHost(ctx.req.headers.host, streams.self.host)
    hosts.checkOrigin(ctx.method, ctx.get('origin'), ctx.get('host'))
    if (ctx.url.length > MAX_URL_LENGTH) throw new RestError('URL_TOO_LONG', `the path and query are longer than ${MAX_URL_LENGTH} bytes`)
    if (!isOpen(ctx.path)) trusted?.(ctx)
    const hop = ctx.get(HOP_HEADER)
    if (hop !== '' && hop !== hopMark(applicationId))
      throw new RestError(
        'HOP_MISDIRECTED',
        `the request is for an instance of another application; this is an instance of ${applicationId}`,
      )
    if (!isDecodable(ctx.path)) throw new SluiceError('INPUT_INVALID', `the path ${ctx.path} is not URL-encoded UTF-8`)
    await next()
  }
}

/** Throws TOKEN_REFUSED unless the request carries one of the tokens, or a signature made with one of them. */
function trust(streams: QueryableStreams, tokens: AccessTokens): (ctx: Context) => void {
  return ctx => {
    const signature = ctx.get(SIGNATURE_HEADER)
    if (signature !== '') {
      const hash = tokens.verify(signature, { method: ctx.method, path: ctx.url, to: streams.self })
      if (hash === undefined)
        throw new RestError(
          'TOKEN_REFUSED',
          'the request signature is not valid: another token, another receiver, a clock that differs by more than 30 s, or a second use',
        )
      const state = ctx.state as RequestState
      state.signedBody = hash
    } else if (!tokens.isCarriedBy(ctx.get('authorization'))) {
      ctx.set('WWW-Authenticate', 'Bearer')
      throw new RestError('TOKEN_REFUSED', 'the request needs a valid bearer token: Authorization: Bearer …')
    }
  }
}

/** Compares the body with the hash of the signature, which `guard` verified before the body was read. Throws TOKEN_REFUSED. */
export function checkSignedBody(ctx: Context, body: Buffer | undefined): void {
  const { signedBody } = ctx.state as RequestState
  if (signedBody !== undefined && signedBody !== bodyHash(body))
    throw new RestError('TOKEN_REFUSED', 'the body does not match the request signature')
}

/** Refuses a request with BUSY while `max` others are in progress. Paths below /health/ are not counted and never refused. */
export function concurrency(max: number): Middleware {
  const places = new Places(max)
  return async (ctx, next) => {
    const place = ctx.path.startsWith('/health/') ? undefined : places.take()
    if (place !== undefined) (ctx.state as RequestState).place = place
    try {
      await next()
    } finally {
      place?.release()
    }
  }
}

/** The place of a request in progress; undefined: it is not counted. */
export function placeOf(ctx: Context): Place | undefined {
  return (ctx.state as RequestState).place
}

/** Throws INPUT_INVALID for a repeated header. `raw`: names and values in turn, as received. */
function checkSingle(raw: readonly string[]): void {
  const seen = new Set<string>()
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase()
    if (!singleHeaders.has(name)) continue
    if (seen.has(name)) throw new SluiceError('INPUT_INVALID', `the header ${name} occurs more than once; it is allowed once`)
    seen.add(name)
  }
}
