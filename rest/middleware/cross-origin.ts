import cors from '@koa/cors'
import type { Middleware } from 'koa'
import { isOriginAllowed } from '../http/index.ts'

const PREFLIGHT_HOLDS_S = 600

/** Lets pages of these origins ask: by the token that they send themselves, never by what a browser adds (cookies, certificates). */
export function crossOrigin(origins: readonly string[]): Middleware {
  return cors({
    origin: ctx => (isOriginAllowed(origins, ctx.get('origin')) ? (origins.includes('*') ? '*' : ctx.get('origin')) : ''),
    allowMethods: 'GET, HEAD, POST',
    exposeHeaders: 'Allow, Inference-Header-Content-Length, Retry-After, WWW-Authenticate',
    maxAge: PREFLIGHT_HOLDS_S,
    credentials: false,
  })
}
