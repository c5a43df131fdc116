import type { MetricsRecorder } from '../../topology/index.ts'
import { RestError, type JsonSchema, type Route, type RouteAnswer, type RouteRequest, segment, type ShownState } from '../http/index.ts'
import type { ModelServices } from '../routes/index.ts'
import { acceptedEncoding, encode } from './content-encoding.ts'
import { HEADER_LENGTH } from './infer-request.ts'
import { InferenceMetrics } from './inference-metrics.ts'
import {
  binary,
  inferRequest,
  inferResponse,
  modelConfig,
  modelMetadata,
  modelReady,
  modelStatistics,
  repositoryIndex,
  serverLive,
  serverMetadata,
  serverNotReady,
  serverReady,
} from './inference-schemas.ts'
import { InferenceService, type NamedModel } from './inference-service.ts'
import { TritonMetrics } from './triton-metrics.ts'

const MAX_BODY_BYTES = 64 * 2 ** 20
const MAX_SMALL_BODY_BYTES = 64 * 1024
const EXTENSIONS = ['binary_tensor_data', 'model_configuration', 'model_repository', 'statistics']

type Respond = (request: RouteRequest) => Promise<unknown>

export interface InferenceParts {
  readonly streams: ShownState
  readonly models: ModelServices
  /** Version of the program. */
  readonly version: string | undefined
  /** Records the metrics of inference requests. */
  readonly recorder: MetricsRecorder
  /** Name of the server in /v2. */
  readonly serverName: string
  /** Whether the metrics are also recorded under Triton's names. */
  readonly tritonMetrics: boolean
}

/** The routes of the Open Inference Protocol, version 2; every data type with a model is a model of the protocol. */
export function inferenceRoutes({ streams, models, version = '', serverName, recorder, tritonMetrics }: InferenceParts): readonly Route[] {
  const figures = [new InferenceMetrics(recorder), ...(tritonMetrics ? [new TritonMetrics(recorder)] : [])]
  const service = new InferenceService(models.registry, models.maxBatch, figures)
  const routes = [
    ...serverRoutes(streams, { name: serverName, version }),
    ...repositoryRoutes(service),
    ...sharedMemoryRoutes(),
    ...statisticsRoutes(service),
    ...modelRoutes(service),
  ]
  // The protocol has no query parameters, but clients add their own.
  return routes.map(route => ({ ...route, anyQuery: true }))
}

/** Whether errors of the path have the format of the protocol. */
export function isInferencePath(path: string): boolean {
  return path === '/v2' || path.startsWith('/v2/')
}

/** An error answer in the format of the protocol. */
export function inferenceError(status: number, error: string): RouteAnswer {
  return jsonAnswer({ error }, status)
}

function serverRoutes(streams: ShownState, { name, version }: { readonly name: string; readonly version: string }): readonly Route[] {
  const isReady = (): boolean => streams.state === 'running'
  return [
    get({ path: '/v2', summary: 'The name, version and protocol extensions of the server', schema: serverMetadata }, () =>
      Promise.resolve({ name, version, extensions: EXTENSIONS }),
    ),
    get({ path: '/v2/health/live', summary: 'Whether the server answers', schema: serverLive }, () => Promise.resolve({ live: true })),
    {
      path: '/v2/health/ready',
      summary: 'Whether the server serves models',
      responses: {
        200: { description: 'The server serves models', schema: serverReady },
        503: { description: 'The server does not serve models now', schema: serverNotReady },
      },
      answer: () => Promise.resolve(jsonAnswer({ ready: isReady() }, isReady() ? 200 : 503)),
    },
  ]
}

