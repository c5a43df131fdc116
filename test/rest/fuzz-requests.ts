import { Agent, request as httpRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import type { RestServer } from '../../rest/rest-server.ts'
import type { JsonSchema } from '../../rest/http/route.ts'
import type { Described, Exchange, Parameter } from './described-answers.ts'
import { APPLICATION } from './memory-group.ts'

/** What is sent beside method and path. */
export interface Payload {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

export interface FuzzRequest extends Payload {
  readonly method: string
  readonly path: string
}

export const hostile: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }).map(text => encodeURIComponent(Buffer.from(text).toString())),
  fc.constantFrom(
    '%',
    '%ff',
    '%00',
    '..',
    '.',
    '%2e%2e%2f',
    '//',
    '\\',
    '%zz',
    ';',
    ':',
    '*',
    '(.*)',
    '{}',
    '__proto__',
    'constructor',
    '%F0%9F%98%80',
  ),
  fc.string().map(text => text.replaceAll(/[^!-~]|[ #?]/g, '')),
)

const bodies: fc.Arbitrary<Buffer | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.json().map(text => gzipSync(text)) },
  { weight: 1, arbitrary: fc.constant(gzipSync(Buffer.alloc(1_000_000))) },
)
const odd: Readonly<Record<string, readonly string[]>> = {
  'content-type': ['application/json', 'text/plain', 'application/json; charset=x', ';', 'multipart/form-data'],
  'content-encoding': ['gzip', 'deflate', 'br', 'identity', ',', 'gzip, gzip'],
  'x-sluice-hop': [APPLICATION, 'other', '%'],
  'x-sluice-signature': ['a.b.c.d', ''],
  authorization: ['Bearer', 'Bearer x', 'x'],
  accept: ['text/html', '*/*;q=z'],
  expect: ['100-continue', 'other'],
  host: ['localhost', 'evil.example', '[', ''],
  origin: ['http://evil.example', 'null', ''],
  'inference-header-content-length': ['0', '5', '-1', 'x', '99999999999999999999', '1e1'],
  'accept-encoding': ['gzip', 'deflate;q=0.5', 'br', ',;=', 'gzip;q=x'],
}
/** One or two headers that are odd, or that change what is meant. */
export const oddHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .array(fc.oneof(...Object.entries(odd).map(([name, values]) => fc.constantFrom(...values.map(value => [name, value] as const)))), {
    minLength: 1,
    maxLength: 2,
  })
  .map(pairs => Object.fromEntries(pairs))

const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom({}, { 'content-type': 'application/json' }, { 'x-sluice-hop': APPLICATION }) },
  { weight: 1, arbitrary: oddHeaders },
)
/** Anything that may come with a request; nothing, every other time. */
export const anyPayload: fc.Arbitrary<Payload> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ headers: {}, body: undefined }) },
  { weight: 1, arbitrary: fc.record({ headers, body: bodies }) },
)

const methods = fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND')

export interface FuzzOptions {
  /** What path segments and texts of queries may well be. */
  readonly named: (parameter: string) => fc.Arbitrary<string>
  /** The body of a request; random unless it is given. */
  readonly payload?: (method: string, template: string) => fc.Arbitrary<Payload>
}

/** Requests for every path that the document has: such as it describes, and broken ones. */
export function fuzzRequests({ paths }: Described, { named, payload = () => anyPayload }: FuzzOptions): fc.Arbitrary<FuzzRequest> {
  const each = Object.entries(paths).map(([template, operations]) => {
    const parameters = Object.values(operations).flatMap(operation => operation.parameters ?? [])
    const described = fc.constantFrom(...Object.keys(operations).map(method => method.toUpperCase()))
    const method = fc.oneof({ weight: 5, arbitrary: described }, { weight: 1, arbitrary: methods })
    const path = fc.tuple(pathOf(template, named), queryOf(parameters, named)).map(parts => parts.join(''))
    const sent = method.chain(asked => payload(asked, template).map(given => ({ method: asked, ...given })))
    return fc.tuple(path, sent).map(([asked, given]) => ({ path: asked, ...given }))
  })
  return fc.oneof(...each)
}

function pathOf(template: string, named: FuzzOptions['named']): fc.Arbitrary<string> {
  const segments = template.split('/').map(part => {
    if (!part.startsWith('{')) return fc.constant(part)
    return fc.oneof({ weight: 7, arbitrary: named(part.slice(1, -1)) }, { weight: 1, arbitrary: hostile })
  })
  return fc.oneof(
    { weight: 19, arbitrary: fc.tuple(...segments).map(parts => parts.join('/')) },
    { weight: 1, arbitrary: hostile.map(text => `/${text}`) },
  )
}

function queryOf(parameters: readonly Parameter[], named: FuzzOptions['named']): fc.Arbitrary<string> {
  const known = parameters.filter(parameter => parameter.in === 'query')
  const right = known.map(({ name, schema }) => ({
    weight: 5,
    arbitrary: valueOf(schema, named(name)).map(value => `${name}=${value}`),
  }))
  const part = fc.oneof({ weight: 1, arbitrary: hostile }, ...right)
  const some = fc.array(part, { minLength: 1, maxLength: 2 }).map(parts => `?${parts.join('&')}`)
  const required = known
    .filter(parameter => parameter.required)
    .map(({ name, schema }) => valueOf(schema, named(name)).map(value => `${name}=${value}`))
  const asked = fc.tuple(fc.tuple(...required), fc.array(part, { maxLength: 1 })).map(parts => `?${parts.flat().join('&')}`)
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: some },
    ...(required.length > 0 ? [{ weight: 4, arbitrary: asked }] : []),
  )
}

function valueOf({ type, enum: values }: JsonSchema, named: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const right = Array.isArray(values)
    ? fc.constantFrom(...(values as string[]))
    : type === 'boolean'
      ? fc.constantFrom('true', 'false')
      : fc.nat(2000).map(String)
  return fc.oneof({ weight: 3, arbitrary: type === 'string' && !Array.isArray(values) ? named : right }, { weight: 1, arbitrary: hostile })
}

/** Asks; status 0 where the server cut the connection. */
export function send(server: RestServer, agent: Agent, { method, path, headers: sent, body }: FuzzRequest): Promise<Exchange> {
  const hop = sent['x-sluice-hop'] !== undefined
  // Node itself tells the length for methods only that are meant to have a body.
  const framed = body === undefined ? sent : { ...sent, 'content-length': String(body.length) }
  return new Promise(resolve => {
    const cut = (): void => resolve({ method, path, hop, status: 0, headers: {}, body: Buffer.alloc(0) })
    const request = httpRequest({ host: server.host, port: server.port, method, path, agent, headers: framed }, response => {
      const encoding = response.headers['content-encoding']
      const decoded = (bytes: Buffer): Buffer =>
        encoding === 'gzip' ? gunzipSync(bytes) : encoding === 'deflate' ? inflateSync(bytes) : bytes
      buffer(response).then(
        bytes => resolve({ method, path, hop, status: response.statusCode ?? 0, headers: response.headers, body: decoded(bytes) }),
        cut,
      )
    })
    request.on('error', cut)
    request.end(body)
  })
}
