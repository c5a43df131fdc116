import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RestServer } from '../../rest/rest-server.ts'
import type { Route } from '../../rest/http/route.ts'
import { STORE } from './memory-group.ts'
import { withTwoInstances } from './two-instances.ts'

const test = suite('overload')

const maxBytes = 1_000_000
const upload: Route = {
  method: 'POST',
  path: '/upload',
  summary: 'Takes much',
  body: { contentTypes: ['application/octet-stream'], maxBytes },
  responses: { 200: { description: 'It came' } },
  answer: ({ body }) => Promise.resolve({ body: { length: body?.length } }),
}

async function open(server: RestServer, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(server.port, server.host).on('error', () => undefined))
  await Promise.all(sockets.map(socket => once(socket, 'connect')))
  for (const socket of sockets) socket.resume()
  return sockets
}

/** Asks one after the other while the attack runs; how long each took, ms. Fails at once when one is not answered well. */
async function probe(server: RestServer, path: string, attack: Promise<unknown>): Promise<number[]> {
  const phase = { over: false }
  void attack.finally(() => (phase.over = true)).catch(() => undefined)
  const took: number[] = []
  while (!phase.over || took.length < 20) {
    const started = performance.now()
    const answer = await fetch(`http://${server.host}:${server.port}${path}`)
    assert.is(answer.status, 200)
    await answer.arrayBuffer()
    took.push(performance.now() - started)
    await sleep(5)
  }
  await attack
  return took.toSorted((x, y) => x - y)
}

function report(what: string, took: readonly number[]): void {
  const at = (share: number): string => (took[Math.min(took.length - 1, Math.floor(took.length * share))] as number).toFixed(1)
  console.log(`${what}: ${took.length} probes, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`)
}

test('1,000 connections, half of which send header lines slowly: others are served, and the slow ones are closed', () =>
  withTwoInstances(async ({ group, servers }) => {
    group.put('d', 1)
    const sockets = await open(servers.a, 1000)
    const slow = sockets.slice(0, 500)
    for (const socket of slow) socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n')
    const ends = slow.map(socket => once(socket, 'close'))
    const trickle = setInterval(() => slow.forEach(socket => socket.writable && socket.write('X-Slow: 1\r\n')), 200)
    const attack = Promise.all(ends).finally(() => clearInterval(trickle))
    report('slow headers', await probe(servers.a, `/state/${STORE}/keys/d`, attack))
    for (const socket of sockets) socket.destroy()
  }))

/** Sends a body of 100 MB until the server says no or cuts the connection; the status, 0 where it was not to be had. */
function sendMuch(server: RestServer, path: string, declared: boolean): Promise<number> {
  const size = 100_000_000
  const chunk = Buffer.alloc(64 * 1024)
  return new Promise(resolve => {
    const headers = { 'content-type': 'application/octet-stream', ...(declared ? { 'content-length': size } : {}) }
    const request = httpRequest({ host: server.host, port: server.port, method: 'POST', path, agent: false, headers }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', () => resolve(0))
    let sent = 0
    const more = (): void => {
      while (sent < size && !request.destroyed) {
        sent += chunk.length
        if (!request.write(chunk)) return void request.once('drain', more)
      }
      request.end()
    }
    more()
  })
}

test('bodies of 100 MB are refused without being read, and do not slow down others', () =>
  withTwoInstances(
    async ({ group, servers }) => {
      group.put('d', 1)
      const before = process.memoryUsage().arrayBuffers
      const statuses: number[] = []
      const attack = (async () => {
        for (let round = 0; round < 5; round++) {
          const paths = ['/upload', '/upload', '/state/instances', '/nowhere', '/upload', '/upload', '/health/live', '/upload']
          statuses.push(...(await Promise.all(paths.map((path, at) => sendMuch(servers.a, path, at % 2 === 0)))))
        }
      })()
      report('100 MB bodies', await probe(servers.a, `/state/${STORE}/keys/d`, attack))
      assert.is(statuses.length, 40)
      assert.ok(
        statuses.every(status => [0, 404, 405, 413].includes(status)),
        statuses.join(),
      )
      assert.ok(statuses.includes(413))
      assert.ok(process.memoryUsage().arrayBuffers - before < 200_000_000, 'they are not kept')
      const right = await fetch(`http://${servers.a.host}:${servers.a.port}/upload`, {
        method: 'POST',
        body: Buffer.alloc(maxBytes),
        headers: { 'content-type': 'application/octet-stream' },
      })
      assert.equal(await right.json(), { length: maxBytes })
    },
    { routes: [upload] },
  ))

test.run()
