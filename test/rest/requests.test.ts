import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateSync, gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RestServer } from '../../rest/rest-server.ts'
import type { Route } from '../../rest/http/route.ts'
import { STORE } from './memory-group.ts'
import { get, type Got, withTwoInstances } from './two-instances.ts'

const test = suite('requests')

/** Tells what it was given. */
const echo: Route = {
  method: 'POST',
  path: '/echo',
  summary: 'Tells what it was given',
  query: { times: { type: 'integer', minimum: 1, maximum: 3, description: 'How often' } },
  body: { contentTypes: ['application/json', 'application/octet-stream'], maxBytes: 1000, withinMs: 200 },
  responses: { 200: { description: 'What it was given' } },
  answer: ({ body = Buffer.alloc(0), query, headers, remote }) =>
    Promise.resolve({ headers: { 'x-remote': remote }, body: { text: body.toString('latin1'), query, type: headers['content-type'] } }),
}
const raw: Route = { ...echo, path: '/raw', body: { contentTypes: ['*/*'], maxBytes: 1000, rawBody: true, required: false } }
const bytes: Route = {
  path: '/bytes',
  summary: 'Bytes',
  responses: { 200: { description: 'Bytes', contentType: 'application/octet-stream' } },
  answer: () => Promise.resolve({ type: 'application/octet-stream', body: Buffer.from([0, 255]) }),
}

const withEcho = (run: (server: RestServer) => Promise<void>): Promise<void> =>
  withTwoInstances(({ servers }) => run(servers.a), { routes: [echo, raw, bytes] })

