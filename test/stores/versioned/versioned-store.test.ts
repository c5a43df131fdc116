import { setImmediate } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonSerde, stringSerde } from '../../../records/serde.ts'
import { SluiceError } from '../../../base/sluice-error.ts'
import { versionedKeyValueStore, type Row, type TypedManagedStore, type VersionedKeyValueStore } from '../../../stores/index.ts'
import { withDirectory } from '../temporary-directory.ts'

const test = suite('versioned store')

type Store = VersionedKeyValueStore<string, string>
type Managed = TypedManagedStore<Store>

const texts = { name: 'versions', key: stringSerde, value: stringSerde }

function open(historyRetentionMs = 100, directory?: string): Promise<Managed> {
  return versionedKeyValueStore({ ...texts, historyRetentionMs }).open(directory)
}

async function commit(managed: Managed): Promise<readonly Row[]> {
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: (managed.checkpoint?.changelogOffset ?? 0) + rows.length })
  return rows
}

/** "value@from-to" of each. */
async function shown(store: Store, key: string, from?: number, to?: number): Promise<string> {
  const found: string[] = []
  for await (const { value, timestamp, validTo } of store.versions(key, from, to)) found.push(`${value}@${timestamp}-${validTo ?? ''}`)
  return found.join(' ')
}

test('each method that writes a version', async () => {
  const cases: [what: string, writes: (store: Store) => unknown[], given: unknown[], versions: string][] = [
    ['one after the other', s => [s.put('k', 'a', 1), s.put('k', 'b', 5)], [Infinity, Infinity], 'a@1-5 b@5-'],
    ['twice at one time', s => [s.put('k', 'a', 1), s.put('k', 'b', 1)], [Infinity, Infinity], 'b@1-'],
    ['before all others', s => [s.put('k', 'a', 5), s.put('k', 'b', 1)], [Infinity, 5], 'b@1-5 a@5-'],
    [
      'deleted, and there again',
      s => [s.put('k', 'a', 1), s.delete('k', 5), s.put('k', 'b', 9)],
      [Infinity, Infinity, Infinity],
      'a@1-5 b@9-',
    ],
    ['deleted without a value', s => [s.delete('k', 5), s.put('k', 'b', 9)], [Infinity, Infinity], 'b@9-'],
    [
      'times below zero, and beyond 32 bits',
      s => [s.put('k', 'a', -7), s.put('k', 'b', 2 ** 45)],
      [Infinity, Infinity],
      'a@-7-35184372088832 b@35184372088832-',
    ],
  ]
  for (const [what, writes, given, versions] of cases) {
    const { store } = await open(Infinity)
    assert.equal(await Promise.all(writes(store)), given, what)
    assert.is(await shown(store, 'k'), versions, what)
  }
})

test('late writes and deletions are sorted into the versions', async () => {
  const { store } = await open(Infinity)
  await store.put('k', 'a', 10)
  await store.put('k', 'b', 20)
  await store.put('k', 'c', 30)
  assert.is(await store.put('k', 'x', 14), 20)
  assert.is(await shown(store, 'k'), 'a@10-14 x@14-20 b@20-30 c@30-')
  assert.is(await store.put('k', 'y', 14), 20)
  assert.is(await store.put('k', 'z', 2), 10)
  assert.is(await store.delete('k', 24), 30)
  assert.is(await shown(store, 'k'), 'z@2-10 a@10-14 y@14-20 b@20-24 c@30-')
  assert.is(await store.put('k', 'in the gap', 27), 30)
  assert.is(await store.delete('k', 10), 14)
  assert.is(await shown(store, 'k'), 'z@2-10 y@14-20 b@20-24 in the gap@27-30 c@30-')
})

test('a deletion is kept for late writes', async () => {
  const { store } = await open(Infinity)
  await store.delete('k', 5)
  await store.put('k', 'b', 9)
  assert.is(await store.put('k', 'a', 3), 5)
  assert.equal(await Promise.all([2, 3, 4, 5, 8, 9].map(async at => (await store.get('k', at))?.value)), [
    undefined,
    'a',
    'a',
    undefined,
    undefined,
    'b',
  ])
})

