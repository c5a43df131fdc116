import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { modelStateStore } from '../../stores/index.ts'
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
const timed = suite('policies that wait for an event time')
const version = (number: number): sluice.VersionRef.$Properties => ({ version: number })

/** Versions 1, 2, … of wine, whose scores are the sum and their number; the last is the champion. */
async function publish(serving: ServingDriver, count: number): Promise<void> {
  for (let shift = 1; shift <= count; shift++) await serving.publish({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift) })
}

/** The versions that answer records with these timestamps, in one run; 0: there is no model. */
async function versionsAt(serving: ServingDriver, ...timestamps: readonly number[]): Promise<number[]> {
  await serving.send(...timestamps.map(timestamp => wine('wine', 10, { timestamp })))
  return serving.results().map(({ status, modelVersion, score }) => {
    if (status === 'OK') assert.is(score, 10 + modelVersion)
    return modelVersion
  })
}

const positions = async (serving: ServingDriver): Promise<unknown> =>
  (await serving.store.positions('wine')).map(({ policy, offset }) => [policy, offset])
const refusedEvents = async (serving: ServingDriver): Promise<unknown> =>
  (await serving.events()).filter(({ event }) => event === 'refused').map(({ action, why }) => [action, why])

const each = (what: string, use: (serving: ServingDriver) => Promise<void>): void => {
  for (const join of ['keyed', 'broadcast'] as const) timed(`${join}: ${what}`, () => withServing(use, { join }))
}

each('a change is in force from the first record with its time or a later one, in the middle of a run, and stays so', async serving => {
  await publish(serving, 2)
  await serving.control('wine', { promote: version(1), effectiveFrom: 25, who: 'ana', reason: 'from the 25th on' })
  assert.equal(await versionsAt(serving, 10, 24, 25, 11, 40), [2, 2, 1, 1, 1])
  assert.equal(await versionsAt(serving, 5), [1])
  assert.equal(await positions(serving), [
    [2, 0],
    [3, 2],
  ])
  assert.equal(serving.deadLetters(), [])
  await serving.driver.advanceWallClockTime(2000)
  const state = present(serving.store.state('wine'))
  assert.equal([state.current, state.routing?.number, state.routing?.effectiveFrom, state.waiting ?? []], [1, 3, 25, []])
  const events = await serving.events()
  assert.equal(
    events.filter(({ event }) => event !== 'effective').map(({ event, policy, effectiveFrom, who }) => [event, policy, effectiveFrom, who]),
    [
      ['accepted', 1, undefined, undefined],
      ['accepted', 2, undefined, undefined],
      ['accepted', 3, 25, 'ana'],
      ['promoted', 3, 25, 'ana'],
    ],
  )
})

each('several wait in the order of their times; one that is passed over has no position', async serving => {
  await publish(serving, 3)
  await serving.control('wine', { promote: version(2), effectiveFrom: 50 })
  await serving.control('wine', { promote: version(1), effectiveFrom: 30 })
  await serving.control('wine', { rollback: {}, effectiveFrom: 60 })
  assert.equal(
    serving.store.state('wine')?.waiting?.map(({ effectiveFrom, offset }) => [effectiveFrom, offset]),
    [
      [30, 4],
      [50, 3],
      [60, 5],
    ],
  )
  assert.equal(await versionsAt(serving, 29, 30, 49, 50), [3, 1, 1, 2])
  await serving.control('wine', { promote: version(3), effectiveFrom: 100 })
  await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
  assert.equal(await versionsAt(serving, 55, 100), [2, 1], 'what came last counts last')
  assert.is(((await positions(serving)) as unknown[]).length, 4)
})

each('a time that the data has passed is refused, with an event and a dead letter, and nothing changes', async serving => {
  await publish(serving, 2)
  await versionsAt(serving, 1000, 900)
  await serving.driver.commit()
  for (const effectiveFrom of [1000, 950, 1]) await serving.control('wine', { promote: version(1), effectiveFrom })
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(3), effectiveFrom: 1000 })
  const letters = serving.deadLetters()
  assert.equal(
    letters.map(({ code }) => code),
    Array.from({ length: 4 }, () => 'CONTROL_REFUSED'),
  )
  for (const { message } of letters)
    assert.match(message, /effectiveFrom .* is in the past of the data: records of the data type up to 1970-01-01T00:00:01.000Z/)
  assert.is(((await refusedEvents(serving)) as unknown[]).length, 4)
  const { waiting, latest, policies } = present(serving.store.state('wine'))
  assert.equal([waiting, latest, policies], [undefined, 2, 2])
  await serving.control('wine', { promote: version(1), effectiveFrom: 1001 })
  assert.equal(await versionsAt(serving, 1000, 1001), [2, 1])
})

