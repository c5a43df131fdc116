import { gunzipSync } from 'node:zlib'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RestServer } from '../../rest/rest-server.ts'
import type { Route } from '../../rest/http/route.ts'
import { STORE } from './memory-group.ts'
import { sendLines } from './raw-http.ts'
import { withTwoInstances } from './two-instances.ts'

const test = suite('pages of other origins, and compressed answers')

const write: Route = {
  method: 'POST',
  path: '/write',
  summary: 'Changes something',
  body: { contentTypes: ['*/*'], maxBytes: 10, required: false },
  responses: { 200: { description: 'It is done' } },
  answer: () => Promise.resolve({ body: {} }),
}

function asked(server: RestServer, line: string, origin: string, more: readonly string[] = []) {
  return sendLines(server, [`${line} HTTP/1.1`, 'Host: localhost', `Origin: ${origin}`, 'Connection: close', ...more])
}

const preflight = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization,content-type']

test('pages of allowed origins may send requests: preflights, with the token, also to refused routes', () =>
  withTwoInstances(
    async ({ servers: { a } }) => {
      const before = await asked(a, 'OPTIONS /write', 'https://ui.example', preflight)
      assert.is(before.status, 204)
      assert.is(before.headers['access-control-allow-origin'], 'https://ui.example')
      assert.match(before.headers['access-control-allow-methods'] ?? '', 'POST')
      assert.is(before.headers['access-control-allow-headers'], 'authorization,content-type')
      assert.is(before.headers['access-control-allow-credentials'], undefined)
      for (const [line, more, status] of [
        ['GET /metrics', ['Authorization: Bearer secret'], 200],
        ['POST /write', ['Authorization: Bearer secret', 'Content-Length: 0'], 200],
        ['GET /metrics', [], 401],
        ['GET /nowhere', ['Authorization: Bearer secret'], 404],
        ['GET /health/live', [], 200],
      ] as const) {
        const answer = await asked(a, line, 'https://ui.example', more)
        assert.equal([answer.status, answer.headers['access-control-allow-origin']], [status, 'https://ui.example'], line)
        assert.match(answer.headers['vary'] ?? '', 'Origin')
      }
    },
    { corsOrigins: ['https://ui.example', 'http://localhost:3000'], token: 'secret', routes: [write] },
  ))

test('origins of a program are compared as browsers write them', () =>
  withTwoInstances(
    async ({ servers: { a } }) => {
      for (const origin of ['https://ui.example', 'http://[::1]', 'https://xn--bcher-kva.example'])
        assert.is((await asked(a, 'OPTIONS /write', origin, preflight)).headers['access-control-allow-origin'], origin)
    },
    { corsOrigins: ['HTTPS://UI.example:443/', 'http://[::1]:80', 'https://bücher.example'], routes: [write] },
  ))

test('pages of other origins can read nothing and change nothing', () =>
  withTwoInstances(
    async ({ servers: { a } }) => {
      for (const origin of ['https://evil.example', 'http://ui.example', 'https://ui.example:444', 'https://ui.example.evil', 'null']) {
        const before = await asked(a, 'OPTIONS /write', origin, preflight)
        assert.equal([before.status, before.headers['access-control-allow-origin']], [405, undefined], origin)
        const read = await asked(a, 'GET /metrics', origin)
        assert.equal([read.status, read.headers['access-control-allow-origin']], [200, undefined], origin)
        assert.is((await asked(a, 'POST /write', origin, ['Content-Length: 0'])).status, 403, origin)
      }
    },
    { corsOrigins: ['https://ui.example'], routes: [write] },
  ))

test('without the setting no origin is allowed; a setting allows all', async () => {
  await withTwoInstances(async ({ servers: { a } }) => {
    const before = await asked(a, 'OPTIONS /state/instances', 'https://ui.example', preflight)
    assert.equal([before.status, before.headers['access-control-allow-origin']], [405, undefined])
  })
  await withTwoInstances(
    async ({ servers: { a } }) => {
      for (const origin of ['https://any.example', 'null']) {
        assert.is((await asked(a, 'OPTIONS /write', origin, preflight)).headers['access-control-allow-origin'], '*')
        const answer = await asked(a, 'POST /write', origin, ['Content-Length: 0'])
        assert.equal([answer.status, answer.headers['access-control-allow-origin']], [200, '*'])
      }
      assert.is((await sendLines(a, ['GET /health/live HTTP/1.1', 'Host: evil.example', 'Connection: close'])).status, 421)
    },
    { corsOrigins: ['*'], routes: [write] },
  )
})

async function getCompressed(server: RestServer, path: string, encoding: string | undefined, method = 'GET') {
  const headers = encoding === undefined ? {} : { 'accept-encoding': encoding }
  const request = httpGet({ host: server.host, port: server.port, path, headers, method, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
}

test('metrics, JSON and the page are compressed by gzip if the client accepts it; small answers are not', () =>
  withTwoInstances(async ({ group, servers: { a } }) => {
    for (let n = 0; n < 200; n++) group.put(`key-${n}`, { n })
    const all = `/state/${STORE}/all`
    for (const path of ['/metrics', all, '/', '/openapi.json']) {
      const plain = await getCompressed(a, path, undefined)
      assert.is(plain.headers['content-encoding'], undefined)
      for (const encoding of ['gzip', 'gzip, deflate, br', 'br;q=1.0, gzip;q=0.8, *;q=0.1', 'GZIP']) {
        const packed = await getCompressed(a, path, encoding)
        assert.is(packed.headers['content-encoding'], 'gzip', `${path} ${encoding}`)
        assert.match(packed.headers['vary'] ?? '', 'Accept-Encoding')
        const text = gunzipSync(packed.body).toString()
        assert.is(packed.headers['content-type'], plain.headers['content-type'])
        assert.ok(packed.body.length * 2 < text.length)
        if (path !== '/metrics') assert.is(text, plain.body.toString())
      }
      for (const encoding of ['identity', 'gzip;q=0', 'br', '', '*;q=0', 'identity;q=0', 'gzip;q=0, identity;q=0']) {
        const { status, headers } = await getCompressed(a, path, encoding)
        assert.equal([status, headers['content-encoding']], [200, undefined], `${path} ${encoding}`)
      }
      assert.is((await getCompressed(a, path, 'gzip', 'HEAD')).body.length, 0)
    }
    for (const path of ['/health/live', '/health/ready', '/state/instances', '/nowhere']) {
      const small = await getCompressed(a, path, 'gzip')
      assert.is(small.headers['content-encoding'], undefined, path)
      assert.is(Number(small.headers['content-length']), small.body.length)
    }
  }))

test.run()
