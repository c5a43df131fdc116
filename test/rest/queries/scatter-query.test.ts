import { array, assert as check, integer, option, property, string, uniqueArray } from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mergeShares, uncovered } from '../../../rest/queries/scatter-query.ts'
import { APPLICATION, STORE } from '../memory-group.ts'
import type { TwoInstances } from '../two-instances.ts'
import { get, withTwoInstances } from '../two-instances.ts'

const test = suite('scatter query')

const keys = Array.from({ length: 20 }, (_, index) => `key-${String(index).padStart(2, '0')}`)
const entries = keys.map((key, index) => ({ key, value: { index } }))
const path = `/state/${STORE}/all`

function fill({ group }: TwoInstances): void {
  for (const { key, value } of entries) group.put(key, value)
}

test('all entries of all instances, in key order, from any instance', () =>
  withTwoInstances(async both => {
    fill(both)
    assert.ok(both.group.partitions.every(partition => partition.size > 0))
    for (const server of Object.values(both.servers)) {
      const got = await get(server, path)
      assert.is(got.status, 200)
      assert.equal(got.body, { store: STORE, entries })
    }
  }))

test('a limit gives the first keys of all instances, the same from any instance', () =>
  withTwoInstances(async both => {
    fill(both)
    for (const limit of [1, 7, 20, 1000]) {
      for (const server of Object.values(both.servers)) {
        assert.equal((await get(server, `${path}?limit=${limit}`)).body['entries'], entries.slice(0, limit))
      }
    }
  }))

test('wrong parameters are refused by name', () =>
  withTwoInstances(async ({ servers }) => {
    for (const query of ['limit=0', 'limit=-1', 'limit=ten', 'limit=1.5', 'limit=', 'limit=1&limit=2', 'partial=maybe']) {
      const got = await get(servers.a, `${path}?${query}`)
      assert.is(got.status, 400, query)
      assert.is(got.body['code'], 'INPUT_INVALID')
      assert.match(String(got.body['error']), query.split('=')[0] as string)
    }
  }))

test('a hop is answered for the partitions of the receiver, which it names', () =>
  withTwoInstances(async both => {
    fill(both)
    const got = await get(both.servers.b, path, { headers: { 'x-sluice-hop': APPLICATION } })
    assert.equal(got.body['partitions'], [2, 3])
    const shares = got.body['shares'] as { entries: { key: string }[] }[]
    assert.equal(
      shares.flatMap(share => share.entries.map(entry => entry.key)).sort(),
      keys.filter(key => both.group.partitionOf(key) >= 2),
    )
    assert.is(both.a.reads, 0)
  }))

test('an unreachable instance: no answer, or a partial answer that says so', () =>
  withTwoInstances(async both => {
    fill(both)
    await both.servers.b.close()
    const refused = await get(both.servers.a, path)
    assert.is(refused.status, 503)
    assert.is(refused.body['code'], 'OWNER_UNREACHABLE')
    assert.ok(refused.headers.has('retry-after'))
    const { status, body } = await get(both.servers.a, `${path}?partial=true`)
    assert.is(status, 200)
    assert.equal(
      body['entries'],
      entries.filter(entry => both.group.partitionOf(entry.key) < 2),
    )
    const [missing, ...others] = body['missing'] as { host: string; port: number; code: string }[]
    assert.equal(others, [])
    assert.is(missing?.port, both.servers.b.port)
    assert.is(missing?.code, 'OWNER_UNREACHABLE')
    assert.equal(body['missingPartitions'], [2, 3])
  }))

test('a partition without an owner, or that restores, is missing', () =>
  withTwoInstances(async both => {
    fill(both)
    both.group.owners[1] = undefined
    assert.is((await get(both.servers.b, path)).body['code'], 'STORE_NOT_READY')
    assert.equal((await get(both.servers.b, `${path}?partial=true`)).body['missingPartitions'], [1])
    both.a.taskState = 'restoring'
    const partial = await get(both.servers.a, `${path}?partial=true`)
    assert.equal(partial.body['missingPartitions'], [0, 1])
    assert.equal(partial.body['missing'], [])
    both.a.taskState = 'running'
    both.group.owners[1] = both.b
    const whole = await get(both.servers.a, `${path}?partial=true`)
    assert.equal(whole.body, { store: STORE, entries, missing: [], missingPartitions: [] })
  }))

test('if a partition moves during the query, the query starts again', () =>
  withTwoInstances(
    async both => {
      fill(both)
      both.b.onRead = () => {
        if (both.b.reads === 1) both.group.owners[2] = both.a
      }
      const got = await get(both.servers.a, path)
      assert.is(got.status, 200)
      assert.equal(got.body['entries'], entries)
      assert.ok(both.b.reads > 1)
    },
    { retryMs: 5000 },
  ))

