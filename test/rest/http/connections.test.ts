import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { RestServer, RestServerOptions } from '../../../rest/index.ts'
import { startRestServer } from '../../../rest/rest-server.ts'
import { MemoryGroup, STORE, type MemoryStreams } from '../memory-group.ts'
import { answerOf, KeptConnection, type RawAnswer, sendLines } from '../raw-http.ts'
import { selfSigned } from '../self-signed.ts'

const test = suite('connections')

interface Alone {
  readonly streams: MemoryStreams
  readonly server: RestServer
}

const slow = `/state/${STORE}/keys/k`

async function withServer(run: (alone: Alone) => Promise<void>, options: Partial<RestServerOptions> = {}): Promise<void> {
  const group = new MemoryGroup(1)
  const streams = group.join('a', { host: '127.0.0.1', port: 1 })
  group.owners[0] = streams
  group.put('k', 1)
  const server = await startRestServer({ streams, port: 0, ...options })
  streams.self = { host: '127.0.0.1', port: server.port }
  try {
    await run({ streams, server })
  } finally {
    await server.close()
  }
}

/** Holds the next read of a store: what ends it, once it has begun. */
function heldRead(streams: MemoryStreams): Promise<() => void> {
  return new Promise(begun => {
    streams.onRead = () => {
      streams.onRead = () => undefined
      return new Promise<void>(release => begun(release))
    }
  })
}

const codeOf = ({ body }: RawAnswer): unknown => (JSON.parse(body) as { code?: unknown }).code

test('a connection is kept open for longer than load balancers keep it, and the answer says so', () =>
  withServer(async ({ server }) => {
    const kept = new KeptConnection(server)
    assert.is((await kept.ask('/health/live'))?.headers['keep-alive'], 'timeout=75')
    // Beyond the limits for headers and for a request that does not come: neither counts between two requests.
    await sleep(7500)
    assert.is((await kept.ask('/health/live'))?.status, 200)
    kept.socket.destroy()
  }))

test('a connection without a request is idle, as between two requests; a request that has begun has a time limit', async () => {
  const tls = selfSigned()
  const both = [{}, { tls }].map(options =>
    withServer(async ({ server }) => {
      const open = () =>
        'tls' in options ? connectTls({ port: server.port, host: server.host, ca: tls.cert }) : connect(server.port, server.host)
      const [silent, begun] = [open(), open()]
      await Promise.all([silent, begun].map(socket => once(socket, 'tls' in options ? 'secureConnect' : 'connect')))
      begun.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n')
      const cut = textOf(begun)
      await sleep(7500)
      silent.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      assert.is(answerOf(await textOf(silent)).status, 200)
      const late = answerOf(await cut)
      assert.equal([late.status, codeOf(late)], [408, 'REQUEST_LATE'])
      const again = new KeptConnection(server)
      if (!('tls' in options)) assert.is((await again.ask('/health/live'))?.status, 200)
      again.socket.destroy()
    }, options),
  )
  await Promise.all(both)
})

test('an idle connection is closed orderly after its time limit', () =>
  withServer(
    async ({ server }) => {
      const [kept, silent] = [new KeptConnection(server), new KeptConnection(server)]
      assert.is((await kept.ask('/health/live'))?.headers['keep-alive'], 'timeout=1')
      assert.is(await kept.ended, 'end')
      assert.is(await silent.ended, 'end')
    },
    { keepAliveMs: 1000 },
  ))

test('draining: not ready, and every answer closes its connection, also a new one', () =>
  withServer(async ({ server, streams }) => {
    const kept = new KeptConnection(server)
    assert.is((await kept.ask('/health/ready'))?.headers['connection'], 'keep-alive')
    const reading = heldRead(streams)
    const running = new KeptConnection(server)
    running.send(slow)
    const release = await reading
    server.drain()
    const ready = await kept.ask('/health/ready')
    assert.equal([ready?.status, ready?.headers['connection'], JSON.parse(ready?.body ?? '').status], [503, 'close', 'draining'])
    assert.is(await kept.ended, 'end')
    for (const path of ['/health/live', slow, `/state/${STORE}/all`, '/nowhere']) {
      const fresh = new KeptConnection(server)
      const answer = await fresh.ask(path)
      assert.equal([answer?.status, answer?.headers['connection']], [path === '/nowhere' ? 404 : 200, 'close'], path)
      assert.is(await fresh.ended, 'end')
    }
    const details = await sendLines(server, ['GET /state/instances?details=true HTTP/1.0'])
    assert.is((JSON.parse(details.body) as { state?: unknown }[])[0]?.state, 'draining')
    release()
    const answer = await running.answer()
    assert.equal([answer?.status, answer?.headers['connection']], [200, 'close'])
    assert.is(await running.ended, 'end')
  }))

