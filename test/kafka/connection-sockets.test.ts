import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createKafka, newCluster, type Cluster } from '../../topology/runtime/kafka/kafka-client.ts'
import type { SocketConnection } from '../../topology/runtime/kafka/kafkajs-mends/connection-sockets.ts'
import { Relay } from '../topology/runtime/failover/relay.ts'
import { eventually } from './fixture.ts'

const brokers = process.env['KAFKA_BROKERS']

interface Context {
  relay: Relay
  cluster: Cluster
  broker: SeedBroker
  connection: SocketConnection & AuthenticatingConnection
}

interface AuthenticatingConnection {
  sendAuthRequest(protocol: object): Promise<unknown>
}

/** kafkajs' broker at the address that the client was given. */
interface SeedBroker {
  readonly connectionPool: {
    readonly pool: readonly [SocketConnection & AuthenticatingConnection]
    send(protocol: object): Promise<unknown>
  }
}

/** The request for the supported versions, which a broker answers without authentication. */
const apiVersions = {
  request: {
    apiKey: 18,
    apiVersion: 0,
    apiName: 'ApiVersions',
    encode: () => Promise.resolve({ buffer: Buffer.alloc(0), size: () => 0 }),
  },
  response: { decode: (bytes: Buffer) => Promise.resolve(bytes), parse: (bytes: Buffer) => Promise.resolve(bytes) },
}

/** Fails a test that hangs; the time limit is far longer than the work. */
const hung = 'it hangs'
const settled = (work: Promise<unknown>): Promise<string> =>
  Promise.race([
    work.then(
      () => 'done',
      (error: Error) => error.name,
    ),
    sleep(10_000, hung, { ref: false }),
  ])

const closedError = 'KafkaJSConnectionClosedError'

const test = suite<Context>('the sockets of a connection')

test.before.each(async context => {
  const [host, port] = String(brokers).split(':')
  assert.ok(host)
  context.relay = await Relay.open(Number(port))
  context.cluster = newCluster(createKafka({ brokers: [`127.0.0.1:${context.relay.port}`], clientId: 'test' }))
  await context.cluster.connect()
  context.broker = (context.cluster as unknown as { brokerPool: { seedBroker: SeedBroker } }).brokerPool.seedBroker
  context.connection = context.broker.connectionPool.pool[0]
})
test.after.each(async ({ relay, cluster }) => {
  await relay.refuse()
  await settled(cluster.disconnect())
})

const lost = async ({ relay, connection }: Context): Promise<void> => {
  relay.break()
  await eventually(
    () => connection.isConnected(),
    connected => !connected,
  )
}

test('concurrent requests on a closed connection open one new connection', async context => {
  const { relay, broker } = context
  await lost(context)
  const before = relay.taken
  assert.equal(
    new Set(await Promise.all(Array.from({ length: 20 }, () => settled(broker.connectionPool.send(apiVersions))))),
    new Set(['done']),
  )
  assert.is(relay.taken - before, 1)
})

test('a connection that is closed again and again leaves no listeners on its socket', async context => {
  const { connection } = context
  const { socket } = connection
  assert.ok(socket)
  await lost(context)
  const closings = async (): Promise<number> => {
    for (let times = 0; times < 12; times++) await connection.disconnect()
    return socket.eventNames().reduce((sum, event) => sum + socket.listenerCount(event), 0)
  }
  assert.is(await closings(), await closings())
  assert.is(await settled(context.broker.connectionPool.send(apiVersions)), 'done')
})

test('the received part of an interrupted response is discarded', async ({ relay, broker, connection }) => {
  for (const bytes of [1, 4, 6, 100]) {
    relay.cutAfter(bytes)
    assert.is(await settled(broker.connectionPool.send(apiVersions)), closedError)
    await eventually(
      () => connection.isConnected(),
      connected => !connected,
    )
    assert.is(await settled(broker.connectionPool.send(apiVersions)), 'done', `after ${bytes} bytes`)
  }
})

test('a destroyed connection fails its pending requests', async ({ relay, broker, connection }) => {
  relay.stall()
  const asked = settled(broker.connectionPool.send(apiVersions))
  await sleep(20)
  connection.socket?.destroy()
  assert.is(await asked, closedError)
  assert.not(connection.isConnected())
})

test('a connection closed while opening fails at once, and another can be opened', async context => {
  const { connection } = context
  await lost(context)
  const opening = connection.connect().then(String, (error: Error) => error.message)
  await connection.disconnect()
  assert.match(await opening, 'the connection was closed while it was being opened')
  assert.is(await settled(connection.connect()), 'done')
  assert.ok(connection.isConnected())
})

test('a reset connection fails its pending authentication', async ({ relay, connection }) => {
  relay.stall()
  const asked = settled(connection.sendAuthRequest({ request: { encode: () => Buffer.alloc(8) }, response: apiVersions.response }))
  await sleep(20)
  relay.break()
  assert.is(await asked, 'KafkaJSConnectionError')
})

test('a broker lost while the connection closes fails the pending requests, and the connection is closed', async ({
  relay,
  broker,
  connection,
}) => {
  relay.stall()
  const asked = settled(broker.connectionPool.send(apiVersions))
  await sleep(20)
  const closed = settled(connection.disconnect())
  relay.end()
  assert.is(await asked, closedError)
  assert.is(await closed, 'done')
})

test('a request made while the connection closes is answered on the next connection, or fails', async ({ relay, broker }) => {
  for (let turns = 0; turns < 20; turns++) {
    relay.stall()
    const next = broker.connectionPool.send(apiVersions).catch(async () => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      return broker.connectionPool.send(apiVersions)
    })
    await sleep(20)
    relay.resume()
    relay.end()
    assert.is.not(await settled(next), hung, `after ${turns} turns`)
    assert.is(await settled(broker.connectionPool.send(apiVersions)), 'done')
  }
})

test('a late end of a closed connection does not affect the next one', async ({ relay, broker, connection }) => {
  await connection.disconnect()
  const { socket } = connection
  assert.is(await settled(broker.connectionPool.send(apiVersions)), 'done')
  socket?.emit('end')
  relay.stall()
  const asked = broker.connectionPool.send(apiVersions)
  socket?.emit('error', new Error('reset'))
  assert.is(await Promise.race([settled(asked), sleep(200, 'waits')]), 'waits')
  assert.ok(connection.isConnected())
})

test('what still holds a broker does not connect it again for a client that was disconnected', async ({ cluster, broker, connection }) => {
  await cluster.disconnect()
  assert.is(await settled(broker.connectionPool.send(apiVersions)), 'KafkaJSNonRetriableError')
  assert.not(connection.isConnected())
  await cluster.connect()
  assert.is(await settled(broker.connectionPool.send(apiVersions)), 'done')
})

if (brokers === undefined) console.log('skipped: no KAFKA_BROKERS')
else test.run()
