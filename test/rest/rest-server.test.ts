import { once } from 'node:events'
import { Agent, get as httpGet } from 'node:http'
import { connect } from 'node:net'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SluiceError } from '../../base/sluice-error.ts'
import type { RestServer, RestServerOptions } from '../../rest/index.ts'
import { startRestServer } from '../../rest/rest-server.ts'
import { MemoryGroup, STORE } from './memory-group.ts'
import type { MemoryStreams } from './memory-group.ts'
import { KeptConnection } from './raw-http.ts'
import { get } from './two-instances.ts'

const test = suite('REST server')

const opened: RestServer[] = []

/** Closed when the test ends however it ends. */
async function start(options: RestServerOptions): Promise<RestServer> {
  const server = await startRestServer(options)
  opened.push(server)
  return server
}

test.after.each(async () => {
  for (const server of opened.splice(0)) await server.close()
})

async function alone(closeWithinMs?: number): Promise<{ streams: MemoryStreams; server: RestServer }> {
  const group = new MemoryGroup(1)
  const streams = group.join('a', { host: '127.0.0.1', port: 1 })
  group.owners[0] = streams
  group.put('k', 1)
  return { streams, server: await start({ streams, port: 0, ...(closeWithinMs === undefined ? {} : { closeWithinMs }) }) }
}

const refusal = (server: RestServer) =>
  get(server, '/health/live').then(
    () => 'answered',
    () => 'refused',
  )

test('listens before the streams run', async () => {
  const { streams, server } = await alone()
  streams.state = 'created'
  assert.is((await get(server, '/health/ready')).status, 503)
  streams.state = 'running'
  assert.is((await get(server, '/health/ready')).status, 200)
  await server.close()
})

test('a taken port is an error in one line with its code, and does not affect the other server', async () => {
  const { streams, server } = await alone()
  try {
    await startRestServer({ streams, port: server.port })
    assert.unreachable('two servers on one port')
  } catch (error) {
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, 'PORT_TAKEN')
    assert.match((error as SluiceError).message, String(server.port))
    assert.not.match((error as SluiceError).message, '\n')
  }
  assert.is((await get(server, '/health/live')).status, 200)
  await server.close()
})

test('an address of another machine and an invalid port are configuration errors', async () => {
  const { streams, server } = await alone()
  for (const options of [{ host: '192.0.2.1', port: 0 }, { port: 70_000 }]) {
    const error = await startRestServer({ streams, ...options }).catch((thrown: unknown) => thrown)
    assert.instance(error, SluiceError)
    assert.is((error as SluiceError).code, 'CONFIG_INVALID')
  }
  await server.close()
})

test('can be closed while idle keep-alive connections are open', async () => {
  const { server } = await alone(10_000)
  const agent = new Agent({ keepAlive: true })
  const request = httpGet({ host: server.host, port: server.port, path: '/health/live', agent })
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
  response.resume()
  await once(response, 'end')
  const silent = connect(server.port, server.host)
  await once(silent, 'connect')
  const ends = once(silent, 'close')
  silent.resume()
  await server.close()
  await ends
  assert.is(await refusal(server), 'refused')
  agent.destroy()
})

test('close lets a running request finish, and then closes its connection', async () => {
  const { streams, server } = await alone(10_000)
  let release = () => {}
  streams.self = { host: '127.0.0.1', port: server.port }
  const reading = new Promise<void>(resolve => {
    streams.onRead = () => {
      resolve()
      return new Promise<void>(go => (release = go))
    }
  })
  const answer = get(server, `/state/${STORE}/keys/k`)
  await reading
  const closing = server.close()
  await setImmediate()
  assert.is(await refusal(server), 'refused')
  release()
  const got = await answer
  assert.is(got.status, 200)
  assert.is(got.headers.get('connection'), 'close')
  await closing
  await server.close()
})

test('close ends requests that do not finish', async () => {
  const { streams, server } = await alone(50)
  let release = () => {}
  streams.self = { host: '127.0.0.1', port: server.port }
  const reading = new Promise<void>(resolve => {
    streams.onRead = () => {
      resolve()
      return new Promise<void>(go => (release = go))
    }
  })
  const answer = get(server, `/state/${STORE}/keys/k`).then(
    () => 'answered',
    () => 'cut',
  )
  await reading
  await server.close()
  assert.is(await answer, 'cut')
  release()
})

test('a body is refused without being read', async () => {
  const { server } = await alone()
  const socket = connect(server.port, server.host)
  socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\nbytes')
  const answer = await textOf(socket)
  assert.match(answer, /^HTTP\/1\.1 413 /)
  assert.match(answer, 'BODY_REFUSED')
  assert.match(answer, /connection: close/i)
  await server.close()
})

test('beyond the limit of connections an idle one is closed; if all are busy the new one is refused', async () => {
  const group = new MemoryGroup(1)
  const streams = group.join('a', { host: '127.0.0.1', port: 1 })
  group.owners[0] = streams
  group.put('k', 1)
  const server = await start({ streams, port: 0, maxConnections: 2 })
  streams.self = { host: '127.0.0.1', port: server.port }
  const [first, second] = [new KeptConnection(server), new KeptConnection(server)]
  assert.is((await first.ask('/health/live'))?.status, 200)
  assert.is((await second.ask('/health/live'))?.status, 200)
  assert.is((await first.ask('/health/live'))?.status, 200)
  const third = new KeptConnection(server)
  assert.is((await third.ask('/health/live'))?.status, 200)
  await second.ended
  let release = () => {}
  streams.onRead = () => new Promise<void>(go => (release = go))
  const answers = []
  for (const busy of [first, third]) {
    const reading = streams.reads
    answers.push(busy.ask(`/state/${STORE}/keys/k`))
    while (streams.reads === reading) await setImmediate()
    const finish = release
    answers.push(sleep(50).then(finish))
  }
  const fourth = new KeptConnection(server)
  assert.is(await fourth.ask('/health/live'), undefined)
  const [one, , two] = await Promise.all(answers)
  assert.equal([one?.status, two?.status], [200, 200])
  first.socket.destroy()
  third.socket.destroy()
})

async function textOf(socket: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

test.run()
