import { SluiceError } from '../../base/index.ts'
import type { PartitionQuery, QueryableStreams, ReadOptions } from '../../topology/index.ts'
import {
  type AnswerCode,
  isPassing,
  statusOf,
  type ParameterSpec,
  type Route,
  type RouteAnswer,
  type RouteRequest,
  countParameter,
  flagParameter,
  segment,
  textParameter,
  timeParameter,
} from '../http/index.ts'
import { withDetails } from './instance-details.ts'
import {
  type Asked,
  asOfQuestion,
  type KeyQuestion,
  valueQuestion,
  versionsQuestion,
  type ListedInstance,
  type RouterParts,
  QueryRouter,
  type GatherOptions,
  ScatterQuery,
} from '../queries/index.ts'
import { allEntries, entryCount, instanceList, keyAnswer, versionsAnswer } from './state-schemas.ts'

/** Routes for interactive queries. /state/instances lists the instances, so a store cannot have the name "instances". */
export function stateRoutes(parts: RouterParts): readonly Route[] {
  return [...instanceRoutes(parts), ...keyRoutes(parts), ...rangeRoutes(parts), latestRoute(parts)]
}

const store: ParameterSpec = { type: 'string', description: 'The name of a store, as in storeNames of /state/instances' }
const read: ParameterSpec = {
  type: 'string',
  enum: ['committed', 'latest'],
  description: 'committed (default): the state of the last commit; latest: includes uncommitted writes, which may be discarded',
}
const stale: ParameterSpec = { type: 'boolean', description: 'Only between instances: answer from a standby or a suspended task' }
/** Maximum number of entries or versions in one answer. */
const maxEntries = 100_000

function instanceRoutes(parts: RouterParts): readonly Route[] {
  const { metadata } = parts
  const details: ParameterSpec = {
    type: 'boolean',
    description: 'Ask each instance for its state, its version and its tasks, including the lag of its standby tasks',
  }
  const schema = instanceList
  const answered = async (found: readonly ListedInstance[], request: RouteRequest): Promise<RouteAnswer> => ({
    body: flagParameter(request, 'details') ? await withDetails(found, parts) : found,
  })
  return [
    {
      path: '/state/instances',
      summary: 'The instances of the group, with their stores and tasks',
      query: { details },
      responses: { 200: { description: 'All of them, sorted by address', schema } },
      answer: async request => answered(await metadata.instances(), request),
    },
    {
      path: '/state/instances/:store',
      summary: 'The instances that hold a store',
      params: { store },
      query: { details },
      responses: { 200: { description: 'All of them, sorted by address', schema } },
      answer: async request => answered(await metadata.instancesWith(segment(request, 'store')), request),
    },
  ]
}

/** Routes for one key, which is in the path, or in the query if a path cannot contain it (see `keyPath`). */
function keyRoutes(parts: RouterParts): readonly Route[] {
  const key: ParameterSpec = { type: 'string', description: 'The key, as text' }
  const routes = [valueRoute(parts), versionsRoute(parts)]
  const [value, versions] = routes.map(route => ({
    ...route,
    params: { store },
    query: { key: { ...key, required: true }, ...route.query },
  }))
  return [
    ...routes.map(route => ({ ...route, params: { store, key } })),
    { ...(value as Route), path: '/state/:store/keys' },
    { ...(versions as Route), path: '/state/:store/versions' },
  ]
}

function valueRoute(parts: RouterParts): Route {
  const router = new QueryRouter(parts)
  const at: ParameterSpec = { type: 'time', description: 'The time for which the value is wanted; versioned stores only' }
  return {
    path: '/state/:store/keys/:key',
    summary: 'The value of a key, the newest or that of a time, from whichever instance holds it',
    query: { read, stale, at },
    responses: {
      200: { description: 'The value and the instance that answered; `stale`: from a standby or a suspended task', schema: keyAnswer },
    },
    answer: request => {
      const asOf = timeParameter(request, 'at')
      const [options, asked] = [readOptions(request), askedOf(request)]
      if (asOf === undefined) return answered(router, request, valueQuestion(parts, asked, options))
      return answered(router, request, asOfQuestion(parts, asked, { ...options, asOf }))
    },
  }
}

function versionsRoute(parts: RouterParts): Route {
  const router = new QueryRouter(parts)
  return {
    path: '/state/:store/keys/:key/versions',
    summary: 'The versions of a key of a versioned store, in the order of time',
    query: {
      from: { type: 'time', description: 'Versions that were valid at this time or later' },
      to: { type: 'time', description: 'Versions that were valid before this time' },
      limit: {
        type: 'integer',
        minimum: 1,
        description: `Maximum number of versions, ${maxEntries} at most; \`next\` is present if more follow`,
      },
      read,
      stale,
    },
    responses: {
      200: {
        description: 'The versions and the instance that answered; `stale`: from a standby or a suspended task',
        schema: versionsAnswer,
      },
    },
    answer: request => {
      const [from, to] = [timeParameter(request, 'from'), timeParameter(request, 'to')]
      const limit = Math.min(countParameter(request, 'limit') ?? maxEntries, maxEntries)
      return answered(router, request, versionsQuestion(parts, askedOf(request), { from, to, limit, ...readOptions(request) }))
    },
  }
}