each('what is changed at once goes before what waits, which then follows it', async serving => {
  await publish(serving, 3)
  await serving.control('wine', { setRole: { of: version(1), role: ModelRole.SHADOW }, effectiveFrom: 100 })
  await serving.control('wine', { promote: version(2) })
  assert.equal(await versionsAt(serving, 10), [2])
  await serving.control('wine', { rollback: {} })
  assert.equal(await versionsAt(serving, 20, 100), [3, 3])
  const last = serving.results().at(-1)
  assert.is(last, undefined)
  await serving.driver.advanceWallClockTime(2000)
  const { champion, shadows, number } = present(serving.store.state('wine')?.routing)
  assert.equal([champion, shadows, number], [3, [1], 8], 'planned as policy 4, again as 6 and as 8')
})

each('a change that waits makes its policy once, as long as nothing comes before it', async serving => {
  await publish(serving, 2)
  const rows = async (): Promise<readonly number[]> => (await present(serving.store.policies).all('wine')).map(({ number }) => number)
  const numbers = (): unknown => serving.store.state('wine')?.waiting?.map(({ policy }) => policy)
  const before = await rows()
  const most = 31
  for (let at = 0; at < most; at++) await serving.control('wine', { promote: version(1 + (at % 2)), effectiveFrom: 100 + at * 10 })
  assert.equal(serving.deadLetters(), [])
  const planned = Array.from({ length: most }, (_, at) => before.length + 1 + at)
  assert.equal([numbers(), (await rows()).length], [planned, before.length + most])
  // One in the middle: what is before it stays as it is, the rest is made anew.
  await serving.control('wine', { promote: version(1), effectiveFrom: 385 })
  const anew = [1, 2, 3].map(more => before.length + most + more)
  assert.equal([numbers(), (await rows()).length], [[...planned.slice(0, 29), ...anew], before.length + most + 3])
  await serving.send(wine('wine', 10, { timestamp: 10_000 }))
  await serving.driver.advanceWallClockTime(2000)
  assert.is(serving.store.state('wine')?.routing?.number, anew.at(-1))
})

for (const withdrawal of ['control', 'tombstone'] as const)
  each(`a withdrawal by ${withdrawal} drops what waits`, async serving => {
    await publish(serving, 2)
    await serving.control('wine', { promote: version(1), effectiveFrom: 100, who: 'ana' })
    if (withdrawal === 'control') await serving.control('wine', { withdraw: {} })
    else await serving.driver.pipe('models', { key: 'wine', value: null })
    assert.equal(await versionsAt(serving, 50, 200), [0, 0])
    assert.equal(await refusedEvents(serving), [['promote', "the data type's model was withdrawn before its time"]])
    const [letter, ...more] = serving.deadLetters()
    assert.equal([letter?.code, more.length], ['CONTROL_REFUSED', 0])
    assert.is(sluice.ModelDescriptor.decode(letter?.value ?? new Uint8Array()).control?.who, 'ana', 'with its control')
  })

each('the retirement of a version drops the changes that would give it a role', async serving => {
  await publish(serving, 3)
  await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
  await serving.control('wine', { promote: version(2), effectiveFrom: 200 })
  await serving.control('wine', { retire: version(1) })
  assert.equal(await versionsAt(serving, 150, 200), [3, 2])
  assert.match(JSON.stringify(await refusedEvents(serving)), /^\[\["promote","version 1 was retired at/)
  assert.is(serving.deadLetters().length, 1)
})

each('what a change expects is compared with what will be in force then', async serving => {
  await publish(serving, 3)
  await serving.control('wine', { promote: version(2), effectiveFrom: 100, expect: { champion: 3 } })
  await serving.control('wine', { promote: version(1), effectiveFrom: 200, expect: { champion: 2 } })
  await serving.control('wine', { promote: version(1), effectiveFrom: 300, expect: { champion: 3 } })
  assert.match(String(serving.deadLetters()[0]?.message), /expects champion 3, but champion 1 is in force/)
  assert.is(serving.store.state('wine')?.waiting?.length, 2)
  await serving.control('wine', { promote: version(1) })
  await serving.events()
  assert.is(serving.store.state('wine')?.waiting, undefined, 'neither champion 3 nor champion 2 is there then')
  assert.is(serving.deadLetters().length, 2)
  assert.equal(await versionsAt(serving, 150, 250), [1, 1])
})

each('a model with a time is a version at once, and has its role from then on', async serving => {
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(1), effectiveFrom: 100, publishedBy: 'ana' })
  assert.equal([serving.store.state('wine')?.latest, serving.store.state('wine')?.current], [1, 0])
  assert.equal(await versionsAt(serving, 50, 100), [0, 1])
  const challenger = { role: ModelRole.CHALLENGER, weight: 1 }
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(2), effectiveFrom: 200, role: challenger })
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(3), effectiveFrom: 200, role: challenger })
  assert.match(String(serving.deadLetters()[0]?.message), /would weigh 2 together/)
  assert.equal(await versionsAt(serving, 150, 200, 150), [1, 2, 2])
  assert.is(serving.store.state('wine')?.versions.length, 2, 'the refused one is no version')
})

