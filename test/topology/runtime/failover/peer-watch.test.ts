import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { judge, retryDelay, type Ending, type LinkFacts, type Verdict } from '../../../../topology/runtime/failover/peer-link.ts'
import { PeerListener } from '../../../../topology/runtime/failover/peer-listener.ts'
import { farewellLine, helloLine, parseLine } from '../../../../topology/runtime/failover/peer-protocol.ts'
import { PeerWatch, type Peer } from '../../../../topology/runtime/failover/peer-watch.ts'
import { Relay } from './relay.ts'

const decisions = suite('when a process is dead')

const fresh = { proven: false, refusals: 0 }
const known = { proven: true, refusals: 0 }
const cases: readonly (readonly [LinkFacts, Ending, Verdict])[] = [
  [known, 'farewell', 'gone'],
  [known, 'refused', 'unknown'],
  [{ proven: true, refusals: 1 }, 'refused', 'dead'],
  [{ proven: true, refusals: 1 }, 'failed', 'unknown'],
  [{ proven: true, refusals: 1 }, 'lost', 'unknown'],
  [known, 'lost', 'unknown'],
  [known, 'failed', 'unknown'],
  [known, 'restarted', 'dead'],
  [known, 'stranger', 'dead'],
  [fresh, 'refused', 'unknown'],
  [{ proven: false, refusals: 9 }, 'refused', 'unknown'],
  [fresh, 'stranger', 'unknown'],
  [fresh, 'failed', 'unknown'],
  [fresh, 'restarted', 'dead'],
]
for (const [facts, ending, verdict] of cases) {
  decisions(`${facts.proven ? 'connected before' : 'never connected'}, ${facts.refusals} refusals, then ${ending}: ${verdict}`, () =>
    assert.is(judge(facts, ending), verdict),
  )
}

decisions('connects again at once, after 50 ms, and then at growing intervals', () =>
  assert.equal([0, 1, 2, 3, 7, 8, 100].map(retryDelay), [0, 50, 100, 200, 3200, 5000, 5000]),
)

const identity = { applicationId: 'app', instance: 'i', boot: 'b' }
const lines: readonly (readonly [string, ReturnType<typeof parseLine>])[] = [
  [helloLine(identity), { kind: 'hello', identity, to: undefined }],
  [helloLine(identity, 'x'), { kind: 'hello', identity, to: 'x' }],
  [farewellLine(), { kind: 'farewell' }],
  ['{"sluice":2,"applicationId":"app","instance":"i","boot":"b","more":[]}', { kind: 'hello', identity, to: undefined }],
  ['{"sluice":1,"applicationId":"app","instance":"i"}', undefined],
  ['{"applicationId":"app","instance":"i","boot":"b"}', undefined],
  ['null', undefined],
  ['7', undefined],
  ['', undefined],
  ['HTTP/1.1 400 Bad Request', undefined],
]
for (const [text, parsed] of lines) decisions(`the line ${text.trim()}`, () => assert.equal(parseLine(text), parsed))

decisions.run()

interface World {
  /** What was reported, in order. */
  readonly told: string[]
  readonly watch: PeerWatch
  readonly children: ChildProcess[]
  readonly relays: Relay[]
}

const processes = suite<World>('watching real processes')

processes.before.each(context => {
  const told: string[] = []
  Object.assign(context, {
    told,
    children: [],
    relays: [],
    watch: new PeerWatch({
      self: { applicationId: 'app', instance: 'me', boot: randomUUID() },
      onDead: ({ memberId }, ending) => told.push(`${memberId} dead: ${ending}`),
      onGone: ({ memberId }) => told.push(`${memberId} gone`),
    }),
  })
})
processes.after.each(async ({ watch, children, relays }) => {
  watch.close()
  await Promise.all(relays.map(relay => relay.refuse()))
  await Promise.all(children.map(child => end(child, 'SIGKILL')))
})

type Started = Peer & { readonly process: ChildProcess }

