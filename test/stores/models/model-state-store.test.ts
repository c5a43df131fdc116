import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice as messages } from '../../../proto/messages.js'
import { sluice } from '../../../proto/state-messages.js'
import { SluiceError } from '../../../base/sluice-error.ts'
import {
  championAlone,
  decodeModelStoreRow,
  type ModelRouting,
  modelStateStore,
  modelUsageStore,
  movedRecord,
  type ModelStateStore,
  type ModelStatistics,
  type NewModel,
  type Row,
  type TypedManagedStore,
} from '../../../stores/index.ts'
import { anHour, withClock } from '../../support/set-clock.ts'
import { withDirectory } from '../temporary-directory.ts'

type Opened = TypedManagedStore<ModelStateStore>

const test = suite('model state store')
const { ModelType } = messages.ModelDescriptor
const CHUNK = 512 * 1024

/** Bytes that differ in every chunk. */
const bytesFrom = (seed: number, length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + seed + (i >>> 16)) & 255))
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function model(offset: number, bytes: Uint8Array, more: Partial<NewModel> = {}): NewModel {
  const since = 1000 + offset
  return {
    name: `model ${offset}`,
    description: 'a model',
    modeltype: ModelType.ONNX,
    bytes,
    output: '',
    since,
    partition: 3,
    offset,
    ...more,
  }
}

let commits = 0
async function commit(managed: Opened): Promise<readonly Row[]> {
  managed.settle()
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: ++commits })
  return rows
}

const { CHAMPION } = messages.ModelRole
const use = (count: number, durationMs: number, minMs: number, maxMs: number): Parameters<ModelStateStore['recordUse']>[2] => ({
  role: CHAMPION,
  count,
  durationMs,
  minMs,
  maxMs,
})

/** What can be seen of a store by queries. */
async function seen(store: ModelStateStore): Promise<unknown> {
  const all: unknown[] = []
  for await (const entry of store.queryAll()) all.push(entry)
  return { all, latest: store.queryLatest() }
}

const keysOf = (rows: readonly Row[], prefix: string): string[] =>
  rows
    .filter(({ key }) => key.toString().startsWith(prefix))
    .map(({ key, value }) => `${key.toString()}${value === null ? ' deleted' : ''}`)

const open = (maxVersions?: number): Promise<Opened> => modelStateStore(maxVersions === undefined ? {} : { maxVersions }).open(undefined)

/** The policy of a model that is the champion alone. */
function policy(number: number, offset: number): ModelRouting {
  const place = { partition: 3, offset, acceptedAt: 1000 + offset }
  return { ...championAlone(number), number, formerChampions: [], ...place }
}

test('the first model of a data type is version 1 and serves', async () => {
  const managed = await open()
  const { store } = managed
  const bytes = bytesFrom(1, 100)
  assert.is(store.name, 'ModelStateStore')
  assert.is(store.state('wine'), undefined)
  assert.is(store.queryLatest(), undefined)
  const version = store.addVersion('wine', model(5, bytes, { location: 'file:///m.onnx', output: 'p' }))
  assert.is(version?.version, 1)
  assert.is(Buffer.from(version?.hash ?? []).toString('hex'), sha(bytes))
  const state = store.state('wine')
  assert.equal(state, { dataType: 'wine', current: 1, latest: 1, versions: [version], nextOffset: 6, routing: policy(1, 5), policies: 1 })
  assert.is(store.state('wine'), state)
  assert.is(store.query('wine'), undefined)
  await commit(managed)
  assert.is(store.state('wine'), state)
  const shown = {
    dataType: 'wine',
    name: 'model 5',
    description: 'a model',
    version: 1,
    hash: sha(bytes),
    modeltype: 'ONNX',
    size: 100,
    since: 1005,
    location: 'file:///m.onnx',
    invocations: 0,
    duration: 0,
    min: 0,
    max: 0,
    lastUsed: 0,
    roles: [],
    versions: [{ version: 1, name: 'model 5', hash: sha(bytes), since: 1005, size: 100, partition: 3, offset: 5 }],
  }
  assert.equal(store.query('wine'), shown)
  assert.equal(store.queryLatest(), shown)
  assert.is(store.query('beer'), undefined)
  assert.equal(JSON.parse(JSON.stringify(store.query('wine'))), shown)
})

