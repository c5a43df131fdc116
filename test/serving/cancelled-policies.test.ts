import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LoadedModels } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { changeOf, changeWithWaiting } from '../../serving/policies/index.ts'
import type { ModelEvent } from '../../serving/index.ts'
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

const cancelled = suite('changes that wait for an event time, cancelled')
const version = (number: number): sluice.VersionRef.$Properties => ({ version: number })

const each = (what: string, use: (serving: ServingDriver) => Promise<void>): void => {
  for (const join of ['keyed', 'broadcast'] as const)
    cancelled(`${join}: ${what}`, () =>
      withServing(
        async serving => {
          for (let shift = 1; shift <= 3; shift++) await serving.publish({ dataType: 'wine', name: `m${shift}`, bytes: shiftedSum(shift) })
          await use(serving)
        },
        { join },
      ),
    )
}

/** The versions and policies that answer records with these timestamps. */
async function answersAt(serving: ServingDriver, ...timestamps: readonly number[]): Promise<unknown> {
  await serving.send(...timestamps.map(timestamp => wine('wine', 10, { timestamp })))
  return serving.results().map(({ modelVersion, policy }) => [modelVersion, policy])
}

const waitingIn = (serving: ServingDriver): unknown => present(serving.store.state('wine')).waiting?.map(({ offset }) => offset)
const told = ({ event, action, policy, champion, who, reason, cancelled: changes }: ModelEvent): unknown => [
  event,
  action,
  policy,
  champion,
  who,
  reason,
  changes,
]

each('the one of that offset never comes into force, the others do; one event says what was cancelled', async serving => {
  await serving.control('wine', { promote: version(1), effectiveFrom: 100, who: 'ana' })
  await serving.control('wine', { promote: version(2), effectiveFrom: 200 })
  await serving.control('wine', { cancel: { offset: 3 }, who: 'ben', reason: 'too early', expect: { champion: 3 } })
  assert.equal(waitingIn(serving), [4])
  assert.equal(await answersAt(serving, 50, 150, 200), [
    [3, 6],
    [3, 6],
    [2, 7],
  ])
  assert.equal(serving.deadLetters(), [])
  const events = await serving.events()
  const change = { partition: 0, offset: 3, action: 'promote', effectiveFrom: 100, who: 'ana' }
  assert.equal(told(present(events.find(({ event }) => event === 'cancelled'))), [
    'cancelled',
    'cancel',
    6,
    3,
    'ben',
    'too early',
    [change],
  ])
  assert.is(events.filter(({ event }) => event === 'refused').length, 0)
  assert.equal(
    (await serving.store.positions('wine')).map(({ policy, offset }) => [policy, offset]),
    [
      [6, 0],
      [7, 2],
    ],
  )
})

each('all of them', async serving => {
  await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
  await serving.control('wine', { withdraw: {}, effectiveFrom: 200 })
  await serving.publish({ dataType: 'wine', bytes: shiftedSum(4), effectiveFrom: 300 })
  await serving.control('wine', { cancel: { all: true } })
  assert.is(waitingIn(serving), undefined)
  assert.equal(await answersAt(serving, 100, 200, 300), [
    [3, 7],
    [3, 7],
    [3, 7],
  ])
  const [event] = (await serving.events()).filter(each => each.event === 'cancelled')
  assert.equal(
    event?.cancelled?.map(({ offset, action }) => [offset, action]),
    [
      [3, 'promote'],
      [4, 'withdraw'],
      [5, 'setRole'],
    ],
  )
  await serving.control('wine', { promote: version(4) })
  assert.equal(await answersAt(serving, 400), [[4, 8]], 'the model stays a version, and may get a role')
})

each('what needs the change that is cancelled is dropped, with an event and a dead letter', async serving => {
  await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
  await serving.control('wine', { promote: version(2), effectiveFrom: 200, expect: { champion: 1 } })
  await serving.control('wine', { cancel: { offset: 3 } })
  assert.is(waitingIn(serving), undefined)
  const events = await serving.events()
  assert.equal(
    events.slice(-2).map(({ event, record, why }) => [event, record?.offset, why]),
    [
      ['cancelled', 5, undefined],
      ['refused', 4, 'it expects champion 1, but champion 3 is in force'],
    ],
  )
  assert.equal(
    serving.deadLetters().map(({ code }) => code),
    ['CONTROL_REFUSED'],
  )
})