function repositoryRoutes(service: InferenceService): readonly Route[] {
  const index: Respond = async () =>
    (await service.index()).map(({ name, version, serves, withdrawn }) => ({
      name,
      version: String(version),
      state: withdrawn ? 'UNAVAILABLE' : 'READY',
      reason: withdrawn ? 'withdrawn' : serves ? '' : 'kept: another version serves',
    }))
  const refuse: Respond = () =>
    Promise.reject(new RestError('NOT_SUPPORTED', 'load and unload are not supported: publish models to the models topic'))
  return [
    post({ path: '/v2/repository/index', summary: 'All models and versions, with their state', schema: repositoryIndex }, index),
    ...['load', 'unload'].map((verb): Route => ({
      ...post({ path: `/v2/repository/models/:model/${verb}`, summary: 'Not supported', schema: {} }, refuse),
      responses: { 400: { description: 'Always: models are published to the models topic' } },
    })),
  ]
}

/** Clients of shared memory call these routes first, which always answer that it is not supported. */
function sharedMemoryRoutes(): readonly Route[] {
  const refuse: Respond = () =>
    Promise.reject(new RestError('NOT_SUPPORTED', 'shared memory is not supported: send the tensors in the request'))
  const responses = { 400: { description: 'Always: tensors are sent in the request' } }
  return ['systemsharedmemory', 'cudasharedmemory'].flatMap(kind => {
    const told = { summary: 'Not supported', schema: {} }
    const paths = [`/v2/${kind}`, `/v2/${kind}/region/:region`]
    return [
      ...paths.map((path): Route => ({ ...get({ path: `${path}/status`, ...told }, refuse), responses })),
      ...paths.map((path): Route => ({ ...post({ path: `${path}/unregister`, ...told }, refuse), responses })),
      { ...post({ path: `/v2/${kind}/region/:region/register`, ...told }, refuse), responses },
    ]
  })
}

function statisticsRoutes(service: InferenceService): readonly Route[] {
  const summary = 'Inference statistics of this instance since it started'
  return [
    get({ path: '/v2/models/stats', summary, schema: modelStatistics }, () => service.statistics()),
    ...modelPaths('/stats').map(path =>
      get({ path, summary, schema: modelStatistics }, request => service.statisticsOf(namedModel(request))),
    ),
  ]
}

function modelRoutes(service: InferenceService): readonly Route[] {
  return [
    ...modelPaths('').map(path =>
      get({ path, summary: "A model's inputs and outputs", schema: modelMetadata }, request => service.metadata(namedModel(request))),
    ),
    ...modelPaths('/config').map(path =>
      get({ path, summary: "A model's configuration, in the format of the Triton Inference Server", schema: modelConfig }, request =>
        service.config(namedModel(request)),
      ),
    ),
    ...modelPaths('/ready').map(path =>
      get({ path, summary: 'Whether a model can be loaded', schema: modelReady }, request => service.ready(namedModel(request))),
    ),
    ...modelPaths('/infer').map((path): Route => ({
      method: 'POST',
      path,
      summary: 'Score rows with a model',
      body: {
        contentTypes: ['*/*'],
        maxBytes: MAX_BODY_BYTES,
        content: { 'application/json': inferRequest, 'application/octet-stream': binary },
      },
      responses: {
        200: {
          description: 'The outputs, as JSON or as binary data after the JSON',
          content: { 'application/json': inferResponse, 'application/octet-stream': binary },
          headers: { Vary: 'Accept-Encoding' },
        },
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

interface Answering {
  readonly path: string
  readonly summary: string
  /** Schema of the answer. */
  readonly schema: JsonSchema
}

function get({ path, summary, schema }: Answering, respond: Respond): Route {
  return {
    path,
    summary,
    responses: { 200: { description: 'The answer', schema } },
    answer: async request => jsonAnswer(await respond(request)),
  }
}

function post(answering: Answering, respond: Respond): Route {
  return {
    ...get(answering, respond),
    method: 'POST',
    body: { contentTypes: ['*/*'], maxBytes: MAX_SMALL_BODY_BYTES, required: false },
  }
}

/** Clients of the protocol expect the content type without parameters. */
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
