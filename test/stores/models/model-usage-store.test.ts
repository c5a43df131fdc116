import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice as messages } from '../../../proto/messages.js'
import { modelUsageStore, type ModelUsageStore, type ModelUse, type TypedManagedStore } from '../../../stores/index.ts'
import { heapBytes } from '../../heap.ts'
import { withDirectory } from '../temporary-directory.ts'

const test = suite('store of the use of models')
const { CHAMPION } = messages.ModelRole
const partitions = [0, 1, 2]

const use = (count: number): ModelUse => ({ role: CHAMPION, count, durationMs: 5, minMs: 1, maxMs: 4 })
const openIn = (directory: string): Promise<TypedManagedStore<ModelUsageStore>> => modelUsageStore({ name: 'usage' }).open(directory)

/** The versions from one to another, each used and in force in each partition. */
async function swap(managed: TypedManagedStore<ModelUsageStore>, from: number, to: number): Promise<void> {
  for (let version = from; version <= to; version++) {
    for (const partition of partitions) {
      managed.store.recordUse(partition, { dataType: 'wine', version }, use(7), version)
      managed.store.positions.put('wine', { policy: version, partition, offset: version * 10, at: version })
    }
    if (version % 100 === 0) await commit(managed, version)
  }
}

async function commit(managed: TypedManagedStore<ModelUsageStore>, changelogOffset: number): Promise<void> {
  managed.settle()
  managed.prepareCommit()
  await managed.postCommit({ changelogOffset })
}

test('versions and positions before the newest are on disk and not in memory, also after a restart', () =>
  withDirectory(async directory => {
    const versions = 10_000
    const managed = await openIn(directory)
    await swap(managed, 1, 1000)
    const before = await heapBytes()
    await swap(managed, 1001, versions)
    const grown = (await heapBytes()) - before
    assert.ok(grown < 4 * 2 ** 20, `${versions - 1000} versions in ${partitions.length} partitions take ${grown} bytes of memory`)
    await managed.close()
    const [closed, again] = [await heapBytes(), await openIn(directory)]
    const loaded = (await heapBytes()) - closed
    assert.ok(loaded < 4 * 2 ** 20, `to open ${versions} versions takes ${loaded} bytes of memory`)
    assert.is(again.store.usageOf('wine', 5)?.invocations, 7 * partitions.length)
    assert.is((await again.store.positions.of('wine')).length, versions * partitions.length)
    await again.close()
  }))

test('the use of a version is counted on after its row was written, after a restart, and with what is not written yet', () =>
  withDirectory(async directory => {
    const managed = await openIn(directory)
    const invocations = ({ store }: TypedManagedStore<ModelUsageStore>): unknown =>
      [1, 2].map(version => store.usageOf('wine', version)?.invocations)
    const { store } = managed
    store.recordUse(0, { dataType: 'wine', version: 1 }, use(1), 1)
    assert.equal(invocations(managed), [1, undefined])
    await commit(managed, 1)
    store.recordUse(0, { dataType: 'wine', version: 2 }, use(10), 2)
    store.recordUse(0, { dataType: 'wine', version: 1 }, use(2), 3)
    store.recordUse(1, { dataType: 'wine', version: 1 }, use(4), 3)
    store.recordUse(0, { dataType: 'white/wine', version: 1 }, use(50), 4)
    assert.equal(invocations(managed), [7, 10])
    await commit(managed, 2)
    await managed.close()
    const again = await openIn(directory)
    assert.equal(invocations(again), [7, 10])
    again.store.recordUse(1, { dataType: 'wine', version: 1 }, use(100), 5)
    assert.equal(invocations(again), [107, 10])
    assert.equal(again.store.lastUsed, { dataType: 'wine', at: 5 })
    await again.close()
  }))

test('a position is known from its note on, and not any more when that is undone or the rows are wiped', () =>
  withDirectory(async directory => {
    const managed = await openIn(directory)
    const { positions } = managed.store
    const known = (): readonly number[] => [1, 2, 3].filter(policy => positions.has('wine', policy, 4))
    for (const policy of [1, 3]) positions.put('wine', { policy, partition: 4, offset: policy, at: 9 })
    assert.equal(known(), [1, 3])
    assert.not(positions.has('wine', 1, 0))
    assert.not(positions.has('white', 1, 4))
    positions.put('white/wine', { policy: 2, partition: 4, offset: 0, at: 9 })
    assert.equal(await positions.of('wine'), [
      { policy: 1, partition: 4, offset: 1, at: 9 },
      { policy: 3, partition: 4, offset: 3, at: 9 },
    ])
    await commit(managed, 1)
    await managed.restore([{ key: Buffer.from('position/000004/000000000003/wine'), value: null }], { changelogOffset: 2 })
    assert.equal(known(), [1])
    await managed.wipe()
    assert.equal(known(), [])
    await managed.close()
  }))

test.run()
