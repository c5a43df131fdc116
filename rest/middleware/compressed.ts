import { constants } from 'node:zlib'
import type { Middleware } from 'koa'
import compress from 'koa-compress'

/** Smaller bodies are not compressed: the headers would cost more than compression saves. */
const FROM_BYTES = 1024

/**
 * Compresses text answers (JSON, metrics, the dashboard page) with gzip if the client accepts it, at the fastest level, because scoring needs the
 * same processors. A client that accepts neither gzip nor identity gets an uncompressed answer.
 */
export function compressed(): Middleware {
  const gzip = compress({ threshold: FROM_BYTES, gzip: { level: constants.Z_BEST_SPEED }, deflate: false, br: false })
  return (ctx, next) => {
    // koa-compress throws if the client accepts none of its encodings.
    if (ctx.acceptsEncodings('gzip', 'identity') === 'gzip') return gzip(ctx, next)
    ctx.vary('Accept-Encoding')
    return next()
  }
}