for (const withdrawal of ['control', 'tombstone'] as const)
  each(`the first model, with a time, is withdrawn by ${withdrawal} before that`, async serving => {
    await serving.publish({ dataType: 'wine', bytes: shiftedSum(1), effectiveFrom: 100 })
    if (withdrawal === 'control') await serving.control('wine', { withdraw: {} })
    else await serving.driver.pipe('models', { key: 'wine', value: null })
    assert.equal(await versionsAt(serving, 50, 200), [0, 0])
    assert.equal(await refusedEvents(serving), [['setRole', "the data type's model was withdrawn before its time"]])
  })

each('the first model, with a time, is replaced at once by one without', async serving => {
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(1), effectiveFrom: 100 })
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(2) })
  assert.equal(await versionsAt(serving, 50, 100), [2, 1])
})

const refusals: readonly (readonly [what: string, control: Control, why: RegExp])[] = [
  ['a name', { alias: { alias: 'steady', version: 1 }, effectiveFrom: 100 }, /alias is in force at once/],
  ['a retirement', { retire: version(1), effectiveFrom: 100 }, /retire is in force at once/],
  ['a time before 1970', { promote: version(1), effectiveFrom: -5 }, /effectiveFrom is -5; allowed/],
  ['a time that no date has', { promote: version(1), effectiveFrom: 2 ** 53 - 1 }, /effectiveFrom is 9007199254740991; allowed/],
  ['a version that is not there', { promote: version(9), effectiveFrom: 100 }, /no version 9; the newest is 2/],
  ['a control that is long', { promote: version(1), effectiveFrom: 100, reason: 'a'.repeat(20_000) }, /at most 16384 bytes/],
]
for (const [what, control, why] of refusals)
  timed(`refused: ${what}`, () =>
    withServing(async serving => {
      await publish(serving, 2)
      await serving.control('wine', control)
      assert.match(String(serving.deadLetters()[0]?.message), why)
      assert.is(serving.store.state('wine')?.waiting, undefined)
      assert.equal(await versionsAt(serving, 1, 1e12), [2, 2])
    }),
  )

timed('refused: more than 32 that wait', () =>
  withServing(async serving => {
    await publish(serving, 2)
    for (let at = 1; at <= 33; at++) await serving.control('wine', { promote: version(1 + (at % 2)), effectiveFrom: at })
    assert.match(String(serving.deadLetters()[0]?.message), /32 changes of the data type wait/)
    assert.is(serving.store.state('wine')?.waiting?.length, 32)
  }),
)

timed('mixed types in a run: the time of one is nothing to the other', () =>
  withServing(async serving => {
    for (const dataType of ['wine', 'beer']) for (const shift of [1, 2]) await serving.publish({ dataType, bytes: shiftedSum(shift) })
    await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
    await serving.send(wine('wine', 1, { timestamp: 1 }), wine('beer', 1, { timestamp: 500 }), wine('wine', 1, { timestamp: 99 }))
    await serving.send(wine('beer', 1, { timestamp: 1 }), wine('wine', 1, { timestamp: 100 }))
    assert.equal(
      serving.results().map(({ dataType, modelVersion }) => [dataType, modelVersion]),
      [
        ['wine', 2],
        ['beer', 2],
        ['wine', 2],
        ['beer', 2],
        ['wine', 1],
      ],
    )
  }),
)

timed('what waits, and how far the data has come, is there after a restart', async () => {
  const managed = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
  const kept = { store: managed.store, close: () => Promise.resolve() }
  const first = await ServingTask.open(servingOptions({ models: new LoadedModels() }), kept)
  for (const shift of [1, 2]) await first.publish({ offset: shift - 1, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(shift) }) })
  await first.publish({ offset: 2, value: controlRecord('wine', { promote: version(1), effectiveFrom: 500 }) })
  await first.send(wine('wine', 1, { timestamp: 400 }))
  await first.close()
  const rows = managed.prepareCommit()
  await managed.postCommit({ changelogOffset: rows.length })
  const again = await modelStateStore({ name: 'ModelStateStore' }).open(undefined)
  await again.restore(rows, { changelogOffset: rows.length })
  const second = await ServingTask.open(servingOptions({ models: new LoadedModels() }), { store: again.store, close: () => again.close() })
  await second.publish({ offset: 3, value: controlRecord('wine', { promote: version(2), effectiveFrom: 400 }) })
  assert.match(second.refused[0] ?? '', /in the past of the data/)
  await second.publish({ offset: 2, value: controlRecord('wine', { promote: version(1), effectiveFrom: 500 }) })
  assert.is(second.store.state('wine')?.waiting?.length, 1, 'the record is read again: it was applied before')
  await second.send(wine('wine', 1, { timestamp: 499 }), wine('wine', 1, { timestamp: 500 }))
  assert.equal(
    second.results.map(({ modelVersion, policy }) => [modelVersion, policy]),
    [
      [2, 2],
      [1, 3],
    ],
  )
  await second.close()
  await managed.close()
})

timed('a store that keeps one version refuses what waits', () =>
  withServing(
    async serving => {
      await serving.publish({ dataType: 'wine', bytes: shiftedSum(1), effectiveFrom: 100 })
      assert.match(String(serving.deadLetters()[0]?.message), /the store keeps one version of a model/)
    },
    { store: 'key-value' },
  ),
)

timed.run()
