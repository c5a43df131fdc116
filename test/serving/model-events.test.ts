import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { type ModelEvent } from '../../serving/model-event-log.ts'
import { modelStateStore } from '../../stores/index.ts'
import { controlRecord, modelRecord, present, servingOptions, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const events = suite('events and positions of models')
const bytes = shiftedSum(1)

/** An event without what the clock and the driver say. */
function plain({ at, application, task, instance, ...event }: ModelEvent): unknown {
  assert.ok(at > 0)
  assert.equal([application, task.length > 0, instance], ['test', true, 'test'])
  return event
}

events('keyed: what was accepted, refused and withdrawn, and the record at which each policy took effect, in one sequence', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', name: 'm1', bytes, publishedBy: 'ana' })
    await serving.send(wine('beer', 1), wine('wine', 1), wine('wine', 2))
    await serving.publish({ dataType: 'wine', name: 'bad', bytes: Buffer.from('no model') })
    await serving.publish({ dataType: 'wine', name: 'm2', bytes: shiftedSum(2) })
    await serving.control('wine', { promote: { version: 1 }, who: 'ben', reason: 'a test' })
    await serving.control('wine', { promote: { version: 7 }, who: 'ben' })
    await serving.send(wine('wine', 3))
    await serving.driver.pipe('models', { key: 'wine', value: null })
    await serving.send(wine('wine', 4))
    const record = (offset: number) => ({ partition: 0, offset })
    const [m1, m2] = [bytes, shiftedSum(2)].map(sha256Of)
    const found = await serving.events()
    assert.match(String(found[2]?.why), /recognize|format/)
    assert.equal(
      found.map(event => plain({ ...event, ...(event.why === undefined ? {} : { why: '' }) })),
      [
        {
          event: 'accepted',
          dataType: 'wine',
          record: record(0),
          version: 1,
          name: 'm1',
          hash: m1,
          who: 'ana',
          policy: 1,
          champion: 1,
          sequence: 1,
        },
        { event: 'effective', dataType: 'wine', policy: 1, champion: 1, position: record(1), sequence: 2 },
        {
          event: 'refused',
          dataType: 'wine',
          record: record(1),
          name: 'bad',
          code: 'MODEL_UNKNOWN_FORMAT',
          why: '',
          policy: 1,
          champion: 1,
          sequence: 3,
        },
        { event: 'accepted', dataType: 'wine', record: record(2), version: 2, name: 'm2', hash: m2, policy: 2, champion: 2, sequence: 4 },
        {
          event: 'promoted',
          dataType: 'wine',
          action: 'promote',
          policy: 3,
          champion: 1,
          who: 'ben',
          reason: 'a test',
          record: record(3),
          sequence: 5,
        },
        {
          event: 'refused',
          dataType: 'wine',
          action: 'promote',
          who: 'ben',
          record: record(4),
          code: 'CONTROL_REFUSED',
          why: '',
          sequence: 6,
        },
        { event: 'effective', dataType: 'wine', policy: 3, champion: 1, position: record(3), sequence: 7 },
        { event: 'withdrawn', dataType: 'wine', record: record(5), version: 1, name: 'm1', policy: 4, champion: 0, sequence: 8 },
        { event: 'effective', dataType: 'wine', policy: 4, champion: 0, position: record(4), sequence: 9 },
      ],
    )
    assert.equal(
      (await serving.store.positions('wine')).map(({ policy, partition, offset }) => [policy, partition, offset]),
      [
        [1, 0, 1],
        [3, 0, 3],
        [4, 0, 4],
      ],
      'policy 2 answered nothing',
    )
    assert.is(serving.store.outbox.isEmpty, true)
  }),
)

events('broadcast: the positions are those of the data, kept beside its use', () =>
  withServing(
    async serving => {
      await serving.publish({ dataType: 'wine', bytes })
      await serving.send(wine('wine', 1))
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(2) })
      await serving.send(wine('wine', 1), wine('wine', 1))
      await serving.send(wine('wine', 1))
      const found = await serving.events()
      assert.equal(
        found
          .filter(({ event }) => event === 'effective')
          .map(({ policy, champion, position, sequence }) => [policy, champion, position, sequence]),
        [
          [1, 1, { partition: 0, offset: 0 }, undefined],
          [2, 2, { partition: 0, offset: 1 }, undefined],
        ],
      )
      assert.equal(
        (await serving.store.positions('wine')).map(({ policy, partition, offset }) => [policy, partition, offset]),
        [
          [1, 0, 0],
          [2, 0, 1],
        ],
      )
    },
    { join: 'broadcast' },
  ),
)

events('the results of a run that is split by a bad record, and the position, agree', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', bytes })
    await serving.send({ key: null, value: '' }, wine('wine', 1), wine('wine', 2))
    const [position, ...more] = await serving.store.positions('wine')
    assert.equal([position?.policy, position?.offset, more], [1, 1, []])
    assert.equal(
      (await serving.events()).map(({ event }) => event),
      ['accepted', 'effective'],
    )
  }),
)

events('an event that was noted but not told when the task ended is told by the next one', async () => {
  const managed = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
  const kept = { store: managed.store, close: () => Promise.resolve() }
  const first = await ServingTask.open(servingOptions({ models: new LoadedModels() }), kept)
  await first.publish({ offset: 0, value: modelRecord({ dataType: 'wine', bytes }) })
  await first.publish({ offset: 1, value: controlRecord('wine', { retire: { version: 1 } }) })
  await first.close()
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: rows.length })
  const again = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
  await again.restore(rows, { changelogOffset: rows.length })
  assert.is(again.store.outbox.isEmpty, false)
  const second = await ServingTask.open(servingOptions({ models: new LoadedModels() }), { store: again.store, close: () => again.close() })
  await second.send(wine('wine', 1))
  assert.equal(
    second.events.map(({ event, sequence }) => [event, sequence]),
    [
      ['accepted', 1],
      ['refused', 2],
      ['effective', 3],
    ],
  )
  assert.is(again.store.outbox.isEmpty, true)
  assert.is(present(again.store.state('wine')).events, 3)
  await second.close()
  await managed.close()
})

events.run()