test('reads of the newest value are synchronous', async () => {
  const { store } = await open()
  assert.is(store.get('k'), undefined)
  assert.is(store.get('k', 7), undefined)
  assert.is(store.put('k', 'a', 10), Infinity)
  assert.equal(store.get('k'), { value: 'a', timestamp: 10 })
  assert.equal(store.get('k', 10), { value: 'a', timestamp: 10 })
  assert.equal(store.get('k', Infinity), { value: 'a', timestamp: 10 })
  await store.put('k', 'b', 20)
  const past = store.get('k', 19)
  assert.instance(past, Promise)
  assert.equal(await past, { value: 'a', timestamp: 10, validTo: 20 })
  assert.is(await store.get('k', 9), undefined)
  assert.is(await store.get('k', NaN), undefined)
  await store.delete('k', 30)
  assert.is(store.get('k'), undefined)
  assert.equal(await store.get('k', 29), { value: 'b', timestamp: 20, validTo: 30 })
})

test('versions of a time span', async () => {
  const { store } = await open(Infinity)
  for (const time of [10, 20, 30]) await store.put('k', `v${time}`, time)
  await store.delete('k', 40)
  const cases: [from: number | undefined, to: number | undefined, versions: string][] = [
    [undefined, undefined, 'v10@10-20 v20@20-30 v30@30-40'],
    [10, 10, ''],
    [10, 11, 'v10@10-20'],
    [19, 20, 'v10@10-20'],
    [19, 21, 'v10@10-20 v20@20-30'],
    [20, undefined, 'v20@20-30 v30@30-40'],
    [undefined, 30, 'v10@10-20 v20@20-30'],
    [39.5, 100, 'v30@30-40'],
    [40, undefined, ''],
    [5, 9.5, ''],
    [30, 10, ''],
  ]
  for (const [from, to, versions] of cases) assert.is(await shown(store, 'k', from, to), versions, `${from} to ${to}`)
})

test('beyond the history only valid versions are found, and late writes are dropped and counted', async () => {
  const managed = await open(100)
  const { store } = managed
  await store.put('old', 'still', 0)
  await store.put('k', 'a', 0)
  await store.put('k', 'b', 50)
  await store.put('k', 'c', 160)
  assert.equal(await store.get('k', 60), { value: 'b', timestamp: 50, validTo: 160 })
  assert.is(await store.get('k', 59), undefined)
  assert.is(await shown(store, 'k'), 'b@50-160 c@160-')
  assert.equal(store.get('old', 1), { value: 'still', timestamp: 0 })
  assert.is(store.put('k', 'late', 59), undefined)
  assert.is(store.delete('old', 59), undefined)
  assert.is(managed.droppedWrites, 2)
  assert.is(await store.put('k', 'in time', 60), 160)
  assert.is(await shown(store, 'k'), 'in time@60-160 c@160-')
  assert.equal(store.get('old'), { value: 'still', timestamp: 0 })
})

