import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../../../records/serde.ts'
import { SluiceError } from '../../../../base/sluice-error.ts'
import { keyValueStore, type ManagedStore, modelStateStore, versionedKeyValueStore } from '../../../../stores/index.ts'
import { Topology } from '../../../../topology/index.ts'
import { type AnsweringTasks, LocalQueries } from '../../../../topology/runtime/queries/local-queries.ts'
import { KeyLocator } from '../../../../topology/runtime/queries/key-locator.ts'
import type { PartitionQuery } from '../../../../topology/queryable-streams.ts'

const test = suite('queries to the stores of a thread')

const texts = { key: stringSerde, value: stringSerde }
const plain = keyValueStore({ name: 'plain', ...texts })
const versioned = versionedKeyValueStore({ name: 'versioned', ...texts, historyRetentionMs: 1000 })
const models = modelStateStore({ name: 'models' })
const names = ['plain', 'versioned', 'models']

const topology = new Topology()
  .addSource('in', 'in', texts)
  .addProcessor('processor', () => ({ process: () => undefined }), 'in')
  .addStateStore(plain, 'processor')
  .addStateStore(versioned, 'processor')
  .addStateStore(models, 'processor')
const map = new KeyLocator('test', topology.build(), {
  partitionCounts: new Map([['in', 1]]),
  partitionsOf: [1],
  tasks: ['0_0'],
  tombstonesMs: new Map(),
})

const model = { name: 'm', description: '', modeltype: 3, bytes: Buffer.from('model'), location: '', output: '', since: 1, partition: 0 }

/** The stores of a task: three keys committed in each, one of which was deleted again; then one more that is not committed. */
async function filled(): Promise<ReadonlyMap<string, ManagedStore>> {
  const [texts, versions, served] = [await plain.open(undefined), await versioned.open(undefined), await models.open(undefined)]
  const all = new Map<string, ManagedStore>([
    ['plain', texts],
    ['versioned', versions],
    ['models', served],
  ])
  const commit = async (): Promise<void> => {
    for (const managed of all.values()) {
      managed.prepareCommit()
      await managed.postCommit({ changelogOffset: 1 })
    }
  }
  for (const [at, key] of ['a', 'b', 'gone'].entries()) {
    texts.store.put(key, key)
    await versions.store.put(key, 'before', 1)
    await versions.store.put(key, key, 5)
    if (key === 'gone') served.store.markApplied(key, at)
    else served.store.addVersion(key, { ...model, offset: at })
  }
  await commit()
  texts.store.delete('gone')
  await versions.store.delete('gone', 9)
  await commit()
  texts.store.put('later', 'x')
  await versions.store.put('later', 'x', 10)
  served.store.addVersion('later', { ...model, offset: 7 })
  return all
}

type State = AnsweringTasks['tasks'][number]['state']

const queriesOf = (tasks: Partial<AnsweringTasks>, leased = true): LocalQueries =>
  new LocalQueries(map, { tasks: [], standbys: [], globalStores: [], ...tasks }, () => leased)
const inState = (stores: ReadonlyMap<string, ManagedStore>, state: State, suspendedWhole = false): LocalQueries =>
  queriesOf({ tasks: [{ partition: 0, state, suspendedWhole, stateManager: { stores } }] })

async function refusal(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    value => ({ value }),
    (error: unknown) => (error as SluiceError).code,
  )
}

const count = async (queries: LocalQueries, store: string, query: PartitionQuery = {}): Promise<number | undefined> =>
  (await queries.queryPartitions(store, { ...query, countOnly: true }))[0]?.count

test('the number of keys equals that of entries, in every kind of store', async () => {
  const queries = inState(await filled(), 'running')
  const cases: PartitionQuery[] = [
    {},
    { uncommitted: true },
    { from: 'b' },
    { to: 'b' },
    { prefix: 'a' },
    { prefix: '' },
    { after: 'a' },
    { from: 'x' },
  ]
  for (const store of names) {
    for (const query of cases) {
      const [share] = await queries.queryPartitions(store, query)
      assert.is(await count(queries, store, query), share?.entries.length, `${store} ${JSON.stringify(query)}`)
    }
    assert.is(await count(queries, store), 2, store)
    assert.is(await count(queries, store, { uncommitted: true }), 3, store)
  }
})

