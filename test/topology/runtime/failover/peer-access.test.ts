import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PeerRules } from '../../../../rest/hops/index.ts'
import { refusesTwice } from '../../../../topology/runtime/failover/network-identity.ts'
import { PeerListener } from '../../../../topology/runtime/failover/peer-listener.ts'
import { helloLine } from '../../../../topology/runtime/failover/peer-protocol.ts'
import type { PeerAccess } from '../../../../topology/runtime/failover/peer-seal.ts'
import { PeerWatch } from '../../../../topology/runtime/failover/peer-watch.ts'
import { holds } from '../../../support/eventually.ts'

const me = { applicationId: 'app', instance: 'me', boot: 'now' }
const you = { ...me, instance: 'you', boot: 'then' }
const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const having = (...keys: readonly Uint8Array[]): PeerAccess => ({ keys: () => keys })
const only = (...peers: readonly string[]): PeerAccess => {
  const rules = new PeerRules(peers)
  return { keys: () => [], lookupFor: host => rules.lookupFor(host) }
}
const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

async function answerTo(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  let answer = ''
  socket.on('data', (text: Buffer) => (answer += text.toString()))
  socket.write(line)
  const closed = new Promise(resolve => socket.once('close', resolve))
  await Promise.race([closed, new Promise(resolve => socket.once('data', resolve))])
  // More may follow.
  await Promise.race([closed, pause(100)])
  socket.destroy()
  return answer
}

interface Watched {
  readonly watch: PeerWatch
  readonly told: string[]
}

function watching(port: number, access: PeerAccess): Watched {
  const told: string[] = []
  const watch = new PeerWatch({
    self: you,
    access,
    onDead: (_, ending) => told.push(`dead: ${ending}`),
    onGone: () => told.push('gone'),
  })
  watch.update([{ memberId: 'm', instance: 'me', boot: 'now', host: '127.0.0.1', peerPort: port }])
  return { watch, told }
}

/** Whether it is connected within a time in which others are. */
async function isConnected({ watch }: Watched): Promise<boolean> {
  const end = performance.now() + 700
  while (watch.connected.length === 0 && performance.now() < end) await pause(10)
  return watch.connected.length === 1
}

const test = suite('who may watch whom')

test('without the key a hello is closed without an answer, whatever it says', async () => {
  const listener = await PeerListener.open(me, '127.0.0.1', having(first))
  const seal = { key: second, nonce: 'n' }
  for (const line of [helloLine(you, 'me'), helloLine(you, 'me', seal), helloLine(you, 'other'), helloLine(you), '{}\n'])
    assert.is(await answerTo(listener.port, line), '', line)
  const own = { key: first, nonce: 'n' }
  assert.is(await answerTo(listener.port, helloLine(you, 'me', own)), helloLine(me, undefined, own))
  assert.is(await answerTo(listener.port, helloLine(you, 'other', own)), '{}\n')
  const sealed = helloLine(you, 'other', own)
  assert.is(await answerTo(listener.port, sealed.replace('"to":"other"', '"to":"me"')), '', 'a seal of another hello')
  await listener.close()
})

test('instances with a key in common watch each other, and their farewell is believed', async () => {
  for (const [theirs, ours] of [
    [having(), having()],
    [having(first), having(first)],
    [having(second, first), having(first)],
    [having(first), having(first, second)],
  ] as const) {
    const listener = await PeerListener.open(me, '127.0.0.1', theirs)
    const watched = watching(listener.port, ours)
    await holds(() => assert.is(watched.watch.connected.length, 1))
    await listener.close()
    await holds(() => assert.equal(watched.told, ['gone']))
    watched.watch.close()
  }
})

test('instances without one do not, and nobody is taken for dead', async () => {
  for (const [theirs, ours] of [
    [having(first), having(second)],
    [having(first), having()],
    [having(), having(first)],
  ] as const) {
    const listener = await PeerListener.open(me, '127.0.0.1', theirs)
    const watched = watching(listener.port, ours)
    assert.not(await isConnected(watched))
    await listener.close()
    await pause(300)
    assert.equal(watched.told, [])
    watched.watch.close()
  }
})

test('whoever sits at the address of an instance without the key can neither pass for it nor end it', async () => {
  const answers = [helloLine(me), helloLine({ ...me, boot: 'later' }), '{"sluice":1,"farewell":true}\n']
  const server = createServer(socket => void socket.on('error', () => undefined).write(answers.join('')))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const watched = watching((server.address() as AddressInfo).port, having(first))
  assert.not(await isConnected(watched))
  assert.equal(watched.told, [])
  watched.watch.close()
  server.close()
})

test('no connection is made to an address that peers does not allow', async () => {
  const sockets: Socket[] = []
  const server = createServer(socket => void sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const watched = watching(port, only('10.0.0.0/8'))
  assert.not(await isConnected(watched))
  assert.is(await refusesTwice('127.0.0.1', port, only('10.0.0.0/8')), false)
  assert.is(await refusesTwice('localhost', port, only('10.0.0.0/8')), false)
  assert.equal([sockets.length, watched.told], [0, []])
  watched.watch.close()
  server.close()
  await once(server, 'close')
  assert.is(await refusesTwice('127.0.0.1', port, only('10.0.0.0/8')), false, 'it is not asked')
  assert.is(await refusesTwice('127.0.0.1', port, only('127.0.0.0/8')), true)
})

test.run()