test('version numbers increase; a new version makes a new state object', async () => {
  const { store } = await open()
  store.addVersion('wine', model(0, bytesFrom(1, 10)))
  const before = store.state('wine')
  assert.is(store.addVersion('wine', model(1, bytesFrom(2, 10)))?.version, 2)
  assert.is.not(store.state('wine'), before)
  assert.is(store.addVersion('beer', model(0, bytesFrom(2, 10)))?.version, 1)
  assert.is(store.state('wine')?.current, 2)
})

test('a record that was already applied changes nothing', async () => {
  const managed = await open()
  const { store } = managed
  const first = store.addVersion('wine', model(4, bytesFrom(1, 10)))
  store.addVersion('wine', model(9, bytesFrom(2, 10)))
  store.markApplied('wine', 12)
  await commit(managed)
  const state = store.state('wine')
  assert.is(state?.nextOffset, 13)
  assert.equal(store.addVersion('wine', model(4, bytesFrom(1, 10))), first)
  assert.is(store.addVersion('wine', model(12, bytesFrom(3, 10))), undefined, 'it was refused')
  assert.is(store.addVersion('wine', model(5, bytesFrom(3, 10))), undefined)
  store.markApplied('wine', 3)
  assert.is(store.state('wine'), state)
  assert.is(managed.dirty, false)
  assert.is(store.addVersion('wine', model(13, bytesFrom(3, 10)))?.version, 3)
})

test('offsets of another partition do not matter', async () => {
  const { store } = await open()
  store.addVersion('wine', model(100, bytesFrom(1, 10), { partition: 0 }))
  assert.is(store.addVersion('wine', model(5, bytesFrom(2, 10), { partition: 1 }))?.version, 2)
  store.markApplied('wine', 200, 0)
  assert.is(store.addVersion('wine', model(6, bytesFrom(3, 10), { partition: 1 }))?.version, 3)
  assert.is(store.addVersion('wine', model(5, bytesFrom(2, 10), { partition: 1 }))?.version, 2)
})

test('a refused first model is remembered, but is no model', async () => {
  const managed = await open()
  const { store } = managed
  store.markApplied('wine', 0)
  assert.equal(store.state('wine'), {
    dataType: 'wine',
    current: 0,
    latest: 0,
    versions: [],
    nextOffset: 1,
    refusedUpTo: { partition: 0, offset: 0 },
  })
  await commit(managed)
  assert.is(store.query('wine'), undefined)
  assert.equal(await seen(store), { all: [], latest: undefined })
  assert.is(store.addVersion('wine', model(1, bytesFrom(1, 10)))?.version, 1)
})

for (const [length, chunks] of [
  [0, 0],
  [1, 1],
  [CHUNK, 1],
  [CHUNK + 1, 2],
  [2.5 * CHUNK, 3],
] as const) {
  test(`${length} bytes are stored in ${chunks} chunks, and read completely`, async () => {
    const managed = await open()
    const { store } = managed
    const bytes = bytesFrom(7, length)
    const version = store.addVersion('wine', model(0, bytes))
    assert.ok(bytes.equals(store.bytesOf(version?.hash ?? '') as Buffer))
    const rows = await commit(managed)
    assert.is(keysOf(rows, 'blob/').length, chunks)
    assert.ok(rows.every(({ value }) => value !== null && value.length <= CHUNK))
    assert.ok(bytes.equals(store.bytesOf(sha(bytes)) as Buffer))
    assert.is(store.bytesOf(sha(Buffer.from('another'))), undefined)
  })
}

