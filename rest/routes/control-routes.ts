import { SluiceError } from '../../base/index.ts'
import type { ControlState } from '../../control/index.ts'
import { checkJsonDepth } from '../../records/index.ts'
import {
  countParameter,
  type ParameterSpec,
  RateLimit,
  type ResponseSpec,
  type RestLog,
  type Route,
  type RouteAnswer,
  type RouteRequest,
  segment,
  statusOf,
  textParameter,
} from '../http/index.ts'
import { QueryRouter, type RouterParts, ScatterQuery } from '../queries/index.ts'
import { controlOutcome } from './control-outcome.ts'
import { appliedControl, controlAnswer, controlList, idleControl, writtenControl } from './control-schemas.ts'
import type { ControlService } from './control-service.ts'
import { MOST_A_MINUTE, MOST_WAIT_S, tooMany, tooManyResponse, who } from './publishing.ts'

export interface ControlRouteParts extends RouterParts {
  readonly controls: readonly ControlService[]
  readonly log: RestLog | undefined
}

const maxListed = 10_000
const maxBodyBytes = 1_048_576

const key: ParameterSpec = { type: 'string', description: 'The key of the control, as text' }

/** Routes to read and to publish the controls of controlled streams. Every instance answers for all keys. */
export function controlRoutes(parts: ControlRouteParts): readonly Route[] {
  if (parts.controls.length === 0) return []
  return [...lookingRoutes(parts), ...publishingRoutes(parts)]
}

/** The parameter that names a stream; not needed where there is only one. */
function streamParameter({ controls }: ControlRouteParts): Readonly<Record<string, ParameterSpec>> {
  const names = controls.map(({ name }) => name)
  return { stream: { type: 'string', enum: names, required: names.length > 1, description: 'The controlled stream' } }
}

function serviceOf({ controls }: ControlRouteParts, request: RouteRequest): ControlService {
  const name = textParameter(request, 'stream')
  return controls.find(each => each.name === name) ?? (controls[0] as ControlService)
}

function lookingRoutes(parts: ControlRouteParts): readonly Route[] {
  const [router, scatter] = [new QueryRouter(parts), new ScatterQuery(parts)]
  const stream = streamParameter(parts)
  return [
    {
      path: '/controls',
      summary: 'The controls of a controlled stream, in key order',
      query: {
        ...stream,
        prefix: { type: 'string', description: 'Only keys that begin with this text' },
        after: { type: 'string', description: 'Only keys greater than this key: `next` of the previous answer' },
        limit: { type: 'integer', minimum: 1, description: `Maximum number (${maxListed} at most); \`next\` is present if more follow` },
      },
      responses: { 200: { description: 'Sorted by key', schema: controlList } },
      answer: async request => {
        const { name, store } = serviceOf(parts, request)
        const limit = Math.min(countParameter(request, 'limit') ?? maxListed, maxListed)
        const [prefix, after] = [textParameter(request, 'prefix'), textParameter(request, 'after')]
        const { entries, next } = await scatter.all(store, { prefix, after, limit }, { partial: false })
        const controls = entries.map(entry => viewOf(entry.key, entry.value as ControlState<unknown>))
        return { body: { stream: name, controls, ...(next === undefined ? {} : { next }) } }
      },
    },
    {
      path: '/controls/:key',
      summary: 'The control of a key, from whichever instance holds it',
      params: { key },
      query: stream,
      responses: {
        200: { description: 'What is in force, what waits, and what was refused', schema: controlAnswer },
        404: { description: 'The key has no control: the default is in force' },
      },
      answer: async request => {
        const { name, store } = serviceOf(parts, request)
        const { key: found, value, stale, lag } = await router.query(store, segment(request, 'key'))
        const marks = { ...(stale === undefined ? {} : { stale }), ...(lag === undefined ? {} : { lag }) }
        return { body: { stream: name, ...viewOf(found, value as ControlState<unknown>), ...marks } }
      },
    },
  ]
}

