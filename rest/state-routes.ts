import type { QueryableStreams } from '../topology/queryable-streams.ts'
import type { AnswerCode } from './errors.ts'
import { statusOf } from './errors.ts'
import type { RouterParts } from './query-router.ts'
import { QueryRouter } from './query-router.ts'
import type { Route, RouteAnswer } from './route.ts'
import { countParameter, flagParameter, segment, textParameter } from './route.ts'
import { ScatterQuery } from './scatter-query.ts'

/** Interactive queries. A store cannot be called "instances": that path is the group's. */
export function stateRoutes(parts: RouterParts): readonly Route[] {
  const { streams, metadata } = parts
  const router = new QueryRouter(parts)
  const scatter = new ScatterQuery(parts)
  return [
    { path: '/state/instances', answer: async () => ({ body: await metadata.instances() }) },
    { path: '/state/instances/:store', answer: async request => ({ body: await metadata.instancesWith(segment(request, 'store')) }) },
    {
      path: '/state/:store/keys/:key',
      answer: async request => {
        const [store, key] = [segment(request, 'store'), segment(request, 'key')]
        if (!request.hop) return { body: await router.query(store, key) }
        const stale = flagParameter(request, 'stale')
        return { body: stale ? await router.queryStaleHere(store, key) : await router.queryHere(store, key) }
      },
    },
    {
      path: '/state/:store/all',
      answer: async request => {
        const [store, limit, partial] = [segment(request, 'store'), countParameter(request, 'limit'), flagParameter(request, 'partial')]
        return { body: request.hop ? await scatter.here(store, limit) : await scatter.all(store, { limit, partial }) }
      },
    },
    {
      path: '/state/:store/value',
      answer: request => {
        metadata.store(segment(request, 'store'))
        return latestValue(streams, segment(request, 'store'), textParameter(request, 'key'))
      },
    },
  ]
}

/** What this instance itself used last: never a hop. */
async function latestValue(streams: QueryableStreams, store: string, key: string | undefined): Promise<RouteAnswer> {
  const value = await streams.queryLatest(store, key)
  if (value !== undefined) return { body: value }
  const code: AnswerCode = 'NOTHING_USED_YET'
  const ofKey = key === undefined ? '' : ` for key ${key}`
  return { status: statusOf(code), body: { error: `this instance has used nothing of store ${store}${ofKey} yet`, code } }
}