test('equal bytes are stored once for all data types and versions', async () => {
  const managed = await open()
  const { store } = managed
  const bytes = bytesFrom(1, CHUNK + 5)
  store.addVersion('wine', model(0, bytes))
  assert.is(keysOf(await commit(managed), 'blob/').length, 2)
  store.addVersion('wine', model(1, bytes))
  store.addVersion('beer', model(0, bytes))
  assert.equal(keysOf(await commit(managed), 'blob/'), [])
  assert.equal(store.state('wine')?.versions[0]?.hash, store.state('beer')?.versions[0]?.hash)
})

test('old versions are deleted, and bytes with the last version that has them', async () => {
  const managed = await open(2)
  const { store } = managed
  const [a, b, c] = [bytesFrom(1, CHUNK + 1), bytesFrom(2, 10), bytesFrom(3, 10)]
  store.addVersion('wine', model(0, a))
  store.addVersion('beer', model(0, a))
  store.addVersion('wine', model(1, b))
  store.addVersion('wine', model(2, c))
  assert.equal(
    store.state('wine')?.versions.map(({ version }) => version),
    [2, 3],
  )
  assert.is(store.bytesOf(sha(a))?.length, a.length, 'beer still names it')
  await commit(managed)
  store.addVersion('beer', model(1, b))
  store.addVersion('beer', model(2, c))
  assert.is(store.bytesOf(sha(a)), undefined)
  const rows = await commit(managed)
  assert.equal(keysOf(rows, 'blob/').sort(), [`blob/${sha(a)}/000000 deleted`, `blob/${sha(a)}/000001 deleted`])
  assert.is(store.addVersion('beer', model(0, a)), undefined, 'that version is no longer kept')
  store.addVersion('wine', model(3, a))
  assert.ok(a.equals(store.bytesOf(sha(a)) as Buffer), 'it is stored again')
})

test('bytes stay if a new version has them when their last version is deleted', async () => {
  const { store } = await open(1)
  const bytes = bytesFrom(1, 10)
  store.addVersion('wine', model(0, bytes))
  store.addVersion('wine', model(1, bytes))
  assert.ok(bytes.equals(store.bytesOf(sha(bytes)) as Buffer))
})

test('statistics are those of the current version, and are written once per commit', async () => {
  const managed = await open()
  const { store } = managed
  store.addVersion('wine', model(0, bytesFrom(1, 10)))
  await commit(managed)
  assert.is(managed.dirty, false)
  assert.is(store.statistics('wine'), undefined)
  store.recordUse('wine', 1, use(10, 5, 0.25, 1), 2000)
  store.recordUse('wine', 1, use(2, 3, 0.125, 2.5), 2100)
  assert.is(managed.dirty, true)
  const { roles, ...all } = store.statistics('wine') as ModelStatistics
  assert.equal(all, { version: 1, invocations: 12, duration: 8, min: 0.125, max: 2.5, lastUsed: 2100 })
  assert.equal(
    roles.map(({ role, invocations: counted }) => [role, counted]),
    [[CHAMPION, 12]],
  )
  assert.is(store.query('wine')?.invocations, 0, 'not committed yet')
  assert.equal(keysOf(await commit(managed), ''), ['stats/wine'])
  const { invocations, duration, min, max, lastUsed } = store.query('wine') as NonNullable<ReturnType<ModelStateStore['query']>>
  assert.equal([invocations, duration, min, max, lastUsed], [12, 8, 0.125, 2.5, 2100])
  assert.is(managed.dirty, false)

  store.addVersion('wine', model(1, bytesFrom(2, 10)))
  assert.is(store.statistics('wine'), undefined)
  store.recordUse('wine', 2, use(1, 4, 4, 4), 2200)
  store.recordUse('wine', 1, use(50, 100, 1, 9), 2300)
  await commit(managed)
  assert.is(store.query('wine')?.version, 2)
  assert.is(store.query('wine')?.invocations, 1)
  assert.is(store.query('wine')?.max, 4)
})

