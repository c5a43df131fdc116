import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { APPLICATION, STORE } from '../memory-group.ts'
import type { TwoInstances } from '../two-instances.ts'
import { get, withTwoInstances } from '../two-instances.ts'

const test = suite('query router')

const peers: Server[] = []

/** A server that plays another instance, closed when the test ends however it ends. */
function peerThat(answers: RequestListener): Server {
  const peer = createServer(answers).listen(0, '127.0.0.1')
  peers.push(peer)
  return peer
}

const addressOf = (peer: Server) => ({ host: '127.0.0.1', port: (peer.address() as AddressInfo).port })

test.after.each(() => {
  for (const peer of peers.splice(0)) {
    peer.close()
    peer.closeAllConnections()
  }
})

/** Keys whose partitions are 0, 1, 2 and 3. */
const keys = ['d', 'a', 'b', 'c']
const path = (key: string, store = STORE) => `/state/${store}/keys/${encodeURIComponent(key)}`

function fill({ group }: TwoInstances): void {
  for (const key of keys) group.put(key, { name: `model of ${key}`, versions: [1, 2] })
}

test('every instance gives the same answer for every key, and names the owner', () =>
  withTwoInstances(async both => {
    fill(both)
    for (const key of keys) {
      const owner = both.group.owners[both.group.partitionOf(key)]?.self
      const expected = { store: STORE, key, value: { name: `model of ${key}`, versions: [1, 2] }, ...owner }
      for (const server of Object.values(both.servers)) {
        const got = await get(server, path(key))
        assert.is(got.status, 200)
        assert.equal(got.body, expected)
      }
    }
    assert.is(both.a.reads, 4)
    assert.is(both.b.reads, 4)
  }))

test('null, false and empty values are values', () =>
  withTwoInstances(async ({ group, servers }) => {
    for (const value of [null, false, 0, '']) {
      group.put('c', value)
      const got = await get(servers.a, path('c'))
      assert.is(got.status, 200)
      assert.is(got.body['value'], value)
    }
  }))

test('encoded keys reach the owner as they are', () =>
  withTwoInstances(async ({ group, servers }) => {
    const odd = ['a/b', 'a%2Fb', '%', 'ü €', 'a?b#c', 'a+b', 'weiß/日本', '"', '\u0000', 'x y', '😀', '...', 'a&b=c', '100%25']
    for (const key of odd) group.put(key, { key })
    for (const key of odd) {
      for (const server of Object.values(servers)) {
        const got = await get(server, path(key))
        assert.is(got.status, 200, key)
        assert.equal(got.body['value'], { key })
        assert.is(got.body['key'], key)
      }
    }
  }))

test('a hop is answered by the receiver itself or not at all', () =>
  withTwoInstances(async both => {
    fill(both)
    let lookups = 0
    both.group.onOwnerLookup = () => (lookups += 1)
    const got = await get(both.servers.a, path('c'), { headers: { 'x-sluice-hop': APPLICATION } })
    assert.is(got.status, 503)
    assert.is(got.body['code'], 'STORE_NOT_READY')
    assert.is(both.b.reads, 0)
    assert.is(lookups, 0)
  }))

test('a hop has the header that marks it', async () => {
  const seen: (string | string[] | undefined)[] = []
  const peer = peerThat((request, response) => {
    seen.push(request.headers['x-sluice-hop'])
    response.end(JSON.stringify({ value: 7 }))
  })
  await withTwoInstances(async ({ b, servers }) => {
    b.self = addressOf(peer)
    assert.is((await get(servers.a, path('c'))).body['value'], 7)
  })
  assert.equal(seen, [APPLICATION])
})

test('instances that take each other for the owner answer 503, without a loop', () =>
  withTwoInstances(async ({ a, b, group, servers }) => {
    const ownersSeen = [b, a]
    for (const [index, member] of [a, b].entries()) member.ownerOf = () => Promise.resolve(ownersSeen[index]?.metadata())
    group.owners.fill(undefined)
    const got = await get(servers.a, path('c'))
    assert.is(got.status, 503)
    assert.is(a.reads, 0)
    assert.ok(b.reads >= 1)
  }))

