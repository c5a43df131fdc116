import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createKafka, cutOff, type Kafka, newCluster, waitForBroker } from '../../../../topology/runtime/kafka/kafka-client.ts'
import { eventually } from '../../../support/eventually.ts'
import { cutOffInTime } from '../../../../topology/runtime/kafka/cut-off-in-time.ts'

const test = suite<{ server: Server; connections: number; kafka: Kafka }>('a client that is cut off from its brokers')

test.before.each(async context => {
  context.connections = 0
  // It takes connections, and answers nothing.
  context.server = createServer(socket => {
    context.connections++
    socket.on('error', () => undefined).resume()
  })
  await once(context.server.listen(0, '127.0.0.1'), 'listening')
  context.kafka = createKafka({ brokers: [`127.0.0.1:${(context.server.address() as AddressInfo).port}`], clientId: 'test' })
})
test.after.each(({ server }) => void server.close())

/** What the client asks in its several ways, none of which has an answer. */
const asking = (kafka: Kafka): Promise<unknown>[] =>
  [
    kafka.admin().connect(),
    kafka.producer({ idempotent: true }).connect(),
    kafka.consumer({ groupId: 'g' }).connect(),
    newCluster(kafka).connect(),
  ].map(asked => asked.catch((error: unknown) => error))
const failures = async (asked: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.all(asked)).map(error => String(error instanceof Error ? error.message : error))

test('requests under way fail, and are not repeated; no connection is opened any more', async context => {
  const { kafka } = context
  const asked = asking(kafka)
  await eventually(
    () => context.connections,
    connections => connections >= asked.length,
  )
  cutOff(kafka)
  for (const message of await failures(asked)) assert.match(message, 'the client was cut off from the brokers')
  for (const message of await failures(asking(kafka))) assert.match(message, 'the client was cut off from the brokers')
  assert.is(context.connections, asked.length)
})

test('so does what tries again and again to connect', async ({ kafka, server }) => {
  server.close()
  const asked = asking(kafka)
  await sleep(400)
  cutOff(kafka)
  for (const message of await failures(asked)) assert.match(message, 'the client was cut off from the brokers')
})

test('so does what is still connecting', async context => {
  const brokers = [`127.0.0.1:${(context.server.address() as AddressInfo).port}`]
  const kafka = createKafka({ brokers, clientId: 'test', ssl: { rejectUnauthorized: false } })
  const asked = asking(kafka)
  await eventually(
    () => context.connections,
    connections => connections >= asked.length,
  )
  cutOff(kafka)
  const messages = await Promise.race([failures(asked), sleep(1500, [], { ref: false })])
  assert.is(messages.length, asked.length)
  for (const message of messages) assert.match(message, 'the client was cut off from the brokers')
})

test('after the time of a stop: it is told only if the stop has not ended', async ({ kafka }) => {
  const other = createKafka({ brokers: ['127.0.0.1:1'], clientId: 'test' })
  const told: string[] = []
  const limit = { stopTimeoutMs: 50, listener: { log: (_level: string, message: string) => void told.push(message) } }
  const ended = cutOffInTime(other, limit)
  ended()
  cutOffInTime(kafka, limit)
  const asked = [...asking(kafka), ...asking(other)]
  for (const message of await failures(asked)) assert.match(message, 'the client was cut off from the brokers')
  assert.is(told.length, 1)
})

test('a wait for a broker that is ended leaves no connection', async ({ kafka, server }) => {
  const ending = new AbortController()
  const connected = once(server, 'connection')
  const waited = waitForBroker(kafka, { onWait: () => undefined, signal: ending.signal }).catch((error: unknown) => String(error))
  const [socket] = (await connected) as [Socket]
  const closed = once(socket, 'close')
  ending.abort()
  assert.match(String(await waited), 'no Kafka broker answered')
  assert.is(await Promise.race([closed.then(() => 'closed'), sleep(2000, 'open', { ref: false })]), 'closed')
})

test.run()