function post(server: RestServer, path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Got> {
  return get(server, path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
}

test('a compressed body reaches its route inflated', () =>
  withEcho(async server => {
    const text = 'x'.repeat(1000)
    for (const [encoding, body] of [
      ['identity', Buffer.from(text)],
      ['gzip', gzipSync(text)],
      ['GZIP', gzipSync(text)],
      ['deflate', deflateSync(text)],
    ] as const) {
      const got = await post(server, '/echo?times=2', body, { 'content-encoding': encoding })
      assert.is(got.status, 200, encoding)
      assert.is(got.body['text'], text)
      assert.equal(got.body['query'], { times: '2' })
      assert.is(got.headers.get('x-remote'), '127.0.0.1')
      assert.is.not(got.headers.get('connection'), 'close')
    }
    const packed = gzipSync(text)
    assert.is((await post(server, '/raw', packed, { 'content-encoding': 'gzip' })).body['text'], packed.toString('latin1'))
    assert.is((await get(server, '/raw', { method: 'POST' })).body['text'], '')
  }))

test('bytes and their type', () =>
  withEcho(async server => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/bytes`)
    assert.is(answer.headers.get('content-type'), 'application/octet-stream')
    assert.equal(Buffer.from(await answer.arrayBuffer()), Buffer.from([0, 255]))
  }))

test('bodies that are too large, before or after inflating, and other types or encodings are refused', () =>
  withEcho(async server => {
    const cases: [string | Buffer, Record<string, string>, number, string][] = [
      ['x'.repeat(1001), {}, 413, 'BODY_REFUSED'],
      [gzipSync('x'.repeat(1001)), { 'content-encoding': 'gzip' }, 413, 'BODY_REFUSED'],
      [gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }, 413, 'BODY_REFUSED'],
      ['x', { 'content-type': 'text/plain' }, 415, 'TYPE_REFUSED'],
      ['x', { 'content-encoding': 'br' }, 415, 'TYPE_REFUSED'],
      ['x', { 'content-encoding': 'gzip' }, 400, 'INPUT_INVALID'],
      [gzipSync('x'.repeat(100)).subarray(0, 20), { 'content-encoding': 'gzip' }, 400, 'INPUT_INVALID'],
      ['', {}, 400, 'INPUT_INVALID'],
    ]
    for (const [body, headers, status, code] of cases) {
      const got = await post(server, '/echo', body, headers)
      assert.is(got.status, status, `${code} ${JSON.stringify(headers)}`)
      assert.is(got.body['code'], code)
    }
    assert.is((await post(server, '/echo', 'x'.repeat(1000), { 'content-type': 'Application/JSON; charset=utf-8' })).status, 200)
  }))

test('an endless chunked body is refused at the limit', () =>
  withEcho(async server => {
    const sent = httpRequest({
      port: server.port,
      host: server.host,
      path: '/echo',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    sent.on('error', () => undefined)
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>
    for (let chunk = 0; chunk < 3; chunk++) sent.write('x'.repeat(500))
    const [answer] = await answered
    assert.is(answer.statusCode, 413)
    assert.is(answer.headers.connection, 'close')
    answer.resume()
    sent.destroy()
  }))

test('a request whose body does not come ends after a time limit', () =>
  withEcho(async server => {
    const socket = connect(server.port, server.host)
    socket.write('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\nab')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    assert.match(text, /^HTTP\/1\.1 408 /)
    assert.match(text, 'BODY_LATE')
  }))

test('an incomplete body does not harm the server', () =>
  withEcho(async server => {
    const socket = connect(server.port, server.host)
    socket.write('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\nab')
    await once(socket, 'connect')
    await sleep(20)
    socket.resetAndDestroy()
    assert.is((await post(server, '/echo', '1')).status, 200)
  }))

test('a POST route refuses GET; a GET route refuses POST and a body', () =>
  withEcho(async server => {
    const got = await get(server, '/echo')
    assert.is(got.status, 405)
    assert.is(got.headers.get('allow'), 'POST')
    assert.is((await post(server, '/bytes', 'x')).headers.get('allow'), 'GET, HEAD')
  }))

test('an unknown parameter is refused with the known ones', () =>
  withEcho(async server => {
    for (const [path, named] of [
      [`/state/${STORE}/all?limits=1`, 'limit'],
      [`/state/${STORE}/keys/a?red=latest`, 'read'],
      ['/state/instances?x', 'details'],
      ['/bytes?x=1', 'no query parameters'],
      [`/state/${STORE}/value?__proto__=1`, 'key'],
    ] as const) {
      const got = await get(server, path)
      assert.is(got.status, 400, path)
      assert.is(got.body['code'], 'INPUT_INVALID')
      assert.match(String(got.body['error']), named)
    }
    for (const query of ['times=0', 'times=4', 'times=01', 'times=1e0', 'times=', 'times=1&times=2', 'times=-1'])
      assert.is((await post(server, `/echo?${query}`, '1')).status, 400, query)
    assert.is((await get(server, `/state/${STORE}/keys/a?read=dirty`)).status, 400)
  }))

test('a query that is no URL-encoded UTF-8 is refused, not read as another key', () =>
  withTwoInstances(async ({ group, servers: { a } }) => {
    group.put('\ufffd', 1)
    group.put('%zz', 2)
    for (const key of ['%ff', '%zz', '%ED%A0%80', '%']) {
      const { status, body } = await get(a, `/state/${STORE}/keys?key=${key}`)
      assert.equal([status, body['code']], [400, 'INPUT_INVALID'], key)
    }
    assert.is((await get(a, `/state/${STORE}/keys?key=%25zz`)).body['value'], 2)
    assert.is((await get(a, '/health/live?probe=%ff')).status, 200)
  }))

test('uncommitted values are returned only on request', () =>
  withTwoInstances(async ({ group, servers }) => {
    group.put('c', 1)
    group.uncommitted.set('c', 2)
    for (const server of Object.values(servers)) {
      assert.is((await get(server, `/state/${STORE}/keys/c`)).body['value'], 1)
      assert.is((await get(server, `/state/${STORE}/keys/c?read=committed`)).body['value'], 1)
      const { body } = await get(server, `/state/${STORE}/keys/c?read=latest`)
      assert.equal([body['value'], body['read'], body['port']], [2, 'latest', servers.b.port])
    }
  }))

test('a store that keeps only newest values refuses requests for older ones', () =>
  withTwoInstances(async ({ group, servers }) => {
    group.put('c', 1)
    const got = await get(servers.a, `/state/${STORE}/keys/c?at=1700000000000`)
    assert.is(got.status, 400)
    assert.is(got.body['code'], 'STORE_NOT_VERSIONED')
  }))

test('URLs and headers have limits', () =>
  withTwoInstances(async ({ servers }) => {
    const long = await get(servers.a, `/state/${STORE}/keys/${'k'.repeat(8200)}`)
    assert.is(long.status, 414)
    assert.is(long.body['code'], 'URL_TOO_LONG')
    const headers = await fetch(`http://127.0.0.1:${servers.a.port}/health/live`, { headers: { 'x-long': 'x'.repeat(20_000) } })
    assert.is(headers.status, 431)
    assert.is((await get(servers.a, '/health/live')).status, 200)
  }))

test('requests beyond the concurrency limit get a 503 with Retry-After; health is always answered', () =>
  withTwoInstances(
    async ({ a, group, servers }) => {
      group.put('d', 1)
      let release = () => {}
      const reading = new Promise<void>(resolve => {
        a.onRead = () => {
          resolve()
          return new Promise<void>(go => (release = go))
        }
      })
      const first = get(servers.a, `/state/${STORE}/keys/d`)
      await reading
      const second = await get(servers.a, '/state/instances')
      assert.is(second.status, 503)
      assert.is(second.body['code'], 'BUSY')
      assert.ok(second.headers.has('retry-after'))
      assert.is((await get(servers.a, '/health/live')).status, 200)
      release()
      assert.is((await first).status, 200)
      assert.is((await get(servers.a, '/state/instances')).status, 200)
    },
    { maxRequests: 1 },
  ))

test('a stream thread that does not answer gives a 503, and the connection stays usable', () =>
  withTwoInstances(
    async ({ a, group, servers }) => {
      group.put('d', 1)
      const releases: (() => void)[] = []
      a.onRead = () => new Promise<void>(resolve => releases.push(resolve))
      for (const path of [`/state/${STORE}/keys/d`, `/state/${STORE}/all`, `/state/${STORE}/count`]) {
        const got = await get(servers.a, path)
        assert.is(got.status, 503, path)
        assert.ok(['STORE_NOT_READY', 'OWNER_UNREACHABLE'].includes(String(got.body['code'])))
      }
      for (const release of releases) release()
    },
    { hopTimeoutMs: 20, retryMs: 0 },
  ))

test('details of each instance, and of one that does not answer', () =>
  withTwoInstances(
    async ({ b, servers }) => {
      b.state = 'restoring'
      const shown = (await get(servers.a, '/state/instances?details=true')).body as unknown as Record<string, unknown>[]
      const of = (port: number) => shown.find(instance => instance['port'] === port)
      assert.is(of(servers.a.port)?.['state'], 'running')
      assert.is(of(servers.b.port)?.['state'], 'restoring')
      assert.is(of(servers.b.port)?.['version'], '1.2.3')
      assert.equal(of(servers.b.port)?.['tasks'], JSON.parse(JSON.stringify(await b.tasks())))
      const { port } = servers.b
      await servers.b.close()
      const again = (await get(servers.a, '/state/instances?details=true')).body as unknown as Record<string, unknown>[]
      assert.is(again.find(instance => instance['port'] === port)?.['state'], 'unreachable')
    },
    { version: '1.2.3' },
  ))

test.run()
