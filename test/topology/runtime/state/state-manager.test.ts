import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../../../records/serde.ts'
import { sluice } from '../../../../proto/messages.js'
import {
  type ModelStateStore,
  modelStateStore,
  type StoreBuilder,
  type VersionedKeyValueStore,
  versionedKeyValueStore,
} from '../../../../stores/index.ts'
import { RecordCollector } from '../../../../topology/runtime/commit/record-collector.ts'
import { StateManager } from '../../../../topology/runtime/state/state-manager.ts'

const test = suite('state manager')

test('dropped writes of a store are reported once, with the commit', async () => {
  const builder = versionedKeyValueStore({ name: 'versions', key: stringSerde, value: stringSerde, historyRetentionMs: 10, logged: false })
  const told: [string, number][] = []
  const state = await StateManager.open({
    applicationId: 'test',
    task: '0_0',
    partition: 0,
    sub: { id: 0, nodes: [], sourceTopics: [], stores: [{ builder, processors: [] }], globalStores: [] },
    directoryOf: () => undefined,
    onRestore: () => undefined,
    onRebuild: () => undefined,
    onDropped: (store, writes) => void told.push([store, writes]),
  })
  const store = state.stores.get('versions')?.store as VersionedKeyValueStore<string, string>
  const commit = async (): Promise<void> => {
    state.prepareCommit(new RecordCollector(new Map(), 0), 0)
    await state.postCommit(new Map())
  }
  await store.put('k', 'a', 100)
  await commit()
  assert.equal(told, [])
  await store.put('k', 'late', 89)
  await store.delete('other', 3)
  await commit()
  await store.put('k', 'late', 89)
  await commit()
  await commit()
  assert.equal(told, [
    ['versions', 2],
    ['versions', 1],
  ])
  await state.close()
})

const megabyte = 2 ** 20

async function withModels(work: (store: ModelStateStore, state: StateManager) => Promise<void>): Promise<void> {
  const builder: StoreBuilder = modelStateStore({ name: 'models' })
  const state = await StateManager.open({
    applicationId: 'test',
    task: '0_0',
    partition: 0,
    sub: { id: 0, nodes: [], sourceTopics: [], stores: [{ builder, processors: [] }], globalStores: [] },
    directoryOf: () => undefined,
    onRestore: () => undefined,
    onRebuild: () => undefined,
    onDropped: () => undefined,
  })
  await work(state.stores.get('models')?.store as ModelStateStore, state)
  await state.close()
}

/** The keys and the bytes of each part of a commit, that of the commit itself the last. */
function committed(state: StateManager): { keys: string[]; bytes: number }[] {
  const collector = new RecordCollector(new Map(), 0)
  const ahead = state.prepareCommit(collector, 5).ahead.map(part => collector.batchOf(part))
  return [...ahead, collector.drain()].map(batch => {
    const messages = batch.flatMap(outgoing => outgoing.messages)
    return {
      keys: messages.map(({ key }) => String(key)),
      bytes: messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0),
    }
  })
}

const modelOf = (size: number, offset: number): Parameters<ModelStateStore['addVersion']>[1] => ({
  name: 'm',
  description: '',
  modeltype: sluice.ModelDescriptor.ModelType.ONNX,
  bytes: Buffer.alloc(size, `${offset}`),
  output: '',
  since: 1,
  partition: 0,
  offset,
})

test('the bytes of a large model are sent before the commit, some megabytes at a time; the records that name them come last', () =>
  withModels(async (store, state) => {
    const version = store.addVersion('wine', modelOf(40 * megabyte, 1))
    const parts = committed(state)
    assert.is(parts.length, 6)
    assert.ok(parts.every(({ bytes }) => bytes <= 8 * megabyte + 1000))
    const keys = parts.flatMap(part => part.keys)
    assert.equal([keys.length, new Set(keys).size, ...keys.slice(-2)], [82, 82, 'state/wine', 'policy/wine/000000000001'])
    assert.ok(keys.slice(0, -2).every(key => key.startsWith('blob/')))
    await state.postCommit(new Map([['test-models-changelog-0', 90]]))
    assert.is(store.bytesOf(version?.hash ?? '')?.length, 40 * megabyte)
    assert.is(state.dirty, false)
  }))

test('a model of some megabytes is sent in one commit with the record that names it; so is any number of deletions', () =>
  withModels(async (store, state) => {
    store.addVersion('wine', modelOf(7 * megabyte, 1))
    const [only, ...more] = committed(state)
    assert.equal([only?.keys.length, only?.keys.at(-2), more], [16, 'state/wine', []])
    await state.postCommit(new Map())
    for (let offset = 2; offset < 30; offset++) store.addVersion('wine', modelOf(offset, offset))
    const parts = committed(state)
    assert.is(parts.length, 1)
    assert.ok((parts[0]?.keys.length ?? 0) > 28)
  }))

test('a commit that is repeated sends everything again', () =>
  withModels(async (store, state) => {
    store.addVersion('wine', modelOf(20 * megabyte, 1))
    const first = committed(state).flatMap(({ keys }) => keys)
    store.addVersion('beer', modelOf(10, 2))
    const again = committed(state).flatMap(({ keys }) => keys)
    assert.is(again.length, first.length + 3)
    assert.ok(first.every(key => again.includes(key)) && again.includes('state/beer'))
  }))

test('bytes that were sent before a failed commit are sent again with the record, and have no effect until then', () =>
  withModels(async (store, state) => {
    const whole = modelOf(20 * megabyte, 1)
    store.addVersion('wine', whole)
    const ahead = state.prepareCommit(new RecordCollector(new Map(), 0), 5).ahead.flat()
    await withModels(async (next, nextState) => {
      const rows = ahead.map(({ record }) => ({ key: record.key as Buffer, value: record.value }))
      await nextState.stores.get('models')?.restore(rows, { changelogOffset: 32 })
      assert.equal(next.states, [])
      const version = next.addVersion('wine', whole)
      assert.is(committed(nextState).length, 3)
      await nextState.postCommit(new Map([['test-models-changelog-0', 90]]))
      assert.equal(next.bytesOf(version?.hash ?? ''), whole.bytes)
    })
  }))

test.run()