test('statistics that were just written wait for a later commit, but are written at the last one', async () => {
  const managed = await open()
  managed.store.addVersion('wine', model(0, bytesFrom(1, 10)))
  managed.store.recordUse('wine', 1, use(1, 1, 1, 1), 2000)
  await commit(managed)
  managed.store.recordUse('wine', 1, use(1, 1, 1, 1), 2001)
  assert.is(managed.dirty, false)
  managed.settle()
  assert.is(managed.dirty, true)
  assert.equal(keysOf(managed.prepareCommit(), ''), ['stats/wine'])
})

test('statistics are written once a second, whatever the clock is set to', async () => {
  const managed = await open()
  managed.store.addVersion('wine', model(0, bytesFrom(1, 10)))
  managed.store.recordUse('wine', 1, use(1, 1, 1, 1), 2000)
  await commit(managed)
  managed.store.recordUse('wine', 1, use(1, 1, 1, 1), 2001)
  await withClock(anHour, () => assert.is(managed.dirty, false))
  await new Promise(resolve => setTimeout(resolve, 1050))
  await withClock(-anHour, () => assert.is(managed.dirty, true))
  const usage = await modelUsageStore({ name: 'usage' }).open(undefined)
  usage.store.recordUse(0, { dataType: 'wine', version: 1 }, use(1, 1, 1, 1), 2000)
  usage.prepareCommit()
  await usage.postCommit({ changelogOffset: 1 })
  usage.store.recordUse(0, { dataType: 'wine', version: 1 }, use(1, 1, 1, 1), 2001)
  await withClock(anHour, () => assert.is(usage.dirty, false))
  await new Promise(resolve => setTimeout(resolve, 1050))
  await withClock(-anHour, () => assert.is(usage.dirty, true))
})

test('an unused new version has no statistics and no row of them', async () => {
  const managed = await open()
  managed.store.addVersion('wine', model(0, bytesFrom(1, 10)))
  managed.store.recordUse('wine', 1, use(10, 5, 0.25, 1), 2000)
  await commit(managed)
  managed.store.addVersion('wine', model(1, bytesFrom(2, 10)))
  assert.equal(keysOf(await commit(managed), 'stats/'), ['stats/wine deleted'])
  assert.is(managed.store.query('wine')?.invocations, 0)
  assert.is(managed.store.query('wine')?.lastUsed, 0)
})

/** Of each version that is known: how many records it scored, and whether its bytes are kept. */
const known = async (store: ModelStateStore, dataType: string): Promise<unknown[]> =>
  (await store.history(dataType)).map(({ version, kept, figures }) => [version.version, version.name, figures?.invocations ?? 0, kept])

test('facts and statistics of every version are kept, also after its bytes are deleted, and late use of an old version is counted for it', async () => {
  const managed = await open(2)
  const { store } = managed
  const rows: Row[] = []
  for (let version = 1; version <= 5; version++) {
    store.addVersion('wine', model(version, bytesFrom(version, 10)))
    store.addVersion('wine/red', model(version, bytesFrom(version, 10)))
    store.recordUse('wine', version, use(version, 4, 1, 3), 2000 + version)
    if (version % 2 === 0) rows.push(...(await commit(managed)))
  }
  store.recordUse('wine', 2, use(10, 1, 0.5, 9), 3000)
  rows.push(...(await commit(managed)))
  const expected = [
    [5, 'model 5', 5, true],
    [4, 'model 4', 4, true],
    [3, 'model 3', 3, false],
    [2, 'model 2', 12, false],
    [1, 'model 1', 1, false],
  ]
  assert.equal(await known(store, 'wine'), expected)
  const figures = (await store.history('wine')).find(({ version }) => version.version === 2)?.figures ?? assert.unreachable()
  const { min, max, duration, lastUsed } = figures as ModelStatistics
  assert.equal([min, max, duration, lastUsed], [0.5, 9, 5, 3000])
  assert.is(store.statistics('wine')?.invocations, 5)
  const restored = await open(2)
  await restored.restore(rows, { changelogOffset: rows.length })
  assert.equal(await known(restored.store, 'wine'), expected)
  assert.equal((await known(restored.store, 'wine/red')).length, 5)
  assert.equal(await known(restored.store, 'beer'), [])
})

