import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import {
  type Control,
  controlRecord,
  modelRecord,
  present,
  type ServingDriver,
  servingOptions,
  shiftedSum,
  wine,
  withServing,
} from './serving-driver.ts'
import { ServingTask } from './serving-task.ts'

const { ModelRole } = sluice
const controls = suite('control records of the models topic')
const version = (number: number): sluice.VersionRef.$Properties => ({ version: number })

/** Versions 1, 2, … of wine, whose scores are the sum and their number. */
async function publish(serving: ServingDriver, count: number): Promise<void> {
  for (let shift = 1; shift <= count; shift++) await serving.publish({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift) })
}

async function served(serving: ServingDriver): Promise<unknown> {
  await serving.send(wine('wine', 10))
  return serving.results().map(({ status, modelVersion, score, policy }) => [status, modelVersion, score, policy])[0]
}

for (const join of ['keyed', 'broadcast'] as const)
  controls(`${join}: promote, roll back and withdraw change the champion, each under a policy of its own`, () =>
    withServing(
      async serving => {
        await publish(serving, 3)
        assert.equal(await served(serving), ['OK', 3, 13, 3])
        await serving.control('wine', { promote: version(1), who: 'ana', reason: 'better on the coast' })
        assert.equal(await served(serving), ['OK', 1, 11, 4])
        await serving.control('wine', { rollback: {} })
        assert.equal(await served(serving), ['OK', 3, 13, 5])
        await serving.control('wine', { rollback: {} })
        assert.equal(await served(serving), ['OK', 2, 12, 6], 'one further back')
        await serving.control('wine', { rollback: version(1) })
        assert.equal(await served(serving), ['OK', 1, 11, 7])
        await serving.control('wine', { withdraw: {} })
        assert.equal(await served(serving), ['NO_MODEL', 0, 0, 0])
        await serving.control('wine', { rollback: {} })
        assert.equal(await served(serving), ['OK', 1, 11, 9])
        assert.equal(serving.deadLetters(), [])
        const policy = present(serving.store.policies.get('wine', 4))
        assert.equal([policy.who, policy.reason, policy.partition, policy.offset], ['ana', 'better on the coast', 0, 3])
        assert.equal(
          (await serving.store.policies.all('wine')).map(({ champion }) => champion),
          [1, 2, 3, 1, 3, 2, 1, 0, 1],
        )
      },
      { join },
    ),
  )

controls('the figures of a former version that serves again go on, and are those of the view', () =>
  withServing(async serving => {
    await publish(serving, 1)
    await serving.send(wine('wine', 1), wine('wine', 2))
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(2) })
    await serving.send(wine('wine', 1))
    await serving.control('wine', { promote: version(1) })
    await serving.send(wine('wine', 1), wine('wine', 2), wine('wine', 3))
    await serving.driver.commit()
    const view = present(serving.store.query('wine'))
    assert.equal([view.version, view.invocations], [1, 5])
    assert.equal(
      (await serving.store.history('wine')).map(({ version: { version: number }, figures }) => [number, figures?.invocations]),
      [
        [2, 1],
        [1, 5],
      ],
    )
  }),
)

controls('roles, names and whole policies', () =>
  withServing(async serving => {
    await publish(serving, 5)
    await serving.control('wine', { alias: { alias: 'steady', version: 2 } })
    await serving.control('wine', { setRole: { of: { alias: 'steady' }, role: ModelRole.CHALLENGER, weight: 0.25 } })
    await serving.control('wine', { setRole: { of: version(1), role: ModelRole.SHADOW } })
    await serving.control('wine', { setRole: { of: version(3), role: ModelRole.FALLBACK } })
    const { champion, challengers, shadows, fallback, number } = present(serving.store.state('wine')?.routing)
    assert.equal([champion, challengers, shadows, fallback, number], [5, [{ version: 2, weight: 0.25 }], [1], 3, 8])
    await serving.control('wine', { promote: { alias: 'steady' } })
    await serving.control('wine', { setRole: { of: version(1), role: ModelRole.CHALLENGER, weight: 1 } })
    const after = present(serving.store.state('wine')?.routing)
    assert.equal(
      [after.champion, after.challengers, after.shadows, after.formerChampions],
      [2, [{ version: 1, weight: 1 }], [], [1, 2, 3, 4, 5]],
    )
    await serving.control('wine', { setPolicy: { shadows: [version(4)], decoy: true, bucketBy: 'pH' } })
    const whole = present(serving.store.state('wine')?.routing)
    assert.equal(
      [whole.champion, whole.challengers, whole.shadows, whole.fallback, whole.decoy, whole.bucketBy],
      [2, [], [4], 0, true, 'pH'],
    )
    await serving.control('wine', { retire: version(4) })
    const last = present(serving.store.state('wine'))
    assert.equal(last.routing?.shadows, [])
    assert.ok(present(last.versions[3]).retired)
    assert.ok((await serving.store.history('wine'))[1]?.version.retired)
    assert.equal(serving.deadLetters(), [])
  }),
)