const refusals: readonly (readonly [what: string, control: Control, why: RegExp])[] = [
  [
    'an offset of which nothing waits',
    { cancel: { offset: 9 } },
    /no change of offset 9 waits for its time; those that do have the offsets 3/,
  ],
  ['neither an offset nor all', { cancel: {} }, /names either the offset of a change that waits, or all/],
  ['both', { cancel: { offset: 3, all: true } }, /names either the offset of a change that waits, or all/],
  ['another champion than it expects', { cancel: { offset: 3 }, expect: { champion: 1 } }, /expects champion 1, but champion 3/],
  ['another policy than it expects', { cancel: { all: true }, expect: { policy: 9 } }, /expects policy 9, but policy 3/],
  ['a time of its own', { cancel: { offset: 3 }, effectiveFrom: 50 }, /cancel is in force at once/],
]
for (const [what, control, why] of refusals)
  each(`refused: ${what}`, async serving => {
    await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
    await serving.control('wine', control)
    const [letter, ...more] = serving.deadLetters()
    assert.equal([letter?.code, more], ['CONTROL_REFUSED', []])
    assert.match(String(letter?.message), why)
    assert.equal(waitingIn(serving), [3])
    assert.is((await serving.events()).filter(({ event }) => event === 'refused').length, 1)
    assert.equal(await answersAt(serving, 99, 100), [
      [3, 3],
      [1, 4],
    ])
  })

each('refused: nothing waits; what has come into force is not undone', async serving => {
  await serving.control('wine', { cancel: { all: true } })
  await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
  await answersAt(serving, 100)
  await serving.control('wine', { cancel: { offset: 4 } })
  const [none, late] = serving.deadLetters()
  assert.match(String(none?.message), /no change of the data type waits for its time/)
  assert.match(String(late?.message), /the change of offset 4 is in force since the data came to 1970-01-01T00:00:00.100Z, as policy 4/)
  assert.equal(await answersAt(serving, 5), [[1, 4]])
})

each('a first model whose time is cancelled answers nothing', async serving => {
  await serving.publish({ dataType: 'beer', bytes: shiftedSum(1), effectiveFrom: 100 })
  await serving.control('beer', { cancel: { all: true } })
  await serving.send(wine('beer', 1, { timestamp: 50 }), wine('beer', 1, { timestamp: 150 }))
  assert.equal(
    serving.results().map(({ status }) => status),
    ['NO_MODEL', 'NO_MODEL'],
  )
  await serving.control('beer', { promote: version(1) })
  await serving.send(wine('beer', 1, { timestamp: 160 }))
  assert.is(serving.results()[0]?.modelVersion, 1)
})

cancelled(
  'broadcast: a partition that came to the time before it knew of the cancellation goes on under the next policy, at a position',
  () =>
    withServing(
      async serving => {
        for (let shift = 1; shift <= 2; shift++) await serving.publish({ dataType: 'wine', bytes: shiftedSum(shift) })
        await serving.control('wine', { promote: version(1), effectiveFrom: 100 })
        assert.equal(await answersAt(serving, 50, 100), [
          [2, 2],
          [1, 3],
        ])
        // As the task of the models does that has not read yet how far the data has come.
        const { store } = serving
        const action = { kind: 'cancel', which: 'all' } as const
        const { change } = changeWithWaiting(present(store.state('wine')), changeOf(store.state('wine'), { action, expect: {} }))
        store.change('wine', { ...change, asked: { partition: 0, offset: 4, acceptedAt: 1 } })
        assert.equal(await answersAt(serving, 110, 120), [
          [2, 4],
          [2, 4],
        ])
        assert.equal(
          (await serving.store.positions('wine')).map(({ policy, offset }) => [policy, offset]),
          [
            [2, 0],
            [3, 1],
            [4, 2],
          ],
        )
      },
      { join: 'broadcast' },
    ),
)

cancelled('a cancellation that is read again changes nothing', async () => {
  const task = await ServingTask.open(servingOptions({ models: new LoadedModels() }))
  const control = (offset: number, asked: Control): Promise<void> => task.publish({ offset, value: controlRecord('wine', asked) })
  for (const shift of [1, 2]) await task.publish({ offset: shift - 1, value: modelRecord({ dataType: 'wine', bytes: shiftedSum(shift) }) })
  await control(2, { promote: version(1), effectiveFrom: 100 })
  await control(3, { cancel: { all: true } })
  await control(4, { promote: version(1), effectiveFrom: 200 })
  await control(3, { cancel: { all: true } })
  assert.equal(
    task.store.state('wine')?.waiting?.map(({ offset }) => offset),
    [4],
  )
  assert.equal(task.refused, [])
  await task.close()
})

cancelled.run()