test('the state of an older build is read: its versions, and the statistics of the serving one', async () => {
  // Rows as they were written before there were past versions: keys and messages of that build.
  const version = { version: 3, name: 'old', hash: Buffer.from(sha(bytesFrom(1, 10)), 'hex'), size: 10, since: 5, partition: 3, offset: 7 }
  const state = sluice.ModelState.encode({
    dataType: 'wine',
    current: 3,
    latest: 3,
    versions: [{ ...version, version: 2, offset: 6 }, version],
    nextOffset: 8,
  })
  const statistics = sluice.ModelStatistics.encode({ version: 3, invocations: 40, duration: 8, min: 0.1, max: 2, lastUsed: 9 })
  const rows: Row[] = [
    { key: Buffer.from(`blob/${sha(bytesFrom(1, 10))}/000000`), value: bytesFrom(1, 10) },
    { key: Buffer.from('state/wine'), value: state.finish() },
    { key: Buffer.from('stats/wine'), value: statistics.finish() },
  ]
  const managed = await open()
  await managed.restore(rows, { changelogOffset: 3 })
  assert.equal(await known(managed.store, 'wine'), [
    [3, 'old', 40, true],
    [2, 'old', 0, true],
  ])
  managed.store.addVersion('wine', model(8, bytesFrom(2, 10)))
  managed.store.recordUse('wine', 4, use(1, 1, 1, 1), 10)
  await commit(managed)
  assert.equal(await known(managed.store, 'wine'), [
    [4, 'model 8', 1, true],
    [3, 'old', 40, true],
    [2, 'old', 0, true],
  ])
})

test('a withdrawn model does not serve; the next version number follows, also after a restore', async () => {
  const managed = await open()
  const { store } = managed
  store.addVersion('wine', model(4, bytesFrom(1, 10)))
  const end = { partition: 3, offset: 5 }
  assert.is(store.withdraw('wine', end, 777)?.version, 1)
  assert.is(store.withdraw('wine', end, 778), undefined)
  assert.is(store.withdraw('beer', end, 777), undefined)
  const rows = await commit(managed)
  const restored = await open()
  await restored.restore(rows, { changelogOffset: 9 })
  assert.equal(restored.store.state('wine'), store.state('wine'))
  assert.equal([store.state('wine')?.current, store.state('wine')?.withdrawnAt, store.query('wine')], [0, 777, undefined])
  assert.is(restored.store.addVersion('wine', model(6, bytesFrom(2, 10)))?.version, 2)
  assert.equal([restored.store.state('wine')?.current, restored.store.state('wine')?.withdrawnAt], [2, undefined])
  assert.is(restored.store.withdraw('wine', end, 779), undefined, 'that was before it')
})

test('of the copies of a record that was moved several times only one is applied', async () => {
  const { store } = await open()
  const add = (seed: number, offset: number, from: number, partition = 1): number | undefined => {
    const bytes = bytesFrom(seed, 10)
    const movedFrom = movedRecord({ partition, offset: from }, bytes)
    return store.addVersion('wine', model(0, bytes, { offset, movedFrom }))?.version
  }
  assert.is(add(1, 10, 4), 1)
  assert.is(add(1, 11, 4), undefined)
  assert.is(add(2, 12, 9), 2)
  assert.is(add(1, 13, 4), undefined)
  assert.is(add(3, 14, 4, 2), 3)
})

