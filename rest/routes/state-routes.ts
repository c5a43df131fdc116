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

/** Interactive queries. A store cannot be called "instances": that path is the group's. */
export function stateRoutes(parts: RouterParts): readonly Route[] {
  return [...instanceRoutes(parts), ...keyRoutes(parts), ...rangeRoutes(parts), latestRoute(parts)]
}

const store: ParameterSpec = { type: 'string', description: 'The store, as /state/instances names it' }
const read: ParameterSpec = {
  type: 'string',
  enum: ['committed', 'latest'],
  description: 'committed, the default: as the last commit left it; latest: with writes that may yet be dropped',
}
const stale: ParameterSpec = { type: 'boolean', description: 'Between instances: from the standby, or a suspended task' }
/** As many entries as an answer may hold. */
const maxEntries = 100_000

function instanceRoutes(parts: RouterParts): readonly Route[] {
  const { metadata } = parts
  const details: ParameterSpec = {
    type: 'boolean',
    description: 'Ask each instance for its state, its version and its tasks, with the lag of those that it follows',
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

/** A key in the path, or where a path cannot carry it (see `keyPath`) in the query. */
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
  const at: ParameterSpec = { type: 'time', description: 'As of this time: of versioned stores only' }
  return {
    path: '/state/:store/keys/:key',
    summary: 'The value of a key, now or at a time, whichever instance holds it',
    query: { read, stale, at },
    responses: { 200: { description: 'The value, and who answered; `stale` when that is not its owner', schema: keyAnswer } },
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
      from: { type: 'time', description: 'Those that held then or later' },
      to: { type: 'time', description: 'Those that held before this time' },
      limit: { type: 'integer', minimum: 1, description: `At most so many, ${maxEntries} in any case: \`next\` tells that more follow` },
      read,
      stale,
    },
    responses: { 200: { description: 'They, and who answered; `stale` when that is not their owner', schema: versionsAnswer } },
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
    from: { type: 'string', description: 'Keys from this one on' },
    to: { type: 'string', description: 'Keys before this one' },
    prefix: { type: 'string', description: 'Keys that begin with this' },
    after: { type: 'string', description: 'Keys after this one: `next` of the answer before' },
  }
  const shared: Record<string, ParameterSpec> = {
    partial: { type: 'boolean', description: 'Answer at once with what there is, saying what is not' },
    read,
    stale,
    partitions: { type: 'string', description: 'Between instances: of these partitions only' },
  }
  return [
    {
      path: '/state/:store/all',
      summary: 'The entries of a store, of all instances, in key order',
      params: { store },
      query: {
        ...bounds,
        limit: { type: 'integer', minimum: 1, description: `At most so many, ${maxEntries} in any case: \`next\` tells that more follow` },
        ...shared,
      },
      responses: {
        200: { description: 'Sorted by key; `stale` lists the partitions for which their owners did not answer', schema: allEntries },
      },
      answer: async request => {
        const query = { ...rangeOf(request), limit: Math.min(countParameter(request, 'limit') ?? maxEntries, maxEntries) }
        const name = segment(request, 'store')
        return { body: await (request.hop ? scatter.here(name, query) : scatter.all(name, query, partialOf(request))) }
      },
    },
    {
      path: '/state/:store/count',
      summary: 'How many entries a store has, of all instances',
      params: { store },
      query: {
        from: bounds['from'] as ParameterSpec,
        to: bounds['to'] as ParameterSpec,
        prefix: bounds['prefix'] as ParameterSpec,
        ...shared,
      },
      responses: { 200: { description: 'The number', schema: entryCount } },
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
    query: { key: { type: 'string', description: 'Of this key' } },
    responses: { 200: { description: 'The value' }, 404: { description: 'Nothing was used yet' } },
    answer: async request => {
      const { name, replicated = false } = metadata.store(segment(request, 'store'))
      const answer = await latestValue(streams, name, textParameter(request, 'key'))
      return replicated ? { ...answer, body: await asOwnerTells(router, name, answer.body) } : answer
    },
  }
}

function partialOf(request: RouteRequest): GatherOptions {
  return { partial: flagParameter(request, 'partial') }
}

/** What only hops may ask for is not taken from others. */
function rangeOf(request: RouteRequest): PartitionQuery {
  const { from, to, prefix, after, partitions } = request.query
  const query = { from, to, prefix, after, ...readOptions(request) }
  if (!request.hop) return query
  if (partitions !== undefined && !/^\d{1,6}(,\d{1,6})*$/.test(partitions))
    throw new SluiceError('INPUT_INVALID', `partitions is ${JSON.stringify(partitions)}: numbers with commas between are allowed`)
  return { ...query, standbys: flagParameter(request, 'stale'), partitions: partitions?.split(',').map(Number) }
}

/** The value as its owner tells it: this instance knows of its own use only. As it is here while no owner answers. */
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

/** What this instance itself used last: never a hop. */
async function latestValue(streams: QueryableStreams, store: string, key: string | undefined): Promise<RouteAnswer> {
  const value = await streams.queryLatest(store, key)
  if (value !== undefined) return { body: value }
  const code: AnswerCode = 'NOTHING_USED_YET'
  const ofKey = key === undefined ? '' : ` for key ${key}`
  return { status: statusOf(code), body: { error: `this instance has used nothing of store ${store}${ofKey} yet`, code } }
}