/** A second process that listens; its member is called like its instance. */
async function start({ children }: World, instance: string): Promise<Started> {
  const script = fileURLToPath(new URL('peer-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, instance], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { port, boot } = JSON.parse(line.toString()) as { port: number; boot: string }
  return { memberId: instance, instance, boot, host: '127.0.0.1', peerPort: port, process: child }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function relayTo(world: World, port: number): Promise<Relay> {
  const relay = await Relay.open(port)
  world.relays.push(relay)
  return relay
}

/** Watches them, and waits until all are connected. */
async function watchAll({ watch }: World, peers: readonly Peer[]): Promise<void> {
  watch.update(peers)
  await until(() => watch.connected.length === peers.length, 'all connected')
}

/** Asks until it holds, for 20 s at most. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (holds()) return
    await new Promise(resolve => {
      setTimeout(resolve, 10)
    })
  }
  throw new Error(`never came: ${what}`)
}

/** A process of its own dies and is noticed: whatever else was to be reported of what happened before it, has been. */
async function afterAnother(world: World, peers: readonly Peer[]): Promise<void> {
  const other = await start(world, 'other')
  world.watch.update([...peers, other])
  await until(() => world.watch.connected.includes('other'), 'the other one connected')
  await end(other.process, 'SIGKILL')
  await until(() => world.told.includes('other dead: refused'), 'the other one dead')
}

processes('SIGKILL: dead, reported once, however often the group still lists it', async world => {
  const peer = await start(world, 'a')
  await watchAll(world, [peer])
  await end(peer.process, 'SIGKILL')
  await until(() => world.told.length > 0, 'the verdict')
  world.watch.update([peer])
  await afterAnother(world, [peer])
  assert.equal(world.told, ['a dead: refused', 'other dead: refused'])
})

processes('an uncaught error without a farewell is a death too, and several deaths are each noticed', async world => {
  const peers = await Promise.all(['a', 'b', 'c'].map(name => start(world, name)))
  await watchAll(world, peers)
  await Promise.all(peers.slice(0, 2).map(peer => end(peer.process, 'SIGABRT')))
  await until(() => world.told.length === 2, 'two verdicts')
  assert.equal(world.told.toSorted(), ['a dead: refused', 'b dead: refused'])
  assert.equal(world.watch.connected, ['c'])
})

processes('SIGTERM: it sends a farewell and is not dead', async world => {
  const peer = await start(world, 'a')
  await watchAll(world, [peer])
  await end(peer.process, 'SIGTERM')
  assert.is(peer.process.exitCode, 0)
  await until(() => world.told.length > 0, 'the farewell')
  await afterAnother(world, [peer])
  assert.equal(world.told, ['a gone', 'other dead: refused'])
})

processes('SIGSTOP: not dead, while its connection is open and after it breaks; connected again after SIGCONT', async world => {
  const peer = await start(world, 'a')
  const relay = await relayTo(world, peer.peerPort)
  const relayed = { ...peer, peerPort: relay.port }
  await watchAll(world, [relayed])
  peer.process.kill('SIGSTOP')
  await afterAnother(world, [relayed])
  assert.ok(world.watch.connected.includes('a'))
  const before = relay.taken
  relay.break()
  await until(() => relay.taken >= before + 2, 'an attempt without an answer, and the next')
  assert.equal(world.told, ['other dead: refused'])
  peer.process.kill('SIGCONT')
  await until(() => world.watch.connected.includes('a'), 'connected again')
  await end(peer.process, 'SIGKILL')
  await relay.refuse()
  await until(() => world.told.includes('a dead: refused'), 'the verdict')
})

processes('a connection that breaks while the process lives: connected again each time', async world => {
  const peer = await start(world, 'a')
  const relay = await relayTo(world, peer.peerPort)
  await watchAll(world, [{ ...peer, peerPort: relay.port }])
  for (let round = 1; round <= 10; round++) {
    relay.break()
    await until(() => relay.taken === round + 1 && world.watch.connected.length === 1, `connection ${round + 1}`)
  }
  assert.equal(world.told, [])
})

processes('restarted at the same address: the former process is dead, reported once', async world => {
  const peer = await start(world, 'a')
  const relay = await relayTo(world, peer.peerPort)
  const relayed = { ...peer, peerPort: relay.port }
  await watchAll(world, [relayed])
  const again = await start(world, 'a')
  relay.redirect(again.peerPort)
  await end(peer.process, 'SIGKILL')
  await until(() => world.told.length > 0, 'the verdict')
  const rejoined = { ...again, memberId: 'a2', peerPort: relay.port }
  world.watch.update([relayed, rejoined])
  await until(() => world.watch.connected.includes('a2'), 'its next life connected')
  assert.equal(world.told, ['a dead: restarted'])
})

/** What may listen at a port that was an instance's. */
const strangers: Readonly<Record<string, (socket: Socket) => void>> = {
  'one that answers like a web server': socket => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  'one that talks without an end': socket => {
    const more = (): boolean => socket.write('x'.repeat(100_000), () => socket.destroyed || more())
    more()
  },
  'another instance': socket => socket.write(helloLine({ applicationId: 'app', instance: 'b', boot: 'b' })),
  'another application': socket => socket.write(helloLine({ applicationId: 'other', instance: 'a', boot: 'b' })),
}
for (const [name, behave] of Object.entries(strangers)) {
  processes(`the port is reused by ${name}: dead`, async world => {
    const peer = await start(world, 'a')
    const relay = await relayTo(world, peer.peerPort)
    const relayed = { ...peer, peerPort: relay.port }
    const port = await serve(behave)
    await watchAll(world, [relayed])
    relay.redirect(port)
    await until(() => world.told.length > 0, 'the verdict')
    assert.equal(world.told, ['a dead: stranger'])
  })
}

processes('a process that accepts and closes connections without a message: not dead, and connected again', async world => {
  const peer = await start(world, 'a')
  const relay = await relayTo(world, peer.peerPort)
  const port = await serve(socket => socket.destroy())
  await watchAll(world, [{ ...peer, peerPort: relay.port }])
  relay.redirect(port)
  await until(() => relay.taken >= 5, 'some attempts')
  assert.equal(world.told, [])
  relay.redirect(peer.peerPort)
  await until(() => world.watch.connected.length === 1, 'connected again')
})

processes('a member that joins again with another id keeps its connection; all members of a dead process are dead', async world => {
  const peer = await start(world, 'a')
  const relay = await relayTo(world, peer.peerPort)
  const relayed = { ...peer, peerPort: relay.port }
  await watchAll(world, [relayed])
  const renamed = [
    { ...relayed, memberId: 'a2' },
    { ...relayed, memberId: 'a3' },
  ]
  world.watch.update(renamed)
  assert.equal(world.watch.connected, ['a2', 'a3'])
  assert.is(relay.taken, 1)
  await end(peer.process, 'SIGKILL')
  await relay.refuse()
  await until(() => world.told.length > 1, 'the verdicts')
  assert.equal(world.told, ['a2 dead: refused', 'a3 dead: refused'])
})

processes('an address at which the peer was never reached proves no death, and is tried again', async world => {
  const peer = await start(world, 'a')
  const relay = await relayTo(world, peer.peerPort)
  await relay.refuse()
  const port = await serve(socket => socket.end('?\n'))
  const misled: Peer[] = [
    { ...peer, peerPort: relay.port },
    { ...peer, memberId: 'misled', peerPort: port },
    { ...peer, memberId: 'unknown host', host: 'nobody.invalid' },
  ]
  world.watch.update(misled)
  await afterAnother(world, misled)
  assert.equal(world.told, ['other dead: refused'])
  await relay.accept()
  await until(() => world.watch.connected.includes('a'), 'connected')
  await end(peer.process, 'SIGKILL')
  await relay.refuse()
  await until(() => world.told.includes('a dead: refused'), 'the verdict')
})

processes('members that are no longer listed, do not listen or belong to this process are not watched', async world => {
  const peer = await start(world, 'a')
  await watchAll(world, [peer])
  world.watch.update([])
  const unwatched = [
    { ...peer, peerPort: 0 },
    { ...peer, memberId: 'b', peerPort: 4_000_000_000 },
    { ...peer, memberId: 'c', boot: '' },
  ]
  world.watch.update(unwatched)
  await end(peer.process, 'SIGKILL')
  await afterAnother(world, unwatched)
  assert.equal(world.told, ['other dead: refused'])
})

/** A server in this process. */
async function serve(behave: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    behave(socket)
    // Unread data hides that the other end has closed, and an open socket keeps this process alive.
    socket.resume().unref()
  })
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

processes.run()

const listening = suite('listening')

/** Says something to a listener; resolves with all that it answers once it has closed. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', (more: string) => (answer += more))
  socket.on('error', () => undefined)
  socket.write(text)
  await new Promise(resolve => {
    socket.once('close', resolve)
  })
  return answer
}

const me = { applicationId: 'app', instance: 'me', boot: 'now' }

listening('closes connections of programs that are no instance, without a message', async () => {
  const listener = await PeerListener.open(me, '127.0.0.1')
  assert.is(await answerTo(listener.port, 'GET / HTTP/1.1\r\n\r\n'), '')
  assert.is(await answerTo(listener.port, 'x'.repeat(1_000_000)), '')
  assert.is(await answerTo(listener.port, farewellLine()), '')
  for (const stranger of [helloLine(me), helloLine(me, 'other'), helloLine({ ...me, applicationId: 'other' }, 'me')])
    assert.is(await answerTo(listener.port, stranger), '{}\n')
  assert.is(await answerTo(listener.port, helloLine(me, 'me') + helloLine(me, 'me')), helloLine(me))
  await listener.close()
})

listening('however many strangers connect, an instance is let in at once, and strangers are closed in both directions', async () => {
  const listener = await PeerListener.open(me, '127.0.0.1')
  const strangers: Socket[] = []
  // In portions: the system keeps at most 511 connections waiting, and connects more only seconds later.
  while (strangers.length < 1100) {
    const portion = Array.from({ length: 100 }, (_, at) => {
      const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: at % 2 === 0 })
      socket.on('error', () => undefined).resume()
      if (at % 3 === 0) socket.write(helloLine({ ...me, applicationId: 'other' }))
      return socket
    })
    strangers.push(...portion)
    await until(() => portion.every(socket => !socket.connecting), 'connected')
  }
  await until(() => strangers.filter(socket => !socket.closed && !socket.readableEnded).length <= 16, 'strangers are closed')
  const started = performance.now()
  const told: string[] = []
  const watch = new PeerWatch({ self: { ...me, boot: 'other' }, onDead: ({ memberId }) => told.push(memberId) })
  watch.update([{ memberId: 'm', instance: 'me', boot: 'now', host: '127.0.0.1', peerPort: listener.port }])
  await until(() => watch.connected.length === 1, 'connected')
  assert.ok(performance.now() - started < 1000)
  for (let more = 0; more < 200; more++) strangers.push(connect(listener.port, '127.0.0.1').on('error', () => undefined))
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.equal([watch.connected.length, told], [1, []])
  watch.close()
  for (const socket of strangers) socket.destroy()
  await listener.close()
})

listening('sends a farewell to all, and closes even if one of them never reads', async () => {
  const listener = await PeerListener.open(me, '127.0.0.1')
  const deaf = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true })
  deaf.on('error', () => undefined)
  deaf.write(helloLine(me, 'me'))
  deaf.pause()
  await once(deaf, 'connect')
  const answer = answerTo(listener.port, helloLine({ ...me, instance: 'you' }, 'me'))
  const socket = connect(listener.port, '127.0.0.1')
  socket.write(helloLine(me, 'me'))
  await once(socket, 'data')
  await listener.close()
  assert.is(await answer, helloLine(me) + farewellLine())
  socket.destroy()
  deaf.destroy()
  const [error] = (await once(connect(listener.port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException]
  assert.is(error.code, 'ECONNREFUSED')
})

listening('a host of another machine: listens anyway', async () => {
  for (const host of ['192.0.2.1', 'nobody.invalid']) {
    const listener = await PeerListener.open(me, host)
    assert.ok(listener.port > 0)
    const socket = connect(listener.port, '127.0.0.1')
    socket.write(helloLine(me, 'me'))
    const [hello] = (await once(socket, 'data')) as [Buffer]
    assert.is(hello.toString(), helloLine(me))
    socket.destroy()
    await listener.close()
  }
})

listening('neither a listener nor a watch keeps a process alive', async () => {
  const folder = new URL('../../../../topology/runtime/failover/', import.meta.url).href
  const source = `
    import { PeerListener } from '${folder}peer-listener.ts'
    import { PeerWatch } from '${folder}peer-watch.ts'
    const [a, b] = ['a', 'b'].map(boot => ({ applicationId: 'app', instance: boot, boot }))
    const listener = await PeerListener.open(a, '127.0.0.1')
    const watch = new PeerWatch({ self: b, onDead() {} })
    watch.update([{ memberId: 'a', instance: 'a', boot: 'a', host: '127.0.0.1', peerPort: listener.port }])
    while (watch.connected.length === 0) await new Promise(resolve => setTimeout(resolve, 10))
    console.log('connected')`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  const [code] = (await once(child, 'close')) as [number]
  assert.is(out, 'connected\n')
  assert.is(code, 0)
})

listening.run()