test('the latest model is the one used last, else the newest', async () => {
  const managed = await open()
  const { store } = managed
  for (const [index, dataType] of ['a', 'b', 'c'].entries()) store.addVersion(dataType, model(index, bytesFrom(index, 10)))
  await commit(managed)
  assert.is(store.queryLatest()?.dataType, 'c')
  store.recordUse('b', 1, use(1, 1, 1, 1), 3000)
  assert.is(store.queryLatest()?.dataType, 'b')
  store.recordUse('a', 1, use(1, 1, 1, 1), 3001)
  assert.is(store.queryLatest()?.dataType, 'a')
  assert.is(store.queryLatest('c')?.dataType, 'c')
  assert.is(store.queryLatest('d'), undefined)
})

test('queryAll continues after a data type, with a limit', async () => {
  const managed = await open()
  for (const dataType of ['c', 'a', 'b', 'd']) managed.store.addVersion(dataType, model(0, bytesFrom(1, 10)))
  await commit(managed)
  const keys: string[] = []
  for await (const { key, value } of managed.store.queryAll({ from: 'b', limit: 2 })) keys.push(key + value.version)
  assert.equal(keys, ['b1', 'c1'])
})

/** A store with some of everything; its frozen rows in order. */
async function lived(managed: Opened): Promise<readonly Row[]> {
  const { store } = managed
  const rows: Row[] = []
  store.addVersion('wine', model(0, bytesFrom(1, 2 * CHUNK)))
  store.addVersion('beer', model(1, bytesFrom(2, 30)))
  rows.push(...(await commit(managed)))
  store.recordUse('wine', 1, use(10, 5, 0.25, 1), 2000)
  store.recordUse('beer', 1, use(1, 1, 1, 1), 1999)
  rows.push(...(await commit(managed)))
  for (let offset = 2; offset < 6; offset++) store.addVersion('wine', model(offset, bytesFrom(offset, CHUNK + offset)))
  store.markApplied('cider', 3)
  rows.push(...(await commit(managed)))
  store.recordUse('wine', 5, use(7, 1, 0.125, 0.5), 2500)
  rows.push(...(await commit(managed)))
  return rows
}

test('a store that is restored from the rows of another gives the same answers, and continues alike', async () => {
  const origin = await open(3)
  const rows = await lived(origin)
  const all = await open(3)
  await all.restore(rows, { changelogOffset: rows.length })
  const piecewise = await open(3)
  for (const [offset, row] of rows.entries()) await piecewise.restore([row], { changelogOffset: offset + 1 })
  for (const restored of [all, piecewise]) {
    assert.equal(await seen(restored.store), await seen(origin.store))
    for (const dataType of ['wine', 'beer', 'cider']) {
      assert.equal(restored.store.state(dataType), origin.store.state(dataType))
      assert.equal({ ...restored.store.statistics(dataType) }, { ...origin.store.statistics(dataType) })
    }
    assert.is(restored.dirty, false)
    assert.is(restored.store.bytesOf(sha(bytesFrom(1, 2 * CHUNK))), undefined)
    assert.is(restored.store.bytesOf(sha(bytesFrom(5, CHUNK + 5)))?.length, CHUNK + 5)
  }
  const next = (managed: Opened): string[] => {
    managed.store.addVersion('wine', model(6, bytesFrom(2, 30)))
    managed.store.recordUse('beer', 1, use(1, 1, 1, 1), 3000)
    managed.settle()
    return managed.prepareCommit().map(row => JSON.stringify(decodeModelStoreRow(row.key, row.value)))
  }
  const expected = next(origin)
  assert.equal(next(all), expected)
  assert.equal(next(piecewise), expected)
})

