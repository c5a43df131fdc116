import cors from '@koa/cors'
import type { Middleware } from 'koa'
import { isOriginAllowed } from '../http/index.ts'

const PREFLIGHT_HOLDS_S = 600

/** CORS for pages of these origins. Pages send the token themselves; credentials that a browser adds (cookies, certificates) are not allowed. */
export function crossOrigin(origins: readonly string[]): Middleware {
  return cors({
    origin: ctx => (isOriginAllowed(origins, ctx.get('origin')) ? (origins.includes('*') ? '*' : ctx.get('origin')) : ''),
    allowMethods: 'GET, HEAD, POST, PUT, DELETE',
    exposeHeaders: 'Allow, Inference-Header-Content-Length, Retry-After, WWW-Authenticate',
    maxAge: PREFLIGHT_HOLDS_S,
    credentials: false,
  })
}