test('keys of a store with one row per key are counted without being read', async () => {
  const stores = await filled()
  const { store } = stores.get('plain') as ManagedStore
  let reads = 0
  const queryAll = store.queryAll.bind(store)
  store.queryAll = query => {
    reads++
    return queryAll(query)
  }
  const queries = inState(stores, 'running')
  assert.is(await count(queries, 'plain'), 2)
  assert.is(reads, 0)
  assert.is(await count(queries, 'plain', { from: 'b' }), 1)
  assert.is(reads, 1)
})

test('a task that a rebalance has suspended is no owner: its committed values are stale', async () => {
  const queries = inState(await filled(), 'suspended', true)
  assert.is(await refusal(queries.query('plain', 'a')), 'STORE_NOT_READY')
  assert.is(await refusal(queries.queryVersions('versioned', 'a', {})), 'STORE_NOT_READY')
  assert.equal(await queries.queryPartitions('plain', {}), [])
  assert.equal(await queries.queryStale('plain', 'a'), { value: 'a' })
  assert.equal(await queries.queryStale('plain', 'later'), { value: undefined }, 'never what was not committed')
  assert.equal(await queries.queryVersions('versioned', 'a', { standby: true, asOf: 2 }), {
    versions: [{ value: 'before', timestamp: 1, validTo: 5 }],
    stale: true,
  })
  const entries = [
    { key: 'a', value: 'a' },
    { key: 'b', value: 'b' },
  ]
  assert.equal(await queries.queryPartitions('plain', { standbys: true }), [{ partition: 0, entries, count: 2, more: false, stale: true }])
  assert.equal(await queries.queryPartitions('plain', { standbys: true, countOnly: true }), [
    { partition: 0, entries: [], count: 2, more: false, stale: true },
  ])
})

test('a task that restores, or was suspended during its restore, answers nothing', async () => {
  const stores = await filled()
  for (const queries of [inState(stores, 'suspended', false), inState(stores, 'restoring')]) {
    assert.is(await refusal(queries.query('plain', 'a')), 'STORE_NOT_READY')
    assert.is(await refusal(queries.queryStale('plain', 'a')), 'STORE_NOT_READY')
    assert.is(await refusal(queries.queryVersions('versioned', 'a', { standby: true })), 'STORE_NOT_READY')
    assert.equal(await queries.queryPartitions('plain', { standbys: true }), [])
  }
})

test('a task that another instance may own already does not answer as owner', async () => {
  const tasks = [{ partition: 0, state: 'running' as const, suspendedWhole: false, stateManager: { stores: await filled() } }]
  const queries = queriesOf({ tasks }, false)
  assert.is(await refusal(queries.query('plain', 'a')), 'STORE_NOT_READY')
  assert.is(await refusal(queries.queryVersions('versioned', 'a', { asOf: 2 })), 'STORE_NOT_READY')
  assert.equal(await queries.queryPartitions('plain', {}), [])
})

test('a standby answers with its lag', async () => {
  const stateManager = { stores: await filled() }
  const queries = queriesOf({ standbys: [{ partition: 0, lag: 3, stateManager }] })
  assert.equal(await queries.queryStale('plain', 'a'), { value: 'a', lag: 3 })
  assert.equal(await queries.queryVersions('versioned', 'gone', { standby: true }), {
    versions: [
      { value: 'before', timestamp: 1, validTo: 5 },
      { value: 'gone', timestamp: 5, validTo: 9 },
    ],
    stale: true,
    lag: 3,
  })
  assert.equal((await queries.queryPartitions('plain', { standbys: true, limit: 1 }))[0], {
    partition: 0,
    entries: [{ key: 'a', value: 'a' }],
    count: 1,
    more: true,
    stale: true,
    lag: 3,
  })
  const unknown = queriesOf({ standbys: [{ partition: 0, lag: undefined, stateManager }] })
  assert.is(await refusal(unknown.queryStale('plain', 'a')), 'STORE_NOT_READY')
})

test('a store without versions refuses queries for versions', async () => {
  const queries = inState(await filled(), 'running')
  assert.is(await refusal(queries.queryVersions('plain', 'a', {})), 'INPUT_INVALID')
  assert.is(await refusal(queries.queryVersions('none', 'a', {})), 'STORE_UNKNOWN')
  assert.equal(
    map.stores.map(({ name, versioned: flag }) => [name, flag]),
    [
      ['plain', false],
      ['versioned', true],
      ['models', false],
    ],
  )
})

test.run()