test('merging keeps each key once, in the order of bytes, whatever the shares', () => {
  const keyList = uniqueArray(string({ unit: 'binary' }), { maxLength: 30 })
  const sortedBytes = (list: readonly string[]): string[] => list.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  check(
    property(array(keyList, { maxLength: 4 }), option(integer({ min: 1, max: 40 }), { nil: undefined }), (lists, limit) => {
      const shares = lists.map((list, partition) => {
        const entries = sortedBytes(list).map(key => ({ key, value: partition }))
        return { partition, entries, count: entries.length, more: false }
      })
      const merged = mergeShares(shares, limit)
      const all = sortedBytes([...new Set(lists.flat())])
      assert.equal(
        merged.entries.map(entry => entry.key),
        all.slice(0, limit),
      )
      assert.is(merged.next, limit !== undefined && all.length > limit ? all[limit - 1] : undefined)
    }),
  )
})

test('uncovered partitions are those that no share has', () => {
  const store = { name: STORE, partitions: 4, changelogTopic: undefined }
  const shares = (...partitions: number[]) => partitions.map(partition => ({ partition }))
  assert.equal(uncovered(store, []), [0, 1, 2, 3])
  assert.equal(uncovered(store, shares(0, 2, 3)), [1])
  assert.equal(uncovered(store, shares(0, 1, 1, 2, 3)), [])
})

test('pages cover all entries, each once, from any instance', () =>
  withTwoInstances(async both => {
    fill(both)
    for (const size of [1, 3, 19, 20, 21]) {
      const seen: unknown[] = []
      let after: string | undefined
      for (let page = 0; page < 25; page++) {
        const server = page % 2 === 0 ? both.servers.a : both.servers.b
        const { body } = await get(server, `${path}?limit=${size}${after === undefined ? '' : `&after=${after}`}`)
        seen.push(...(body['entries'] as unknown[]))
        after = body['next'] as string | undefined
        if (after === undefined) break
      }
      assert.equal(seen, entries, `pages of ${size}`)
    }
  }))

test('ranges and prefixes, and the counts of their entries', () =>
  withTwoInstances(async both => {
    fill(both)
    const cases: [query: string, from: number, to: number][] = [
      ['from=key-05', 5, 20],
      ['to=key-05', 0, 5],
      ['from=key-03&to=key-12', 3, 12],
      ['prefix=key-1', 10, 20],
      ['prefix=key-1&from=key-15', 15, 20],
      ['prefix=nothing', 0, 0],
      ['from=key-12&to=key-03', 0, 0],
      ['', 0, 20],
    ]
    for (const server of Object.values(both.servers)) {
      for (const [query, from, to] of cases) {
        assert.equal((await get(server, `${path}?${query}`)).body['entries'], entries.slice(from, to), query)
        assert.equal((await get(server, `/state/${STORE}/count?${query}`)).body, { store: STORE, count: to - from }, query)
      }
    }
  }))

test('partitions without an owner come from standbys, and are marked', () =>
  withTwoInstances(async both => {
    fill(both)
    both.group.owners.splice(2, 2, undefined, undefined)
    both.group.standbys[2] = [both.a]
    both.group.standbys[3] = [both.a, both.b]
    both.a.lag = 7
    both.b.lag = 2
    const { status, body } = await get(both.servers.b, path)
    assert.is(status, 200)
    const marked = entries.map(entry => (both.group.partitionOf(entry.key) < 2 ? entry : { ...entry, stale: true }))
    assert.equal(body['entries'], marked)
    assert.equal(body['stale'], [
      { partition: 2, lag: 7, ...both.a.self },
      { partition: 3, lag: 2, ...both.b.self },
    ])
    assert.is((await get(both.servers.a, `/state/${STORE}/count`)).body['count'], 20)
    both.a.lag = undefined
    const refused = await get(both.servers.b, path)
    assert.is(refused.status, 503)
    assert.equal((await get(both.servers.b, `${path}?partial=true`)).body['missingPartitions'], [2])
  }))

test('requests that only instances send each other are refused from a client', () =>
  withTwoInstances(async both => {
    fill(both)
    both.group.standbys[0] = [both.b]
    for (const query of ['stale=true', 'partitions=0']) {
      const got = await get(both.servers.a, `${path}?${query}`)
      assert.equal(got.body['entries'], entries)
      assert.not('stale' in got.body)
    }
  }))

test.run()
