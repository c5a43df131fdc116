import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { APPLICATION, STORE } from './memory-group.ts'
import type { TwoInstances } from './two-instances.ts'
import { get, withTwoInstances } from './two-instances.ts'

const test = suite('versions over REST')

const path = `/state/${STORE}/keys/c`
const noon = Date.UTC(2030, 0, 31, 12)
const versions = [
  { value: 'first', timestamp: noon - 7000, validTo: noon - 5000 },
  { value: 'second', timestamp: noon - 5000, validTo: noon - 1000 },
  { value: 'third', timestamp: noon, validTo: noon + 1 },
  { value: 'newest', timestamp: noon + 1 },
]

/** Key "c" is b's. */
function fill({ group }: TwoInstances): void {
  group.versions = new Map([['c', versions]])
}

test('the value as of a time, in ms or as a date, from any instance', () =>
  withTwoInstances(async both => {
    fill(both)
    const asked = { store: STORE, key: 'c', ...both.b.self }
    const cases: [at: string, version: number | undefined][] = [
      [`${noon - 5001}`, 0],
      [`${noon - 5000}`, 1],
      [`${noon - 1000}`, undefined],
      [`${noon}`, 2],
      ['2030-01-31T12:00:00Z', 2],
      ['2030-01-31T14:00:00.000%2B02:00', 2],
      ['2030-01-31T11:59:56Z', 1],
      ['2030-01-31', undefined],
      ['2030-02-01', 3],
      ['999999999999999', 3],
      ['-1', undefined],
    ]
    for (const server of Object.values(both.servers)) {
      for (const [at, expected] of cases) {
        const { status, body } = await get(server, `${path}?at=${at}`)
        assert.is(status, expected === undefined ? 404 : 200, at)
        if (expected === undefined) assert.is(body['code'], 'KEY_UNKNOWN', at)
        else assert.equal(body, { ...asked, ...versions[expected] }, at)
      }
    }
  }))

test('the versions of a time span, page by page, from any instance', () =>
  withTwoInstances(async both => {
    fill(both)
    const asked = { store: STORE, key: 'c', ...both.b.self }
    for (const server of Object.values(both.servers)) {
      assert.equal((await get(server, `${path}/versions`)).body, { ...asked, versions })
      assert.equal((await get(server, `${path}/versions?from=${noon - 5000}&to=2030-01-31T12:00:00Z`)).body, {
        ...asked,
        versions: versions.slice(1, 2),
      })
      assert.equal((await get(server, `/state/${STORE}/keys/none/versions`)).body['versions'], [])
      for (const size of [1, 2, 3, 4]) {
        const seen: unknown[] = []
        let from = ''
        for (let page = 0; page < 5; page++) {
          const { body } = await get(server, `${path}/versions?limit=${size}${from}`)
          seen.push(...(body['versions'] as unknown[]))
          if (body['next'] === undefined) break
          from = `&from=${body['next'] as number}`
        }
        assert.equal(seen, versions, `pages of ${size}`)
      }
    }
  }))

test('uncommitted versions are marked, also over a hop', () =>
  withTwoInstances(async both => {
    fill(both)
    for (const server of Object.values(both.servers)) {
      assert.is((await get(server, `${path}?at=${noon}&read=latest`)).body['read'], 'latest')
      assert.is((await get(server, `${path}/versions?read=latest`)).body['read'], 'latest')
      assert.not('read' in (await get(server, `${path}?at=${noon}&read=committed`)).body)
    }
  }))

test('invalid times are refused by name', () =>
  withTwoInstances(async both => {
    fill(both)
    const wrong = ['', 'noon', '1.5', '2030-01', '2030-01-31T12:00', '2030-13-01', '2030-01-31 12:00:00Z', '1e12', '1'.repeat(16)]
    for (const query of [...wrong.map(at => `?at=${at}`), ...wrong.map(from => `/versions?from=${from}`), '/versions?at=1', '?from=1']) {
      const got = await get(both.servers.a, `${path}${query}`)
      assert.is(got.status, 400, query)
      assert.is(got.body['code'], 'INPUT_INVALID', query)
    }
  }))

test('a store without versions refuses, on every instance', () =>
  withTwoInstances(async both => {
    for (const asked of [`${path}?at=1`, `${path}/versions`]) {
      assert.is((await get(both.servers.a, asked)).body['code'], 'STORE_NOT_VERSIONED')
      const hop = await get(both.servers.b, asked, { headers: { 'x-sluice-hop': APPLICATION } })
      assert.is(hop.body['code'], 'STORE_NOT_VERSIONED')
    }
    assert.is((await get(both.servers.a, '/state/none/keys/c/versions')).body['code'], 'STORE_UNKNOWN')
  }))

test('a standby answers for an owner that is gone, with its lag', () =>
  withTwoInstances(async both => {
    fill(both)
    both.group.standbys[3] = [both.a]
    both.a.lag = 5
    await both.servers.b.close()
    const marked = { store: STORE, key: 'c', ...both.a.self, stale: true, lag: 5 }
    assert.equal((await get(both.servers.a, `${path}?at=${noon}`)).body, { ...marked, ...versions[2] })
    assert.equal((await get(both.servers.a, `${path}/versions?read=latest`)).body, { ...marked, versions })
    assert.is((await get(both.servers.a, `${path}?at=0`)).status, 503, 'whether there was none, only the owner can tell')
  }))

test('while the group rebalances the former owner answers, marked stale, without a lag', () =>
  withTwoInstances(async both => {
    fill(both)
    both.group.put('c', 'now')
    both.group.owners[3] = undefined
    both.group.formers[3] = both.b
    const marked = { store: STORE, key: 'c', ...both.b.self, stale: true }
    for (const server of Object.values(both.servers)) {
      assert.equal((await get(server, path)).body, { ...marked, value: 'now' })
      assert.equal((await get(server, `${path}?at=${noon}`)).body, { ...marked, ...versions[2] })
      assert.equal((await get(server, `${path}/versions?limit=1`)).body, { ...marked, versions: versions.slice(0, 1), next: noon - 5000 })
    }
    both.group.standbys[3] = [both.a]
    both.a.lag = 2
    assert.is((await get(both.servers.b, path)).body['lag'], 2, 'a standby goes first: the former owner may be what is gone')
  }))

test('if the former owner is gone too, the answer is an error', () =>
  withTwoInstances(async both => {
    fill(both)
    both.group.put('c', 'now')
    both.group.owners[3] = undefined
    both.group.formers[3] = both.b
    await both.servers.b.close()
    const got = await get(both.servers.a, path)
    assert.equal([got.status, got.body['code']], [503, 'STORE_NOT_READY'])
    both.group.owners[3] = both.a
    assert.equal((await get(both.servers.a, path)).body, { store: STORE, key: 'c', ...both.a.self, value: 'now' })
  }))

test.run()