test('a hop of another application is refused', () =>
  withTwoInstances(async both => {
    fill(both)
    const got = await get(both.servers.b, path('c'), { headers: { 'x-sluice-hop': 'another' } })
    assert.is(got.status, 421)
    assert.is(got.body['code'], 'HOP_MISDIRECTED')
    assert.is(both.b.reads, 0)
  }))

test('unknown keys and stores are 404 on every instance', () =>
  withTwoInstances(async ({ servers }) => {
    for (const server of Object.values(servers)) {
      for (const key of keys) {
        const got = await get(server, path(key))
        assert.is(got.status, 404)
        assert.is(got.body['code'], 'KEY_UNKNOWN')
        assert.match(String(got.body['error']), `no key ${key}`)
      }
      for (const unknown of [path('a', 'nope'), '/state/nope/all', '/state/nope/value', '/state/instances/nope']) {
        const got = await get(server, unknown)
        assert.is(got.status, 404)
        assert.is(got.body['code'], 'STORE_UNKNOWN')
      }
    }
  }))

test('a request waits for the end of a rebalance', () =>
  withTwoInstances(
    async both => {
      fill(both)
      both.group.owners[3] = undefined
      let lookups = 0
      both.group.onOwnerLookup = () => {
        if (++lookups === 3) both.group.owners[3] = both.b
      }
      const got = await get(both.servers.a, path('c'))
      assert.is(got.status, 200)
      assert.is(got.body['port'], both.servers.b.port)
      assert.is(lookups, 3)
    },
    { retryMs: 5000 },
  ))

test('an owner that restores is asked again, and so is the next owner of the key', () =>
  withTwoInstances(
    async both => {
      fill(both)
      both.b.taskState = 'restoring'
      both.b.onRead = () => {
        if (both.b.reads === 2) both.group.owners[3] = both.a
      }
      const got = await get(both.servers.a, path('c'))
      assert.is(got.status, 200)
      assert.is(got.body['port'], both.servers.a.port)
      assert.is(both.b.reads, 2)
    },
    { retryMs: 5000 },
  ))

