import type { QueryableStreams } from '../../topology/queryable-streams.ts'
import { RestError } from '../errors.ts'
import type { ModelServices } from '../model-services.ts'
import { type Route, type RouteAnswer, type RouteRequest, segment } from '../route.ts'
import { acceptedEncoding, encode } from './content-encoding.ts'
import { HEADER_LENGTH } from './infer-request.ts'
import { InferenceService, type NamedModel } from './inference-service.ts'

const MAX_BODY_BYTES = 64 * 2 ** 20
const MAX_SMALL_BODY_BYTES = 64 * 1024
const EXTENSIONS = ['binary_tensor_data', 'model_repository', 'statistics']

type Respond = (request: RouteRequest) => Promise<unknown>

/** The Open Inference Protocol, version 2, for every data type that has a model. */
export function inferenceRoutes(streams: QueryableStreams, services: ModelServices, version = ''): readonly Route[] {
  const service = new InferenceService(services.registry, services.maxBatch)
  return [...serverRoutes(streams, version), ...repositoryRoutes(service), ...statisticsRoutes(service), ...modelRoutes(service)]
}

/** Whether the protocol says how errors look at the path. */
export function isInferencePath(path: string): boolean {
  return path === '/v2' || path.startsWith('/v2/')
}

/** An error as the protocol has it. */
export function inferenceError(status: number, error: string): RouteAnswer {
  return jsonAnswer({ error }, status)
}

function serverRoutes(streams: QueryableStreams, version: string): readonly Route[] {
  const isReady = (): boolean => streams.state === 'running'
  return [
    get('/v2', 'The server, for inference clients', () => Promise.resolve({ name: 'sluice', version, extensions: EXTENSIONS })),
    get('/v2/health/live', 'Whether the server answers', () => Promise.resolve({ live: true })),
    {
      ...get('/v2/health/ready', 'Whether models are served', () => Promise.resolve({})),
      responses: { 200: { description: 'They are' }, 503: { description: 'They are not, yet' } },
      answer: () => Promise.resolve(jsonAnswer({ ready: isReady() }, isReady() ? 200 : 503)),
    },
  ]
}

function repositoryRoutes(service: InferenceService): readonly Route[] {
  const index: Respond = async () =>
    (await service.index()).map(({ name, version, serves }) => ({
      name,
      version: String(version),
      state: 'READY',
      reason: serves ? '' : 'kept: another version serves',
    }))
  const refuse: Respond = () => Promise.reject(new RestError('NOT_SUPPORTED', 'not supported: models are published to the topic'))
  return [
    post('/v2/repository/index', 'Every model and version that can be asked for', index),
    ...['load', 'unload'].map(verb => post(`/v2/repository/models/:model/${verb}`, 'Not supported', refuse)),
  ]
}

function statisticsRoutes(service: InferenceService): readonly Route[] {
  const summary = 'How often models were asked at this instance'
  return [
    get('/v2/models/stats', summary, () => Promise.resolve(service.statistics.view())),
    ...modelPaths('/stats').map(path => get(path, summary, request => service.statisticsOf(namedModel(request)))),
  ]
}

function modelRoutes(service: InferenceService): readonly Route[] {
  return [
    ...modelPaths('').map(path => get(path, "A model's inputs and outputs", request => service.metadata(namedModel(request)))),
    ...modelPaths('/ready').map(path => get(path, 'Whether a model can be asked', request => service.ready(namedModel(request)))),
    ...modelPaths('/infer').map((path): Route => ({
      method: 'POST',
      path,
      summary: 'Score rows with a model',
      body: { contentTypes: ['*/*'], maxBytes: MAX_BODY_BYTES },
      responses: {
        200: { description: 'The outputs, as JSON or behind it in binary' },
        400: { description: 'The inputs do not fit the model' },
      },
      answer: request => infer(service, request),
    })),
  ]
}

async function infer(service: InferenceService, request: RouteRequest): Promise<RouteAnswer> {
  const { body, jsonLength } = await service.infer(namedModel(request), request.body ?? Buffer.alloc(0), header(request, HEADER_LENGTH))
  const type = jsonLength === undefined ? 'application/json' : 'application/octet-stream'
  const headers = {
    'content-type': type,
    vary: 'Accept-Encoding',
    ...(jsonLength === undefined ? {} : { 'inference-header-content-length': String(jsonLength) }),
  }
  const encoding = acceptedEncoding(header(request, 'accept-encoding'))
  if (encoding === undefined) return { type, headers, body }
  return { type, headers: { ...headers, 'content-encoding': encoding }, body: await encode(body, encoding) }
}

function get(path: string, summary: string, respond: Respond): Route {
  return { path, summary, responses: { 200: { description: 'It' } }, answer: async request => jsonAnswer(await respond(request)) }
}

function post(path: string, summary: string, respond: Respond): Route {
  return {
    ...get(path, summary, respond),
    method: 'POST',
    body: { contentTypes: ['*/*'], maxBytes: MAX_SMALL_BODY_BYTES, required: false },
  }
}

/** The protocol's clients expect the content type without parameters. */
function jsonAnswer(body: unknown, status = 200): RouteAnswer {
  return { status, type: 'application/json', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }
}

function modelPaths(end: string): readonly string[] {
  return [`/v2/models/:model${end}`, `/v2/models/:model/versions/:version${end}`]
}

function namedModel(request: RouteRequest): NamedModel {
  return { name: segment(request, 'model'), version: request.params['version'] }
}

function header(request: RouteRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : value?.join(', ')
}
