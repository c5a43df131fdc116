import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringSerde } from '../../../../records/serde.ts'
import { type VersionedKeyValueStore, versionedKeyValueStore } from '../../../../stores/index.ts'
import { RecordCollector } from '../../../../topology/runtime/commit/record-collector.ts'
import { StateManager } from '../../../../topology/runtime/state/state-manager.ts'

const test = suite('state manager')

test('writes that a store has dropped are told of once, with the commit', async () => {
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

test.run()