function viewOf(of: string, { current, waiting, refused }: ControlState<unknown>): Readonly<Record<string, unknown>> {
  return { key: of, ...current, waiting, ...(refused === undefined ? {} : { refused }) }
}

function publishingRoutes(parts: ControlRouteParts): readonly Route[] {
  const shared = {
    path: '/controls/:key',
    params: { key },
    query: {
      ...streamParameter(parts),
      wait: {
        type: 'integer',
        maximum: MOST_WAIT_S,
        description: 'How long to wait until the control is applied or refused, in seconds; default 0',
      },
    },
    responses,
  } as const
  const publish = publisher(parts)
  return [
    {
      ...shared,
      method: 'PUT',
      summary: 'Publish a control, which becomes the control of its key unless it is refused',
      body: {
        contentTypes: ['application/json', 'application/octet-stream'],
        maxBytes: maxBodyBytes,
        content: { 'application/json': {}, 'application/octet-stream': { type: 'string', format: 'binary', minLength: 1 } },
      },
      answer: request => publish(request, service => valueOf(service, request)),
    },
    {
      ...shared,
      method: 'DELETE',
      summary: 'Withdraw the control of a key: the default is in force again',
      answer: request => publish(request, () => null),
    },
  ]
}

const responses: Readonly<Record<number, ResponseSpec>> = {
  200: { description: 'The control is in force or waits for its time (with `wait`)', schema: appliedControl },
  202: { description: 'The control was written to its topic (without `wait`)', schema: writtenControl },
  422: { description: 'The control was refused; `rule` and `error` state the reason (with `wait`)', schema: idleControl },
  429: tooManyResponse,
  504: { description: 'The control was neither applied nor refused in time (with `wait`)', schema: idleControl },
}

/** The value of the record: the body as it is, or as the serde of the stream writes its JSON. */
function valueOf(service: ControlService, { headers, body = Buffer.alloc(0) }: RouteRequest): Uint8Array {
  const type = String(headers['content-type'] ?? '')
    .split(';', 1)[0]
    ?.trim()
    .toLowerCase()
  if (type === 'application/octet-stream') return body
  const text = body.toString('utf8').replace(/^\ufeff/, '')
  checkJsonDepth(text, 'INPUT_INVALID')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', 'the body is not JSON', { cause: error })
  }
  return service.valueOf(json)
}

function publisher(parts: ControlRouteParts) {
  const limit = new RateLimit(MOST_A_MINUTE, 60_000)
  const router = new QueryRouter(parts)
  return async (request: RouteRequest, valueFor: (service: ControlService) => Uint8Array | null): Promise<RouteAnswer> => {
    const service = serviceOf(parts, request)
    const { name: stream, topic, store } = service
    const of = segment(request, 'key')
    const value = valueFor(service)
    const waitMs = limit.take(performance.now())
    if (waitMs > 0) return tooMany(waitMs)
    const place = await service.write(of, value)
    const body = { stream, topic, key: of, ...place }
    const seconds = countParameter(request, 'wait') ?? 0
    const withdraws = value === null
    const written = { store, key: of, place, withdraws, applied: () => service.applied(place.partition) }
    const outcome = seconds === 0 ? undefined : await controlOutcome(router, written, seconds * 1000)
    parts.log?.('info', `audit: a control was ${withdraws ? 'withdrawn' : 'published'}`, { ...who(request), ...body, outcome })
    if (seconds === 0) return { status: 202, body }
    if (outcome === undefined) {
      const error = `after ${seconds} s the control is neither applied nor refused; either may still happen`
      return { status: statusOf('PUBLISH_PENDING'), body: { ...body, error, code: 'PUBLISH_PENDING' } }
    }
    if ('state' in outcome) return { body: { ...body, ...outcome } }
    const { rule, reason } = outcome.refused
    return { status: statusOf('CONTROL_REFUSED'), body: { ...body, rule, error: reason, code: 'CONTROL_REFUSED' } }
  }
}
