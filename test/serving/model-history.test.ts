import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { sluice as own } from '../../proto/state-messages.js'
import { modelStateStore, type ModelStateStore } from '../../stores/index.ts'
import { modelStateSerde } from '../../stores/models/model-rows.ts'
import { modelRecord, present, servingOptions, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const history = suite('the history of versions and policies')
const bytes = shiftedSum(1)

history('a version keeps what its record says of its making, also when its bytes are gone', () =>
  withServing(async serving => {
    const facts = {
      name: 'm1',
      dataType: 'wine',
      publishedBy: 'ana@example.org',
      created: 1_700_000_000_000,
      metrics: { auc: 0.91, loss: 1e-3 },
      parameters: { depth: '6', objective: 'squared error' },
    }
    await serving.publish({ ...facts, bytes })
    for (let shift = 2; shift <= 20; shift++) await serving.publish({ dataType: 'wine', bytes: shiftedSum(shift) }, { timestamp: shift })
    const all = await serving.store.history('wine')
    const { version, kept } = present(all.at(-1))
    assert.equal([all.length, kept, version.version], [20, false, 1])
    const { name, publishedBy, created, metrics, parameters } = version
    assert.equal({ name, dataType: 'wine', publishedBy, created, metrics, parameters }, facts)
    assert.equal(all[0]?.version.created, 20, 'the timestamp of its record, where it names none')
    assert.is(serving.store.bytesOf(version.hash), undefined)
  }),
)

history('each new champion is a policy with a number, which its results name beside the place of the model', () =>
  withServing(async serving => {
    for (const shift of [1, 2]) {
      await serving.publish({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift), publishedBy: 'ana' })
      await serving.send(wine('wine', 1))
    }
    await serving.driver.pipe('models', { key: 'wine', value: null })
    await serving.send(wine('wine', 1))
    assert.equal(
      serving
        .results()
        .map(({ status, modelVersion, role, policy, modelPartition, modelOffset }) => [
          status,
          modelVersion,
          role,
          policy,
          modelPartition,
          modelOffset,
        ]),
      [
        ['OK', 1, 'CHAMPION', 1, 0, 0],
        ['OK', 2, 'CHAMPION', 2, 0, 1],
        ['NO_MODEL', 0, 'CHAMPION', 0, 0, 0],
      ],
    )
    assert.equal(
      (await serving.store.policies.all('wine')).map(({ number, champion, formerChampions, offset, who }) => [
        number,
        champion,
        formerChampions,
        offset,
        who,
      ]),
      [
        [1, 1, [], 0, 'ana'],
        [2, 2, [1], 1, 'ana'],
        [3, 0, [1, 2], 2, undefined],
      ],
    )
    assert.equal(serving.store.policies.get('wine', 2)?.champion, 2)
    assert.equal(serving.store.policies.get('wine', 4), undefined)
  }),
)

/** A store with the rows of a build that knew no policies. */
async function formerStore(): Promise<{ readonly store: ModelStateStore; readonly close: () => Promise<void> }> {
  const managed = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
  const hash = Buffer.from(sha256Of(bytes), 'hex')
  const version = { version: 1, name: 'old', modeltype: sluice.ModelDescriptor.ModelType.ONNX, hash, size: bytes.length, since: 7 }
  const state = own.ModelState.encode({ dataType: 'wine', current: 1, latest: 1, versions: [version], nextOffset: 1 }).finish()
  const rows = [
    { key: Buffer.from(`blob/${sha256Of(bytes)}/000000`), value: bytes },
    { key: Buffer.from('state/wine'), value: state },
  ]
  await managed.restore(rows, { changelogOffset: 2 })
  return { store: managed.store, close: () => managed.close() }
}

history('a state of a build without policies serves as it did, and its policies begin with the next model', async () => {
  const { store, close } = await formerStore()
  const task = await ServingTask.open(servingOptions({ models: new LoadedModels() }), { store, close })
  await task.send(wine('wine', 1))
  await task.publish({ offset: 1, value: modelRecord({ dataType: 'wine', name: 'new', bytes: shiftedSum(2) }) })
  await task.send(wine('wine', 1))
  assert.equal(
    task.results.map(({ modelName, modelVersion, policy, score }) => [modelName, modelVersion, policy, score]),
    [
      ['old', 1, 0, 2],
      ['new', 2, 1, 3],
    ],
  )
  assert.equal(store.state('wine')?.routing?.formerChampions, [1])
  await task.close()
})

history('a state of this build can be read by one without policies, and its numbers go on after that', async () => {
  const { store, close } = await formerStore()
  const task = await ServingTask.open(servingOptions({ models: new LoadedModels() }), { store, close })
  await task.publish({ offset: 1, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(2) }) })
  const { dataType, current, latest, versions, nextOffset } = present(store.state('wine'))
  // What the other build writes: the fields that it knows, with a version that it took.
  const newer = { ...present(versions.at(-1)), version: 3, offset: 2 }
  store.restored([
    {
      key: Buffer.from('state/wine'),
      value: modelStateSerde.serialize({ dataType, current: 3, latest: 3, versions: [...versions, newer], nextOffset: 3 }),
    },
  ])
  assert.equal([current, latest, nextOffset], [2, 2, 2])
  await task.publish({ offset: 3, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(4) }) })
  const routing = present(store.state('wine')?.routing)
  assert.equal([routing.number, routing.champion, routing.formerChampions], [2, 4, [1, 2, 3]])
  await task.close()
})

history.run()
