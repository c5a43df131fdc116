import type { Context, Next } from 'koa'
import { SluiceError } from '../base/index.ts'
import type { QueryableStreams } from '../topology/index.ts'
import { type AccessTokens, RestError, type HostRules, isDecodable } from './http/index.ts'
import { HOP_HEADER, hopMark, bodyHash, SIGNATURE_HEADER } from './hops/index.ts'
import { isOpen } from './openapi.ts'

/** Of paths and queries together; all headers may be 16 KB. */
const MAX_URL_LENGTH = 8192

/** Each has one value. Of two, a proxy may have looked at the other one. */
const singleHeaders: ReadonlySet<string> = new Set(['host', 'authorization', 'origin', 'content-type', HOP_HEADER, SIGNATURE_HEADER])

type Middleware = (ctx: Context, next: Next) => Promise<void>

/** What the guard has found. */
interface RequestState {
  /** Of a hop that is trusted for its signature: the hash of its body. */
  signedBody?: string
}

export interface GuardOptions {
  readonly tokens: AccessTokens | undefined
  readonly hosts: HostRules
}

/** What no route may be reached with: a header twice, a foreign name or page, a wrong token, another application's hop, a malformed or endless path. */
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

/** Throws TOKEN_REFUSED unless the request carries a token, or a signature made with one. */
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

/** A signature is checked before the body is read; that the body is the signed one, after. Throws TOKEN_REFUSED. */
export function checkSignedBody(ctx: Context, body: Buffer | undefined): void {
  const { signedBody } = ctx.state as RequestState
  if (signedBody !== undefined && signedBody !== bodyHash(body))
    throw new RestError('TOKEN_REFUSED', 'the body does not match the request signature')
}

/** Work that could not be done soon is refused at once; whether the process lives is told always. */
export function concurrency(max: number): Middleware {
  let running = 0
  return async (ctx, next) => {
    const counts = !ctx.path.startsWith('/health/')
    if (counts && running >= max) throw new RestError('BUSY', `${max} requests are in progress, the maximum: try again later`)
    running += Number(counts)
    try {
      await next()
    } finally {
      running -= Number(counts)
    }
  }
}

/** Throws INPUT_INVALID. `raw`: names and values by turns, as they came. */
function checkSingle(raw: readonly string[]): void {
  const seen = new Set<string>()
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase()
    if (!singleHeaders.has(name)) continue
    if (seen.has(name)) throw new SluiceError('INPUT_INVALID', `the header ${name} occurs more than once; it is allowed once`)
    seen.add(name)
  }
}
