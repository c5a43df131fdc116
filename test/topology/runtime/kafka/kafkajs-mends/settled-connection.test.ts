import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { CoordinatorBroker } from '../../../../../topology/runtime/kafka/kafkajs-mends/coordinator-broker.ts'
import { SettledConnection } from '../../../../../topology/runtime/kafka/kafkajs-mends/settled-connection.ts'

const test = suite<{ server: Server; socket: Socket }>('connections of coordinators')
test.before.each(async context => {
  context.server = createServer(peer => void peer.on('error', () => undefined)).listen(0, '127.0.0.1')
  await once(context.server, 'listening')
  context.socket = connect((context.server.address() as AddressInfo).port, '127.0.0.1')
  await once(context.socket, 'connect')
})
test.after.each(({ server, socket }) => {
  socket.destroy()
  server.close()
})

test('one socket answers for many transactions, without a warning of a leak', async ({ socket }) => {
  const warnings: string[] = []
  const listener = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', listener)
  const pool = [{ socket, isConnected: () => true }]
  const coordinator = { connectionPool: { pool } } as unknown as CoordinatorBroker
  let now = 0
  const settled = Array.from({ length: 100 }, () => new SettledConnection(coordinator, () => now))
  assert.ok(settled.every(({ alive, lostIdle }) => alive && !lostIdle))
  settled[0]?.answered()
  now = 50_000
  settled[1]?.answered()
  now = 70_000
  socket.destroy()
  await once(socket, 'close')
  assert.equal(
    settled.slice(0, 3).map(({ alive, lostIdle }) => [alive, lostIdle]),
    [
      [false, true],
      [false, false],
      [false, true],
    ],
  )
  await setImmediate()
  process.off('warning', listener)
  assert.equal(warnings, [])
})

test.run()