const refusals: readonly (readonly [what: string, control: Control, why: RegExp])[] = [
  ['a version that is not there', { promote: version(9) }, /no version 9; the newest is 3/],
  ['a name that is not there', { promote: { alias: 'steady' } }, /no version has the name "steady"/],
  ['a champion that is another one', { promote: version(1), expect: { champion: 2 } }, /expects champion 2, but champion 3/],
  ['a policy that is another one', { promote: version(1), expect: { policy: 2 } }, /expects policy 2, but policy 3/],
  ['no champion, where there is one', { promote: version(1), expect: { champion: 0 } }, /expects champion 0, but champion 3/],
  ['no version', { promote: {} }, /promote names no version/],
  ['no action', { who: 'ana' }, /names no action/],
  ['a weight over 1', { setRole: { of: version(1), role: ModelRole.CHALLENGER, weight: 1.1 } }, /with weight 1.1/],
  ['a challenger without a weight', { setRole: { of: version(1), role: ModelRole.CHALLENGER } }, /with weight 0/],
  ['no number as weight', { setRole: { of: version(1), role: ModelRole.CHALLENGER, weight: NaN } }, /with weight NaN/],
  [
    'weights over 1 together',
    { setPolicy: { challengers: [1, 2].map(each => ({ of: version(each), weight: 0.6 })) } },
    /would weigh 1.2 together/,
  ],
  ['a version twice', { setPolicy: { shadows: [version(1), version(1)] } }, /version 1 would have two roles/],
  ['the champion as a shadow', { setRole: { of: version(3), role: ModelRole.SHADOW } }, /is the champion: promote another version first/],
  ['the retirement of the champion', { retire: version(3) }, /is the champion/],
  ['a way back to a version that never was the champion', { rollback: version(3) }, /was not the champion before; those were: 1, 2/],
  ['a decoy that is a version', { setRole: { of: version(1), role: ModelRole.DECOY } }, /DECOY is that of no version/],
  ['a role that is none', { setRole: { of: version(1), role: 99 as never } }, /names role 99/],
  ['a name that is a number', { alias: { alias: '12', version: 1 } }, /not one: a letter/],
  ['a name that means something', { alias: { alias: 'latest', version: 1 } }, /means something already/],
]
for (const [what, control, why] of refusals)
  controls(`refused: ${what}; a dead letter says why, and nothing changes`, () =>
    withServing(async serving => {
      await publish(serving, 3)
      const { nextOffset: _, events: told = 0, ...before } = present(serving.store.state('wine'))
      await serving.control('wine', control)
      const [letter, ...more] = serving.deadLetters()
      assert.equal([letter?.code, more.length], ['CONTROL_REFUSED', 0])
      assert.match(String(letter?.message), why)
      assert.match(String(letter?.message), /^the control for data type "wine" is refused: .*; what was in force goes on$/)
      const { nextOffset, events, refusedUpTo, ...after } = present(serving.store.state('wine'))
      assert.equal([events, refusedUpTo], [told + 1, { partition: 0, offset: 3 }], 'but that it was refused, and one event')
      assert.equal(after, before)
      assert.is(nextOffset, 4, 'it counts as applied')
      assert.equal(await served(serving), ['OK', 3, 13, 3])
    }),
  )

