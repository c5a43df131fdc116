import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { countsBeyond, type LimitName } from '../../base/limits/index.ts'
import { type RestServer, type RestServerOptions, type Route, startRestServer } from '../../rest/index.ts'
import { holds } from '../support/eventually.ts'
import { MemoryGroup, STORE } from './memory-group.ts'

const upload: Route = {
  method: 'POST',
  path: '/upload',
  summary: 'Takes a body',
  body: { contentTypes: ['*/*'], maxBytes: 1_000_000 },
  responses: { 200: { description: 'Its length' } },
  answer: ({ body }) => Promise.resolve({ body: { length: body?.length } }),
}
const counted = (limit: LimitName): number => new Map(countsBeyond()).get(limit) ?? 0

async function withServer(options: Partial<RestServerOptions>, run: (server: RestServer) => Promise<void>): Promise<void> {
  const group = new MemoryGroup(1)
  const streams = group.join('a', { host: '127.0.0.1', port: 1 })
  group.owners[0] = streams
  group.put('k', 1)
  const server = await startRestServer({ streams, port: 0, routes: [upload], ...options })
  streams.self = { host: '127.0.0.1', port: server.port }
  try {
    await run(server)
  } finally {
    await server.close()
  }
}

async function statusOf(port: number, path: string, body?: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, body === undefined ? {} : { method: 'POST', body })
  await answer.arrayBuffer()
  return answer.status
}

/** A request whose body does not come. */
function slowBody(port: number): { readonly status: Promise<number>; end(): void } {
  const headers = { 'content-length': 1000 }
  const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: '/upload', agent: false, headers })
  const status = new Promise<number>(resolve => {
    request.on('response', response => resolve((response.resume(), response.statusCode ?? 0)))
    request.on('error', () => resolve(0))
  })
  request.write('x')
  return { status, end: () => request.destroy() }
}

const test = suite('crowds of clients')

test('slow bodies take three quarters of the places, and give them up when others need them', () =>
  withServer({ maxRequests: 8 }, async ({ port }) => {
    const before = counted('rest_slow_bodies')
    const slow = Array.from({ length: 6 }, () => slowBody(port))
    await holds(async () => assert.is(await statusOf(port, '/upload', 'quick'), 503, 'a body has no place, as long as none is slow'))
    assert.is(await statusOf(port, `/state/${STORE}/keys/k`), 200, 'a request without a body has one')
    await sleep(1000)
    for (let more = 0; more < 6; more++) assert.is(await statusOf(port, '/upload', 'quick'), 200)
    const ends = await Promise.race([Promise.all(slow.map(({ status }) => status)), sleep(100).then(() => 'some are left')])
    assert.is(ends, 'some are left', 'no more are given up than were in the way')
    assert.is(await slow[0]?.status, 408)
    assert.is(counted('rest_slow_bodies') - before, 1)
    for (const each of slow) each.end()
  }))

async function open(port: number, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await Promise.all(sockets.map(socket => once(socket, 'connect')))
  return sockets
}

test('the connections of one address are limited, and the one that has been idle for longest makes room', () =>
  withServer({ maxConnectionsPerAddress: 10 }, async ({ port }) => {
    const before = counted('rest_connections_of_address')
    const sockets = await open(port, 30)
    for (const socket of sockets) socket.resume()
    const closed = (before: number): Promise<void> =>
      holds(() =>
        assert.equal(
          sockets.map(socket => socket.closed),
          sockets.map((_, at) => at < before),
        ),
      )
    await closed(20)
    assert.is(await statusOf(port, '/health/live'), 200)
    await closed(21)
    assert.is(counted('rest_connections_of_address') - before, 21)
    for (const socket of sockets) socket.destroy()
  }))

test('2,100 idle connections of one address: health and queries are answered', () =>
  withServer({}, async ({ port }) => {
    const sockets: Socket[] = []
    for (let round = 0; round < 21; round++) sockets.push(...(await open(port, 100)))
    for (let at = 0; at < 20; at++) {
      const started = performance.now()
      assert.equal([await statusOf(port, '/health/live'), await statusOf(port, `/state/${STORE}/keys/k`)], [200, 200])
      assert.ok(performance.now() - started < 1000)
    }
    for (const socket of sockets) socket.destroy()
  }))

test('the health port answers health checks alone, though all connections and places of REST are taken', () =>
  withServer({ healthPort: 0, maxConnections: 4, maxRequests: 4, token: 'secret' }, async ({ port, healthPort = 0 }) => {
    const slow = [slowBody(port), slowBody(port), slowBody(port), slowBody(port)]
    await sleep(200)
    for (const path of ['/health/live', '/health/ready?probe=1']) assert.is(await statusOf(healthPort, path), 200, path)
    for (const path of ['/', '/metrics', '/v2/health/live', '/upload', `/state/${STORE}/keys/k`, '/health/../metrics'])
      assert.is(await statusOf(healthPort, path), 404, path)
    for (const each of slow) each.end()
  }))

test('a health port that is taken is refused like that of REST', async () => {
  await withServer({ healthPort: 0 }, async ({ healthPort = 0 }) => {
    const error = await withServer({ healthPort }, () => Promise.resolve()).catch((thrown: unknown) => thrown)
    assert.is((error as { code?: string }).code, 'PORT_TAKEN')
  })
})

test.run()
