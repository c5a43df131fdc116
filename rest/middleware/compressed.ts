import { constants } from 'node:zlib'
import type { Middleware } from 'koa'
import compress from 'koa-compress'

/** Below it the headers weigh more than what is saved. */
const FROM_BYTES = 1024

/**
 * Texts (JSON, metrics, the page) as gzip where the client takes it. Fast rather than small: the same processors score. A client that takes neither
 * gzip nor what is not compressed gets the latter: an answer helps more than none.
 */
export function compressed(): Middleware {
  const gzip = compress({ threshold: FROM_BYTES, gzip: { level: constants.Z_BEST_SPEED }, deflate: false, br: false })
  return (ctx, next) => {
    // koa-compress fails where nothing is acceptable.
    if (ctx.acceptsEncodings('gzip', 'identity') === 'gzip') return gzip(ctx, next)
    ctx.vary('Accept-Encoding')
    return next()
  }
}
