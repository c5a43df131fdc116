import { constants } from 'node:zlib'
import type { Middleware } from 'koa'
import compress from 'koa-compress'

/** Below it the headers weigh more than what is saved. */
const FROM_BYTES = 1024

/** Texts (JSON, metrics, the page) as gzip where the client takes it. Fast rather than small: the same processors score. */
export function compressed(): Middleware {
  return compress({ threshold: FROM_BYTES, gzip: { level: constants.Z_BEST_SPEED }, deflate: false, br: false })
}