async function answered<A>(router: QueryRouter, request: RouteRequest, question: KeyQuestion<A>): Promise<RouteAnswer> {
  if (!request.hop) return { body: await router.ask(question) }
  return { body: await (flagParameter(request, 'stale') ? question.staleHere() : question.here()) }
}

function askedOf(request: RouteRequest): Asked {
  return { store: segment(request, 'store'), key: request.params['key'] ?? textParameter(request, 'key') ?? '' }
}

function readOptions(request: RouteRequest): ReadOptions {
  return { uncommitted: request.query['read'] === 'latest' }
}

function rangeRoutes(parts: RouterParts): readonly Route[] {
  const scatter = new ScatterQuery(parts)
  const bounds: Record<string, ParameterSpec> = {
    from: { type: 'string', description: 'Only this key and greater keys' },
    to: { type: 'string', description: 'Only keys less than this key' },
    prefix: { type: 'string', description: 'Only keys that begin with this text' },
    after: { type: 'string', description: 'Only keys greater than this key: `next` of the previous answer' },
  }
  const shared: Record<string, ParameterSpec> = {
    partial: { type: 'boolean', description: 'Answer at once with the available partitions, and list the missing ones' },
    read,
    stale,
    partitions: { type: 'string', description: 'Only between instances: the partitions to answer for, comma-separated' },
  }
  return [
    {
      path: '/state/:store/all',
      summary: 'The entries of a store from all instances, in key order',
      params: { store },
      query: {
        ...bounds,
        limit: { type: 'integer', minimum: 1, description: `Maximum number (${maxEntries} at most); \`next\` is present if more follow` },
        ...shared,
      },
      responses: {
        200: { description: 'Sorted by key; `stale`: partitions that a standby or a suspended task answered for', schema: allEntries },
      },
      answer: async request => {
        const query = { ...rangeOf(request), limit: Math.min(countParameter(request, 'limit') ?? maxEntries, maxEntries) }
        const name = segment(request, 'store')
        return { body: await (request.hop ? scatter.here(name, query) : scatter.all(name, query, partialOf(request))) }
      },
    },
    {
      path: '/state/:store/count',
      summary: 'The number of entries of a store on all instances',
      params: { store },
      query: {
        from: bounds['from'] as ParameterSpec,
        to: bounds['to'] as ParameterSpec,
        prefix: bounds['prefix'] as ParameterSpec,
        ...shared,
      },
      responses: { 200: { description: 'The number of entries', schema: entryCount } },
      answer: async request => {
        const name = segment(request, 'store')
        const query = rangeOf(request)
        return {
          body: await (request.hop ? scatter.here(name, { ...query, countOnly: true }) : scatter.count(name, query, partialOf(request))),
        }
      },
    },
  ]
}

function latestRoute(parts: RouterParts): Route {
  const { streams, metadata } = parts
  const router = new QueryRouter(parts)
  return {
    path: '/state/:store/value',
    summary: 'The value that this instance used last',
    params: { store },
    query: { key: { type: 'string', description: 'Only values of this key' } },
    responses: { 200: { description: 'The value' }, 404: { description: 'The instance has not used a value yet' } },
    answer: async request => {
      const { name, global = false } = metadata.store(segment(request, 'store'))
      const answer = await latestValue(streams, name, textParameter(request, 'key'))
      return global ? { ...answer, body: await asOwnerTells(router, name, answer.body) } : answer
    },
  }
}

function partialOf(request: RouteRequest): GatherOptions {
  return { partial: flagParameter(request, 'partial') }
}

/** The range of a request. `stale` and `partitions` are ignored unless the request is a hop. Throws INPUT_INVALID. */
function rangeOf(request: RouteRequest): PartitionQuery {
  const { from, to, prefix, after, partitions } = request.query
  const query = { from, to, prefix, after, ...readOptions(request) }
  if (!request.hop) return query
  if (partitions !== undefined && !/^\d{1,6}(,\d{1,6})*$/.test(partitions))
    throw new SluiceError('INPUT_INVALID', `partitions is ${JSON.stringify(partitions)}; allowed: comma-separated partition numbers`)
  return { ...query, standbys: flagParameter(request, 'stale'), partitions: partitions?.split(',').map(Number) }
}

/** The value from its owner, because this instance counts only its own use; `body` if the owner does not answer or does not have it. */
async function asOwnerTells(router: QueryRouter, store: string, body: unknown): Promise<unknown> {
  const { dataType } = body as { readonly dataType?: unknown }
  if (typeof dataType !== 'string') return body
  try {
    return (await router.query(store, dataType)).value
  } catch (error) {
    if (isPassing(error) || (error instanceof SluiceError && error.code === 'KEY_UNKNOWN')) return body
    throw error
  }
}

/** The value that this instance used last; other instances are not asked. */
async function latestValue(streams: QueryableStreams, store: string, key: string | undefined): Promise<RouteAnswer> {
  const value = await streams.queryLatest(store, key)
  if (value !== undefined) return { body: value }
  const code: AnswerCode = 'NOTHING_USED_YET'
  const ofKey = key === undefined ? '' : ` for key ${key}`
  return { status: statusOf(code), body: { error: `this instance has not used a value of store ${store}${ofKey} yet`, code } }
}