test('a store on disk is the same after it is reopened', () =>
  withDirectory(async directory => {
    const builder = modelStateStore({ maxVersions: 3 })
    const first = await builder.open(`${directory}/models`)
    await lived(first)
    const before = await seen(first.store)
    const state = first.store.state('wine')
    const statistics = { ...first.store.statistics('wine') }
    first.store.addVersion('wine', model(20, bytesFrom(20, 10)))
    first.store.recordUse('beer', 1, use(1, 1, 1, 1), 9999)
    first.prepareCommit()
    await first.close()
    const second = await builder.open(`${directory}/models`, reason => assert.unreachable(reason))
    assert.equal(await seen(second.store), before)
    assert.equal(second.store.state('wine'), state)
    assert.equal({ ...second.store.statistics('wine') }, statistics)
    await second.wipe()
    assert.equal(await seen(second.store), { all: [], latest: undefined })
    assert.is(second.store.state('wine'), undefined)
    assert.is(second.store.bytesOf(sha(bytesFrom(5, CHUNK + 5))), undefined)
    assert.is(second.dirty, false)
    await second.close()
  }))

test('bytes that do not match their hash are never returned', async () => {
  const managed = await open()
  const bytes = bytesFrom(1, CHUNK + 9)
  managed.store.addVersion('wine', model(0, bytes))
  await commit(managed)
  const chunk = (number: number): Buffer => Buffer.from(`blob/${sha(bytes)}/00000${number}`)
  const isCorrupt = (error: unknown): boolean => error instanceof SluiceError && error.code === 'STORE_CORRUPT'
  await managed.restore([{ key: chunk(1), value: bytesFrom(2, 9) }], { changelogOffset: 50 })
  assert.throws(() => managed.store.bytesOf(sha(bytes)), isCorrupt)
  await managed.restore([{ key: chunk(1), value: null }], { changelogOffset: 51 })
  assert.throws(() => managed.store.bytesOf(sha(bytes)), isCorrupt)
})

test('rows are shown as readable JSON', async () => {
  const managed = await open(1)
  managed.store.addVersion('wine', model(0, bytesFrom(1, 10)))
  managed.store.recordUse('wine', 1, use(2, 3, 1, 2), 2000)
  const described = (await commit(managed)).map(({ key, value }) => decodeModelStoreRow(key, value))
  const hash = sha(bytesFrom(1, 10))
  const calls = { invocations: 2, duration: 3, min: 1, max: 2, p50: 2, p95: 2, p99: 2 }
  const version = { version: 1, name: 'model 0', description: 'a model', modeltype: 'ONNX', hash, size: 10, location: '', output: '' }
  assert.equal(JSON.parse(JSON.stringify(described)), [
    { kind: 'blob', hash, chunk: 0, bytes: 10 },
    {
      kind: 'state',
      dataType: 'wine',
      value: {
        dataType: 'wine',
        current: 1,
        latest: 1,
        versions: [{ ...version, since: 1000, partition: 3, offset: 0 }],
        nextOffset: 1,
        routing: policy(1, 0),
        policies: 1,
      },
    },
    { kind: 'policy', dataType: 'wine', number: 1, value: policy(1, 0) },
    { kind: 'stats', dataType: 'wine', value: { version: 1, ...calls, lastUsed: 2000, roles: [{ role: 'champion', ...calls }] } },
  ])
  assert.equal(decodeModelStoreRow(Buffer.from('stats/wine'), null), { kind: 'stats', dataType: 'wine', value: null })
  assert.equal(decodeModelStoreRow(Buffer.from('other'), Buffer.from([1])), { kind: 'unknown', value: '01' })
})

test('offsets and times beyond 32 bits are kept', async () => {
  const managed = await open()
  const offset = 2 ** 40
  managed.store.addVersion('wine', model(offset, bytesFrom(1, 10), { since: 1_700_000_000_123 }))
  const rows = await commit(managed)
  const restored = await open()
  await restored.restore(rows, { changelogOffset: 1 })
  assert.is(restored.store.state('wine')?.nextOffset, offset + 1)
  assert.is(restored.store.state('wine')?.versions[0]?.since, 1_700_000_000_123)
})

test.run()