test('draining: pipelined requests are all answered', () =>
  withServer(async ({ server, streams }) => {
    const reading = heldRead(streams)
    const kept = new KeptConnection(server)
    kept.send(slow)
    const release = await reading
    server.drain()
    kept.send('/health/live')
    kept.send('/health/ready')
    while (!(await quiet(kept))) await setImmediate()
    release()
    const answers = [await kept.answer(), await kept.answer(), await kept.answer()]
    assert.equal(
      answers.map(answer => [answer?.status, answer?.headers['connection']]),
      [
        [200, 'keep-alive'],
        [200, 'keep-alive'],
        [503, 'close'],
      ],
    )
    assert.is(await kept.ended, 'end')
  }))

test('close waits for a request that was received in part', () =>
  withServer(
    async ({ server }) => {
      const kept = new KeptConnection(server)
      assert.is((await kept.ask('/health/live'))?.status, 200)
      const begun = new KeptConnection(server)
      const idle = new KeptConnection(server)
      await Promise.all([begun, idle].map(({ socket }) => once(socket, 'connect')))
      for (const connection of [kept, begun]) connection.socket.write('GET /health/live HTTP/1.1\r\nHo')
      await sleep(50)
      const closing = server.close()
      assert.is(await idle.ended, 'end')
      for (const connection of [kept, begun]) connection.socket.write('st: localhost\r\n\r\n')
      for (const connection of [kept, begun]) {
        const answer = await connection.answer()
        assert.equal([answer?.status, answer?.headers['connection']], [200, 'close'])
        assert.is(await connection.ended, 'end')
      }
      await closing
    },
    { closeWithinMs: 10_000 },
  ))

test('an invalid request gets an error like all others', () =>
  withServer(async ({ server }) => {
    const cases: readonly (readonly [lines: readonly string[], status: number, code: string])[] = [
      [['nonsense'], 400, 'INPUT_INVALID'],
      [['GET /health/live HTTP/1.1', 'no header'], 400, 'INPUT_INVALID'],
      [['GET /health/live HTTP/1.1', 'Connection: close'], 400, 'INPUT_INVALID'],
      [['GET /health/live HTTP/1.1', 'Host: localhost', `X: ${'x'.repeat(20_000)}`], 431, 'HEADERS_TOO_LARGE'],
      [[`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'Host: localhost'], 431, 'HEADERS_TOO_LARGE'],
      [['POST /health/live HTTP/1.1', 'Host: localhost', 'Content-Length: 1', 'Content-Length: 2'], 400, 'INPUT_INVALID'],
    ]
    for (const [lines, status, code] of cases) {
      const answer = await sendLines(server, lines)
      assert.equal([answer.status, codeOf(answer)], [status, code], lines.join('|').slice(0, 60))
      assert.is(answer.headers['connection'], 'close')
    }
  }))

test('an incomplete request gets an error', () =>
  withServer(async ({ server }) => {
    const connection = new KeptConnection(server)
    connection.socket.end('POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Le')
    const answer = await connection.answer()
    assert.is(answer?.status, 400)
    assert.match(answer?.body ?? '', /the connection ended before the request was complete/)
  }))

/** Whether what was sent has surely been read: another connection's request is answered behind it. */
async function quiet({ socket }: KeptConnection): Promise<boolean> {
  const other = new KeptConnection({ port: socket.remotePort as number, host: socket.remoteAddress as string })
  await other.ask('/health/live')
  return socket.writableLength === 0
}

async function textOf(socket: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

test.run()
