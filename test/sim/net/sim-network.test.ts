import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Dice } from '../dice.ts'
import { Scheduler } from '../scheduler.ts'
import { SimProcess } from '../sim-process.ts'
import { SimNetwork } from './sim-network.ts'
import type { SimSocket } from './sim-socket.ts'

const test = suite('simulated network')

/** A request of three words: only its first, the API, means anything here. */
function frame(api: number): Buffer {
  const bytes = Buffer.alloc(10)
  bytes.writeInt32BE(6, 0)
  bytes.writeInt16BE(api, 4)
  return bytes
}

/** A broker that answers what it is asked, 5 ms later, and a process that has a connection to it. */
function world() {
  const scheduler = new Scheduler()
  const handled: number[] = []
  const closed: object[] = []
  const network = new SimNetwork({
    scheduler,
    dice: new Dice(1),
    latencyMs: 1,
    brokerOf: port => (port === 9092 ? 1 : undefined),
    host: () => ({
      receive: (_broker, _connection, request, reply) => {
        handled.push(request.readInt16BE(0))
        scheduler.after(5, undefined, 'broker', () => reply(request))
      },
      connectionClosed: connection => void closed.push(connection),
    }),
  })
  network.startBroker(1)
  const process = new SimProcess('client', 0)
  const heard: string[] = []
  const connect = (port = 9092): SimSocket => {
    const socket = network.connect(process, port)
    socket.on('connect', () => heard.push('connect'))
    socket.on('data', (data: Buffer) => heard.push(`answer ${data.readInt16BE(4)}`))
    socket.on('end', () => heard.push('end'))
    socket.on('error', (error: Error & { code?: string }) => heard.push(`${error.code}`))
    socket.on('close', () => heard.push('close'))
    return socket
  }
  const pass = (ms: number): Promise<boolean> => scheduler.run(() => false, scheduler.now + ms)
  return { scheduler, network, process, handled, closed, heard, connect, pass }
}

test('requests of a connection are answered one after the other', async () => {
  const { connect, pass, handled, heard } = world()
  const socket = connect()
  await pass(10)
  const both = Buffer.concat([frame(3), frame(1)])
  socket.write(both.subarray(0, 13))
  socket.write(both.subarray(13))
  await pass(4)
  assert.equal(handled, [3])
  await pass(30)
  assert.equal(heard, ['connect', 'answer 3', 'answer 1'])
  socket.end()
  await pass(10)
  assert.equal(heard.slice(3), ['end', 'close'])
})

test('nobody answers where nobody listens, and connections to a broker that dies break', async () => {
  const { network, connect, pass, heard, closed } = world()
  connect(9999)
  await pass(10)
  assert.equal(heard, ['ECONNREFUSED', 'close'])
  connect()
  await pass(10)
  network.killBroker(1)
  await pass(10)
  assert.equal(heard.slice(2), ['connect', 'ECONNRESET', 'close'])
  assert.is(closed.length, 1)
  connect()
  await pass(10)
  assert.equal(heard.slice(5), ['ECONNREFUSED', 'close'])
})

test('what a process had sent arrives after its death, and the broker learns of it', async () => {
  const { process, connect, pass, handled, heard, closed } = world()
  const socket = connect()
  await pass(10)
  socket.write(frame(0))
  process.die()
  await pass(20)
  assert.equal(handled, [0])
  assert.equal(heard, ['connect'])
  assert.is(closed.length, 1)
})

test('rules cut a request before it is handled, or its answer, or make it late', async () => {
  const { network, connect, pass, handled, heard } = world()
  const rule = { skip: 0, times: 1, matches: ({ api }: { readonly api: number }) => api === 26 }
  network.rules.add({ ...rule, moment: 'before', act: () => 'cut' })
  const first = connect()
  await pass(10)
  first.write(frame(26))
  await pass(20)
  assert.equal([handled, heard], [[], ['connect', 'ECONNRESET', 'close']])
  network.rules.add({ ...rule, moment: 'after', act: () => 'cut' })
  const second = connect()
  await pass(10)
  second.write(frame(26))
  await pass(20)
  assert.equal([handled, heard.slice(3)], [[26], ['connect', 'ECONNRESET', 'close']])
  network.rules.add({ ...rule, moment: 'after', act: () => ({ delayMs: 100 }) })
  const third = connect()
  await pass(10)
  third.write(frame(26))
  await pass(50)
  assert.equal(heard.slice(6), ['connect'])
  await pass(100)
  assert.equal(heard.slice(6), ['connect', 'answer 26'])
})

test('what is blocked in one direction comes once it is open', async () => {
  const { network, connect, pass, handled, heard } = world()
  const socket = connect()
  await pass(10)
  network.blocks.block('broker-1', 'client')
  socket.write(frame(7))
  await pass(50)
  assert.equal([handled, heard], [[7], ['connect']])
  network.blocks.open()
  await pass(10)
  assert.equal(heard, ['connect', 'answer 7'])
})

test('processes connect to each other, and a death breaks what they had', async () => {
  const { network, connect, pass, heard } = world()
  const other = new SimProcess('other', 0)
  const received: string[] = []
  const port = network.listen(other, socket => {
    socket.setEncoding('utf8')
    socket.on('data', (line: string) => {
      received.push(line)
      socket.write('you too')
    })
  })
  const socket = connect(port)
  socket.setEncoding('utf8').removeAllListeners('data')
  socket.on('data', (line: string) => heard.push(line))
  await pass(10)
  socket.write('hello')
  await pass(10)
  assert.equal([received, heard], [['hello'], ['connect', 'you too']])
  other.die()
  await pass(10)
  assert.equal(heard.slice(2), ['ECONNRESET', 'close'])
  connect(port)
  await pass(10)
  assert.equal(heard.slice(4), ['ECONNREFUSED', 'close'])
})

test.run()