test('invalid times and retentions are refused', async () => {
  const { store } = await open()
  for (const time of [1.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(
      () => store.put('k', 'a', time),
      (error: unknown) => error instanceof SluiceError && error.code === 'INPUT_INVALID',
    )
  }
  for (const historyRetentionMs of [-1, NaN]) {
    assert.throws(
      () => versionedKeyValueStore({ ...texts, historyRetentionMs }),
      (error: unknown) => error instanceof SluiceError && error.code === 'TOPOLOGY_INVALID',
    )
  }
})

test('versions of one key are never returned for another', async () => {
  const keys = [
    '',
    '\u0000',
    '\u0000\u0000',
    '\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000',
    'a',
    'a\u0000',
    'a\u0000\u0000',
    'a\u0000b',
    'ab',
    'a\u0001',
    'ÿ',
    'k'.repeat(300),
  ]
  const managed = await open(Infinity)
  for (const [at, key] of keys.entries()) for (const time of [1, 2, 3]) await managed.store.put(key, `${at}-${time}`, 1000 * at + time)
  await commit(managed)
  for (const [at, key] of keys.entries()) {
    const base = 1000 * at
    assert.is(await shown(managed.store, key), `${at}-1@${base + 1}-${base + 2} ${at}-2@${base + 2}-${base + 3} ${at}-3@${base + 3}-`)
    assert.is(await managed.store.get(key, base), undefined)
  }
})

test('queries read committed versions by default', async () => {
  const managed = await open()
  const { store } = managed
  await store.put('a', '1', 10)
  await store.put('b', '1', 10)
  await store.put('gone', '1', 10)
  await commit(managed)
  await store.put('a', '2', 20)
  await store.delete('gone', 20)
  assert.is(store.query('a'), '1')
  assert.is(store.query('a', { uncommitted: true }), '2')
  assert.equal(await store.queryVersions?.('a', { asOf: 25 }), [{ value: '1', timestamp: 10 }])
  assert.equal(await store.queryVersions?.('a', { asOf: 15, uncommitted: true }), [{ value: '1', timestamp: 10, validTo: 20 }])
  assert.equal(await store.queryVersions?.('a'), [{ value: '1', timestamp: 10 }])
  assert.equal(await store.queryVersions?.('a', { uncommitted: true, limit: 1 }), [{ value: '1', timestamp: 10, validTo: 20 }])
  assert.equal(await store.queryVersions?.('none', { asOf: 25 }), [])
  const keys = async (uncommitted: boolean, more = {}): Promise<unknown[]> => {
    const found: unknown[] = []
    for await (const { key, value } of store.queryAll({ uncommitted, ...more })) found.push(`${key}=${String(value)}`)
    return found
  }
  assert.equal(await keys(false), ['a=1', 'b=1', 'gone=1'])
  assert.equal(await keys(true), ['a=2', 'b=1'])
  assert.equal(await keys(false, { from: 'b', limit: 1 }), ['b=1'])
  assert.equal(await keys(false, { prefix: 'g', keysOnly: true }), ['gone=undefined'])
  assert.equal(await keys(false, { after: 'a', to: 'gone' }), ['b=1'])
  assert.is(store.committedKeys, undefined, 'its rows are no keys')
})

test('keys that are not text have a text form for queries', async () => {
  const key = { serialize: (value: number) => Buffer.of(value), deserialize: (bytes: Uint8Array) => Number(bytes[0]) }
  const keyText = { parse: Number, format: String }
  const managed = await versionedKeyValueStore({ name: 'sensors', key, value: jsonSerde(), keyText, historyRetentionMs: 100 }).open(
    undefined,
  )
  await managed.store.put(0, { set: 20 }, 1)
  await managed.store.put(0, { set: 21 }, 5)
  managed.prepareCommit()
  await managed.postCommit({ changelogOffset: 1 })
  assert.equal(await managed.store.queryVersions?.('0', { asOf: 3 }), [{ value: { set: 20 }, timestamp: 1, validTo: 5 }])
  const found: unknown[] = []
  for await (const entry of managed.store.queryAll()) found.push(entry)
  assert.equal(found, [{ key: '0', value: { set: 21 }, order: '\u0000' }])
})

test('expired rows are deleted, also in the changelog', () =>
  withDirectory(async directory => {
    const hour = 3_600_000
    const managed = await open(hour, directory)
    const { store } = managed
    for (let at = 0; at < 50; at++) await store.put('busy', String(at), at * 1000)
    await store.put('idle', 'still', 0)
    await store.put('deleted', 'a', 0)
    await store.delete('deleted', 1000)
    await store.put('deleted, and there again', 'a', 0)
    await store.delete('deleted, and there again', 1000)
    await commit(managed)
    assert.is(managed.rows, 50 + 1 + 2 + 2 + 1)
    await store.put('other', 'x', 3 * hour)
    // The search runs beside the commits: what it finds goes with the next.
    let deleted = 0
    for (let tries = 0; managed.rows > 6 && tries < 1000; tries++) {
      deleted += (await commit(managed)).filter(({ value }) => value === null).length
      if (tries === 0) await store.put('deleted, and there again', 'b', 3 * hour)
      await setImmediate()
    }
    assert.is(deleted, 49 + 2 + 1)
    assert.is(managed.rows, 6, 'four keys, one deletion that is not expired, the clock')
    assert.is(await shown(store, 'deleted, and there again'), `b@${3 * hour}-`)
    await managed.close()
    const again = await open(hour, directory)
    assert.is(again.rows, 6)
    assert.is(again.store.put('busy', 'late', 2 * hour - 1), undefined, 'stream time is kept')
    await again.close()
  }))

test.run()
