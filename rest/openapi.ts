import { inferenceErrorSchema, isInferencePath } from './inference/index.ts'
import type { BodySpec, JsonSchema, ParameterSpec, ResponseSpec, Route } from './http/index.ts'

export interface OpenApiInfo {
  readonly title: string
  readonly version: string
  /** Whether requests need a token. */
  readonly secured: boolean
}

/** The route /openapi.json, which describes the given routes and itself. */
export function openApiRoute(routes: readonly Route[], info: OpenApiInfo): Route {
  const own: Route = {
    path: '/openapi.json',
    anyQuery: true,
    summary: 'This API as an OpenAPI 3.1 document',
    responses: { 200: { description: 'This document', schema: { type: 'object' } } },
    answer: () => Promise.resolve({ body: document }),
  }
  const document = openApiOf([...routes, own], info)
  return own
}

/** The route table as an OpenAPI 3.1 document. */
export function openApiOf(routes: readonly Route[], { title, version, secured }: OpenApiInfo): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    const operations = (paths[path] ??= {})
    operations[(route.method ?? 'GET').toLowerCase()] = operationOf(route, secured)
  }
  const error: JsonSchema = {
    type: 'object',
    properties: { error: { type: 'string' }, code: { type: 'string', description: 'Stable; the text of `error` may change' } },
    required: ['error', 'code'],
    additionalProperties: false,
  }
  const token = { type: 'http', scheme: 'bearer' }
  return {
    openapi: '3.1.0',
    info: { title, version },
    // Relative to this document, so that the paths are right behind a proxy with a prefix, too.
    servers: [{ url: '.' }],
    paths,
    components: { schemas: { Error: error, InferenceError: inferenceErrorSchema }, ...(secured ? { securitySchemes: { token } } : {}) },
  }
}

function operationOf(route: Route, secured: boolean): JsonSchema {
  const { method = 'GET', path, summary, body } = route
  const parameters = [
    ...pathParameters(route),
    ...Object.entries(route.query ?? {}).map(([name, spec]) => parameterOf('query', name, spec)),
  ]
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^a-zA-Z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    summary,
    tags: [path.split('/')[1] || 'dashboard'],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body) }),
    responses: { ...refusalsOf(route, secured), ...ownResponses(route) },
    ...(secured && !isOpen(path) ? { security: [{ token: [] }] } : {}),
  }
}

/** Whether requests for the path need no token: the dashboard page and health checks. */
export function isOpen(path: string): boolean {
  return path === '/' || path.startsWith('/health/')
}

function pathParameters({ path, params = {} }: Route): JsonSchema[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  return names.map(name => parameterOf('path', name, params[name] ?? { type: 'string', description: name }))
}

const timeSchema: JsonSchema = {
  anyOf: [
    { type: 'integer', description: 'ms since the epoch' },
    { type: 'string', format: 'date-time' },
    { type: 'string', format: 'date' },
  ],
}

function parameterOf(place: 'path' | 'query', name: string, spec: ParameterSpec): JsonSchema {
  const { type, description, minimum = 0, maximum = 999_999_999 } = spec
  const schema = {
    ...(type === 'time' ? timeSchema : { type }),
    ...(type === 'integer' ? { minimum, maximum } : {}),
    ...(spec.enum === undefined ? {} : { enum: [...spec.enum] }),
  }
  return { name, in: place, required: place === 'path' || spec.required === true, description, schema }
}

function requestBodyOf(body: BodySpec): JsonSchema {
  const { contentTypes, required = true, schema = {}, maxBytes } = body
  const content = body.content ?? Object.fromEntries(contentTypes.map(type => [type, schema]))
  return { required, description: `At most ${maxBytes} bytes, both as sent and decompressed (gzip, deflate)`, content: contentOf(content) }
}

function ownResponses({ path, responses }: Route): JsonSchema {
  const shown = Object.entries(responses).map(([status, response]): [string, JsonSchema] => {
    const { description, contentType = 'application/json', headers } = response
    const schema = response.schema ?? (Number(status) < 400 ? {} : errorOf(path))
    const content = contentOf(response.content ?? { [contentType]: schema })
    return [status, { description, ...headersOf(headers), content }]
  })
  return Object.fromEntries(shown)
}

function contentOf(schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]))
}

function headersOf(headers: ResponseSpec['headers']): JsonSchema {
  if (headers === undefined) return {}
  const shown = Object.entries(headers).map(([name, description]) => [name, { description, required: true, schema: { type: 'string' } }])
  return { headers: Object.fromEntries(shown) as JsonSchema }
}

function errorOf(path: string): JsonSchema {
  return { $ref: `#/components/schemas/${isInferencePath(path) ? 'InferenceError' : 'Error'}` }
}

/** Error answers of the app itself, which every route shares as far as they apply to it. */
function refusalsOf({ path, body, query = {}, method }: Route, secured: boolean): JsonSchema {
  const all: [status: number, description: string, applies: boolean][] = [
    [400, 'A parameter or the body is invalid', true],
    [401, 'The token is missing or wrong', secured && !isOpen(path)],
    [403, 'The request comes from a page of another site', method !== undefined && method !== 'GET'],
    [404, 'The path names something that does not exist', path.includes(':')],
    [408, 'The body did not arrive in time', body !== undefined],
    [413, 'The body is too large, or the route accepts no body', true],
    [414, 'The path and the query are too long', path.includes(':') || Object.keys(query).length > 0],
    [415, 'The media type or the encoding of the body is not supported', method === 'POST' || body !== undefined],
    [421, 'The request is for a host that is not allowed or, between instances, for another application', true],
    [500, 'The request failed inside the instance; `error` or the log of the instance states the cause', true],
    [503, 'Temporarily unavailable: try again after Retry-After', true],
  ]
  const content = contentOf({ 'application/json': errorOf(path) })
  const headers: Readonly<Record<number, ResponseSpec['headers']>> = {
    401: { 'WWW-Authenticate': 'Bearer' },
    503: { 'Retry-After': 'Seconds to wait before the next attempt' },
  }
  const applying = all.filter(([, , applies]) => applies)
  return Object.fromEntries(applying.map(([status, description]) => [status, { description, ...headersOf(headers[status]), content }]))
}
