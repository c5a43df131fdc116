import { Agent, request as httpRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RestServer } from '../../rest/rest-server.ts'
import type { JsonSchema, Route } from '../../rest/route.ts'
import { APPLICATION, STORE } from './memory-group.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('fuzz')
const runs = Number(process.env['FUZZ_RUNS'] ?? 1500)

/** Something with a body, whatever else there is. */
const echo: Route = {
  method: 'POST',
  path: '/echo/:name',
  summary: 'Tells what it was given',
  query: { times: { type: 'integer', minimum: 1, maximum: 3, description: 'How often' } },
  body: { contentTypes: ['application/json'], maxBytes: 1000, withinMs: 200 },
  responses: { 200: { description: 'What it was given' } },
  answer: ({ body = Buffer.alloc(0), query }) => Promise.resolve({ body: { length: body.length, query } }),
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly schema: JsonSchema
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

const hostile = fc.oneof(
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
const named = fc.constantFrom(STORE, 'instances', 'nope', 'a', 'd')

function valueOf({ type, enum: values }: JsonSchema): fc.Arbitrary<string> {
  const right = Array.isArray(values)
    ? fc.constantFrom(...(values as string[]))
    : type === 'boolean'
      ? fc.constantFrom('true', 'false')
      : fc.nat(2000).map(String)
  return fc.oneof({ weight: 3, arbitrary: type === 'string' && !Array.isArray(values) ? named : right }, { weight: 1, arbitrary: hostile })
}

function pathOf(template: string): fc.Arbitrary<string> {
  const segments = template.split('/').map(part => (part.startsWith('{') ? fc.oneof(named, hostile) : fc.constant(part)))
  return fc.oneof(
    { weight: 9, arbitrary: fc.tuple(...segments).map(parts => parts.join('/')) },
    { weight: 1, arbitrary: hostile.map(text => `/${text}`) },
  )
}

function queryOf(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  const known = parameters.filter(parameter => parameter.in === 'query')
  const right = known.map(({ name, schema }) => ({ weight: 5, arbitrary: valueOf(schema).map(value => `${name}=${value}`) }))
  const part = fc.oneof({ weight: 1, arbitrary: hostile }, ...right)
  return fc.array(part, { maxLength: 2 }).map(parts => (parts.length === 0 ? '' : `?${parts.join('&')}`))
}

const bodies: fc.Arbitrary<Buffer | undefined> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.json().map(text => gzipSync(text)) },
  { weight: 1, arbitrary: fc.constant(gzipSync(Buffer.alloc(1_000_000))) },
)
const oddHeaders = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'text/plain', 'application/json; charset=x', ';', 'multipart/form-data'),
    'content-encoding': fc.constantFrom('gzip', 'deflate', 'br', 'identity', ',', 'gzip, gzip'),
    'x-sluice-hop': fc.constantFrom(APPLICATION, 'other', '%'),
    'x-sluice-signature': fc.constantFrom('a.b.c.d', ''),
    authorization: fc.constantFrom('Bearer', 'Bearer x', 'x'),
    accept: fc.constantFrom('text/html', '*/*;q=z'),
    expect: fc.constantFrom('100-continue', 'other'),
  },
  { requiredKeys: [] },
)
const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom({}, { 'content-type': 'application/json' }, { 'x-sluice-hop': APPLICATION }) },
  { weight: 1, arbitrary: oddHeaders },
)
const methods = fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND')

function requests({ paths }: Described): fc.Arbitrary<Request> {
  const each = Object.entries(paths).map(([template, operations]) => {
    const parameters = Object.values(operations).flatMap(operation => operation.parameters ?? [])
    const described = fc.constantFrom(...Object.keys(operations).map(method => method.toUpperCase()))
    const method = fc.oneof({ weight: 3, arbitrary: described }, { weight: 1, arbitrary: methods })
    return fc.record({ path: fc.tuple(pathOf(template), queryOf(parameters)).map(parts => parts.join('')), method, headers, body: bodies })
  })
  return fc.oneof(...each)
}

/** The status, the type and the text of the answer; 0 where the server cut the connection. */
function send(
  server: RestServer,
  agent: Agent,
  { method, path, headers: sent, body }: Request,
): Promise<{ status: number; type: string; text: string }> {
  return new Promise(resolve => {
    const cut = (): void => resolve({ status: 0, type: '', text: '' })
    const request = httpRequest({ host: server.host, port: server.port, method, path, agent, headers: { ...sent } }, response => {
      const type = response.headers['content-type'] ?? ''
      buffer(response).then(text => resolve({ status: response.statusCode ?? 0, type, text: text.toString() }), cut)
    })
    request.on('error', cut)
    request.end(body)
  })
}

test(`${runs} requests of every kind: answers that are described, no failure inside, and the server stays well`, async () => {
  const logged: string[] = []
  await withTwoInstances(
    async ({ a, b, group, servers }) => {
      for (const key of ['a', 'b', 'c', 'd']) group.put(key, { key })
      group.standbys[3] = [a]
      const described = (await get(servers.a, '/openapi.json')).body as unknown as Described
      const agent = new Agent({ keepAlive: true, maxSockets: 4 })
      const seen = new Map<number, number>()
      const one = fc.asyncProperty(requests(described), async request => {
        const { status, type, text } = await send(servers.a, agent, request)
        seen.set(status, (seen.get(status) ?? 0) + 1)
        assert.ok(status < 500 || status === 503, `${status} ${text}`)
        if (status < 400 || request.method === 'HEAD' || !type.startsWith('application/json')) return
        const { error, code } = JSON.parse(text) as Record<string, unknown>
        assert.ok((typeof error === 'string' && typeof code === 'string') || request.path.startsWith('/health'), text)
      })
      await fc.assert(one, { numRuns: runs })
      agent.destroy()
      for (const status of [200, 400, 404, 405]) assert.ok((seen.get(status) ?? 0) > 0, `some ${status}`)
      console.log('statuses:', JSON.stringify(Object.fromEntries([...seen].sort(([x], [y]) => x - y))))
      assert.is((await get(servers.a, '/health/ready')).status, 200)
      assert.is((await get(servers.a, `/state/${STORE}/all`)).status, 200)
      assert.ok(b.reads > 0)
    },
    {
      routes: [echo],
      retryMs: 0,
      log: (level, message, fields) => level === 'error' && logged.push(`${message} ${JSON.stringify(fields)}`),
    },
  )
  assert.equal(logged, [])
})

test.run()