test('a rebalance that does not end is a 503 with Retry-After', () =>
  withTwoInstances(async both => {
    both.group.owners.fill(undefined)
    let lookups = 0
    both.group.onOwnerLookup = () => (lookups += 1)
    const got = await get(both.servers.a, path('c'))
    assert.is(got.status, 503)
    assert.is(got.body['code'], 'STORE_NOT_READY')
    assert.match(got.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    assert.ok(lookups > 1)
  }))

test('an owner that is gone is a 503, until the group has another', () =>
  withTwoInstances(async both => {
    fill(both)
    await both.servers.b.close()
    const got = await get(both.servers.a, path('c'))
    assert.is(got.status, 503)
    assert.is(got.body['code'], 'OWNER_UNREACHABLE')
    assert.ok(got.headers.has('retry-after'))
    both.group.owners[3] = both.a
    assert.is((await get(both.servers.a, path('c'))).status, 200)
  }))

test('the deadline ends a request to an owner that does not answer', () =>
  withTwoInstances(
    async both => {
      fill(both)
      let release = () => {}
      both.b.onRead = () => new Promise<void>(resolve => (release = resolve))
      const got = await get(both.servers.a, path('c'))
      release()
      assert.is(got.status, 503)
      assert.is(got.body['code'], 'OWNER_UNREACHABLE')
      assert.match(String(got.body['error']), 'no answer within 50 ms')
    },
    { hopTimeoutMs: 50, retryMs: 0 },
  ))

test('answers that are not JSON, redirects, truncated, of another shape or of another application are errors', async () => {
  const location = { location: 'http://127.0.0.1:1/' }
  for (const kind of ['text', 'redirect', 'cut', 'other', 'misdirected'] as const) {
    const peer = peerThat((_request, response) => {
      if (kind === 'text') response.end('<html>')
      if (kind === 'other') response.end('{"unexpected":true}')
      if (kind === 'misdirected') response.writeHead(421).end('{"error":"","code":"HOP_MISDIRECTED"}')
      if (kind === 'redirect') response.writeHead(307, location).end('{}')
      if (kind === 'cut') response.writeHead(200, { 'content-length': '100' }).write('{"value"', () => response.destroy())
    })
    await withTwoInstances(
      async ({ b, servers }) => {
        b.self = addressOf(peer)
        const got = await get(servers.a, path('c'))
        assert.is(got.status, 503, kind)
        assert.is(got.body['code'], 'OWNER_UNREACHABLE', kind)
      },
      { retryMs: 0 },
    )
  }
})

test('no request goes to an address that the group does not list', async () => {
  let asked = 0
  const stranger = peerThat((_request, response) => {
    asked += 1
    response.end('{"value":1}')
  })
  await withTwoInstances(async ({ a, b, servers }) => {
    a.ownerOf = () => Promise.resolve({ ...b.metadata(), ...addressOf(stranger) })
    assert.is((await get(servers.a, path('c'))).status, 503)
  })
  assert.is(asked, 0)
})

/** Key "c" is b's; a follows it, five offsets behind. */
function withStandby(both: TwoInstances): void {
  fill(both)
  both.group.standbys[3] = [both.a]
  both.a.lag = 5
}

test('a standby answers for an owner that is gone, with its lag', () =>
  withTwoInstances(async both => {
    withStandby(both)
    assert.not('stale' in (await get(both.servers.a, path('c'))).body, 'the owner goes first')
    await both.servers.b.close()
    const got = await get(both.servers.a, path('c'))
    assert.is(got.status, 200)
    assert.equal(got.body, { store: STORE, key: 'c', value: { name: 'model of c', versions: [1, 2] }, ...both.a.self, stale: true, lag: 5 })
  }))

test('a standby on another instance is asked while the key has no owner', () =>
  withTwoInstances(async both => {
    withStandby(both)
    both.group.owners.fill(undefined)
    for (const server of Object.values(both.servers)) {
      const got = await get(server, path('c'))
      assert.is(got.status, 200)
      assert.equal([got.body['stale'], got.body['lag'], got.body['port']], [true, 5, both.servers.a.port])
    }
  }))

test('a standby answers while the owner restores', () =>
  withTwoInstances(async both => {
    withStandby(both)
    both.b.taskState = 'restoring'
    assert.is((await get(both.servers.b, path('c'))).body['lag'], 5)
  }))

test('a missing key is final from an owner, but not from a standby', () =>
  withTwoInstances(async both => {
    both.group.standbys[3] = [both.a]
    assert.is((await get(both.servers.a, path('c'))).body['code'], 'KEY_UNKNOWN')
    both.group.owners[3] = undefined
    const got = await get(both.servers.a, path('c'))
    assert.is(got.status, 503)
    assert.is(got.body['code'], 'STORE_NOT_READY')
  }))

test('if a standby does not know its lag, or is gone, another one is asked', () =>
  withTwoInstances(
    async both => {
      withStandby(both)
      both.group.owners[3] = undefined
      both.a.lag = undefined
      assert.is((await get(both.servers.b, path('c'))).status, 503)
      both.group.standbys[3] = [both.a, both.b]
      assert.is((await get(both.servers.a, path('c'))).body['lag'], 0)
      both.a.lag = 5
      await both.servers.a.close()
      both.group.standbys[3] = [both.a]
      assert.is((await get(both.servers.b, path('c'))).status, 503)
    },
    { retryMs: 0 },
  ))

test('only other instances can request stale answers, not clients', () =>
  withTwoInstances(async both => {
    withStandby(both)
    const got = await get(both.servers.a, `${path('c')}?stale=true`)
    assert.is(got.body['port'], both.servers.b.port)
    assert.not('stale' in got.body)
    const hop = await get(both.servers.a, `${path('c')}?stale=true`, { headers: { 'x-sluice-hop': APPLICATION } })
    assert.is(hop.body['stale'], true)
  }))

test('a keep-alive connection that the owner has closed does not fail a request', async () => {
  let connections = 0
  const peer = peerThat((_request, response) => response.end('{"value":1}'))
  const sockets = new Set<{ destroy(): void }>()
  peer.on('connection', socket => {
    connections += 1
    sockets.add(socket)
  })
  await withTwoInstances(
    async ({ b, servers }) => {
      b.self = addressOf(peer)
      assert.is((await get(servers.a, path('c'))).status, 200)
      assert.is((await get(servers.a, path('c'))).status, 200)
      assert.is(connections, 1)
      for (const socket of sockets) socket.destroy()
      assert.is((await get(servers.a, path('c'))).status, 200)
      assert.is(connections, 2)
    },
    { retryMs: 0 },
  )
})

test.run()