controls('a model may begin as a challenger or shadow; the first one is the champion', () =>
  withServing(async serving => {
    const beginning = (shift: number, role: sluice.RoleAt.$Properties): Promise<void> =>
      serving.publish({ dataType: 'wine', bytes: shiftedSum(shift), role })
    await beginning(1, { role: ModelRole.SHADOW })
    assert.match(String(serving.deadLetters()[0]?.message), /the first model of a data type is its champion, not its shadow/)
    await beginning(1, { role: ModelRole.CHAMPION })
    await beginning(2, { role: ModelRole.CHALLENGER, weight: 0.1 })
    await beginning(3, { role: ModelRole.SHADOW })
    await beginning(4, { role: ModelRole.CHALLENGER, weight: 0.95 })
    assert.match(String(serving.deadLetters()[0]?.message), /would weigh 1.05 together/)
    const { champion, challengers, shadows } = present(serving.store.state('wine')?.routing)
    assert.equal([champion, challengers, shadows], [1, [{ version: 2, weight: 0.1 }], [3]])
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(5) })
    const after = present(serving.store.state('wine')?.routing)
    assert.equal(
      [after.champion, after.challengers, after.shadows],
      [4, [{ version: 2, weight: 0.1 }], [3]],
      'a new champion alone changes',
    )
  }),
)

controls('refused: a data type without a model', () =>
  withServing(async serving => {
    await serving.control('beer', { promote: version(1) })
    assert.match(String(serving.deadLetters()[0]?.message), /the data type has no model/)
    assert.equal(
      serving.store.states.filter(({ latest }) => latest > 0),
      [],
    )
  }),
)

controls('refused: a version whose bytes are gone; one with a role or a name keeps them', () =>
  withServing(async serving => {
    await publish(serving, 2)
    await serving.control('wine', { alias: { alias: 'first', version: 1 } })
    await serving.control('wine', { setRole: { of: version(1), role: ModelRole.SHADOW } })
    for (let shift = 3; shift <= 24; shift++) await serving.publish({ dataType: 'wine', bytes: shiftedSum(shift) })
    await serving.control('wine', { promote: version(2) })
    assert.match(String(serving.deadLetters()[0]?.message), /the bytes of version 2 are not kept any more; those that are: 1, 9, 10/)
    await serving.control('wine', { promote: { alias: 'first' } })
    assert.equal(serving.deadLetters(), [])
    assert.equal(await served(serving), ['OK', 1, 11, 26])
  }),
)

controls('refused: a retired version gets no role again', () =>
  withServing(async serving => {
    await publish(serving, 3)
    await serving.control('wine', { retire: version(2) })
    for (const control of [{ promote: version(2) }, { rollback: version(2) }, { setRole: { of: version(2), role: ModelRole.SHADOW } }])
      await serving.control('wine', control)
    assert.equal(
      serving.deadLetters().map(({ message }) => /version 2 was retired at/.test(message)),
      [true, true, true],
    )
    assert.equal(await served(serving), ['OK', 3, 13, 3], 'its retirement had no role to take')
    await serving.control('wine', { rollback: {} })
    assert.match(String(serving.deadLetters()[0]?.message), /version 2 was retired/)
  }),
)

controls('a control is applied after the model before it, though that is still being tried', async () => {
  const task = await ServingTask.open(servingOptions({ models: new LoadedModels() }))
  await Promise.all([
    task.publish({ offset: 0, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(1) }) }),
    task.publish({ offset: 1, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(2) }) }),
    task.publish({ offset: 2, value: controlRecord('wine', { promote: version(1), expect: { champion: 2 } }) }),
    task.publish({ offset: 3, value: controlRecord('wine', { promote: version(2), expect: { champion: 1 } }) }),
  ])
  assert.equal(task.refused, [])
  assert.equal(task.store.state('wine')?.routing?.formerChampions, [1, 2, 1])
  await task.close()
})

controls('a control that is read again changes nothing', async () => {
  const task = await ServingTask.open(servingOptions({ models: new LoadedModels() }))
  for (const shift of [1, 2]) await task.publish({ offset: shift - 1, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(shift) }) })
  const back = { offset: 2, value: controlRecord('wine', { rollback: {} }) }
  await task.publish(back)
  await task.publish({ offset: 3, value: controlRecord('wine', { promote: version(2) }) })
  const before = task.store.state('wine')
  await task.publish(back)
  assert.equal([task.refused, task.store.state('wine') === before], [[], true])
  await task.close()
})

controls('a control on the wrong partition, or without a key, is moved as a model is', () =>
  withServing(async serving => {
    await publish(serving, 2)
    await serving.control('wine', { rollback: {} }, { key: null })
    assert.equal(await served(serving), ['OK', 1, 11, 3])
  }),
)

controls.run()
