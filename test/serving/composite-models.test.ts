import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultModelFactory } from '../../models/index.ts'
import { sluice } from '../../proto/messages.js'
import { first, second } from './composite-steps.ts'
import { KeptNamedModels, Rescorer, wholeOf } from '../../serving/index.ts'
import type { RawRecord } from '../../topology/index.ts'
import { ruleBytes, ruleFactory, ruleReader, ruleRecord } from './rule-model.ts'
import { type Control, present, type ServingDriver, sha256Of, shiftedSum, wine, withServing } from './serving-driver.ts'

const composite = suite('composite models')
type Policy = sluice.RoutingPolicy.$Properties
const version = (number: number): sluice.VersionRef.$Properties => ({ version: number })
const aThenB: Policy = { steps: [{ name: 'a' }, { name: 'b' }] }

async function publish(serving: ServingDriver): Promise<void> {
  await serving.publish({ dataType: 'wine', name: 'a', bytes: first(1) })
  await serving.publish({ dataType: 'wine', name: 'b', bytes: second(1000), after: 'a' })
}

const set = (serving: ServingDriver, policy: Policy, more: Control = {}): Promise<void> =>
  serving.control('wine', { setPolicy: policy, ...more })

/** The raw results of wines with these alcohols, in one run. */
async function scored(serving: ServingDriver, ...alcohols: readonly number[]): Promise<sluice.ScoreResult[]> {
  await serving.sendAndWait(...alcohols.map(alcohol => wine('wine', alcohol)))
  return serving.driver.read('results').map(record => sluice.ScoreResult.decode(record.value ?? new Uint8Array()))
}
const stepsIn = ({ steps }: sluice.ScoreResult): unknown => steps.map(({ name, version: number }) => [name, Number(number)])
const scoresOf = (results: readonly sluice.ScoreResult[]): unknown => results.map(({ score }) => score)

const each = (what: string, use: (serving: ServingDriver) => Promise<void>): void => {
  for (const join of ['keyed', 'broadcast'] as const)
    composite(`${join}: ${what}`, () =>
      withServing(
        async serving => {
          await publish(serving)
          await use(serving)
        },
        { join },
      ),
    )
}

each('the outputs of the first are fields of the second, in one batch; a result names both', async serving => {
  assert.equal([serving.store.state('wine')?.current, serving.store.state('wine')?.latest], [1, 2], 'b has no role of its own')
  assert.equal(scoresOf(await scored(serving, 5)), [6])
  await set(serving, aThenB, { who: 'ana' })
  assert.equal(serving.deadLetters(), [])
  const results = await scored(serving, 5, 6, 7)
  assert.equal(scoresOf(results), [6005, 7006, 8007])
  const [result] = results as [sluice.ScoreResult]
  assert.equal([result.modelName, wholeOf(result.modelVersion), wholeOf(result.policy), result.role], ['b', 2, 2, 0])
  assert.equal(
    result.steps.map(({ name, version: number, hash, offset }) => [
      name,
      Number(number),
      Buffer.from(hash ?? []).toString('hex'),
      Number(offset),
    ]),
    [
      ['a', 1, sha256Of(first(1)), 0],
      ['b', 2, sha256Of(second(1000)), 1],
    ],
  )
  assert.equal(
    result.outputs.map(({ name }) => name),
    ['outer'],
  )
  await set(serving, { champion: version(1) })
  const [alone] = await scored(serving, 5)
  assert.equal([alone?.score, alone?.steps], [6, []])
})

each('a new version of either takes its place from its position on, at once or at a time; both are named', async serving => {
  await set(serving, aThenB)
  assert.equal(scoresOf(await scored(serving, 5)), [6005])
  await serving.publish({ dataType: 'wine', name: 'a', bytes: first(2) })
  const [afterA] = await scored(serving, 5)
  assert.equal(
    [afterA?.score, afterA && stepsIn(afterA)],
    [
      7005,
      [
        ['a', 3],
        ['b', 2],
      ],
    ],
  )
  await serving.publish({ dataType: 'wine', name: 'b', bytes: second(100), after: 'a' })
  const [afterB] = await scored(serving, 5)
  assert.equal(
    [afterB?.score, afterB && stepsIn(afterB)],
    [
      705,
      [
        ['a', 3],
        ['b', 4],
      ],
    ],
  )
  await serving.publish({ dataType: 'wine', name: 'a', bytes: first(10), effectiveFrom: 1000 })
  await serving.send(wine('wine', 5, { timestamp: 999 }), wine('wine', 5, { timestamp: 1000 }))
  const timed = serving.driver.read('results').map(record => sluice.ScoreResult.decode(record.value ?? new Uint8Array()))
  assert.equal(
    [scoresOf(timed), timed.map(stepsIn)],
    [
      [705, 1505],
      [
        [
          ['a', 3],
          ['b', 4],
        ],
        [
          ['a', 5],
          ['b', 4],
        ],
      ],
    ],
  )
  await serving.control('wine', { promote: version(1) })
  assert.equal(scoresOf(await scored(serving, 5)), [605], 'back to an older version of a')
  const events = await serving.events()
  const { policy } = events.filter(({ event }) => event === 'effective').at(-1) ?? {}
  assert.is(policy, serving.store.state('wine')?.routing?.number)
  assert.equal(
    events.filter(({ event }) => event === 'effective').map(({ steps }) => steps),
    [
      [1, 2],
      [3, 2],
      [3, 4],
      [5, 4],
      [1, 4],
    ],
    'the positions tell both versions',
  )
  assert.equal(events.findLast(({ event }) => event === 'promoted' || event === 'accepted')?.steps, [1, 4])
  assert.equal(serving.deadLetters(), [])
})

each('steps by number stay what they are', async serving => {
  await set(serving, { steps: [{ of: version(1) }, { of: version(2) }] })
  await serving.publish({ dataType: 'wine', name: 'a', bytes: first(2) })
  assert.match(String(serving.deadLetters()[0]?.message), /the policy is a then b, and no step has the name "a"/)
  assert.equal(scoresOf(await scored(serving, 5)), [6005])
})

each('a rollback goes back to the composite before, and then to the model that was the champion alone', async serving => {
  assert.equal(scoresOf(await scored(serving, 5)), [6])
  await set(serving, aThenB)
  await serving.publish({ dataType: 'wine', name: 'a', bytes: first(2) })
  await serving.publish({ dataType: 'wine', name: 'b', bytes: second(100), after: 'a' })
  const found: unknown[] = []
  for (let back = 0; back < 3; back++) {
    found.push(scoresOf(await scored(serving, 5)))
    await serving.control('wine', { rollback: {} })
  }
  assert.equal(found, [[705], [7005], [6]])
  assert.equal(serving.store.state('wine')?.routing?.steps, [])
  assert.match(String(serving.deadLetters()[0]?.message), /there is no champion before this one/)
})

const refusals: readonly (readonly [what: string, policy: Policy, why: RegExp])[] = [
  [
    'in the other order',
    { steps: [{ name: 'b' }, { name: 'a' }] },
    /model "b" version 2 takes the outputs of another model, so it cannot be the first/,
  ],
  ['a second step that takes nothing', { steps: [{ name: 'a' }, { name: 'c' }] }, /model "c" version 3 takes no outputs of another model/],
  [
    'outputs that do not fit',
    { steps: [{ name: 'c' }, { name: 'b' }] },
    /outputs of model "c" version 3 are not what model "b" version 2 takes: inner \(number\) is missing; it gives y/,
  ],
  ['one step', { steps: [{ name: 'a' }] }, /names 1 steps; a composite has 2/],
  ['three steps', { steps: [{ name: 'a' }, { name: 'b' }, { name: 'b' }] }, /names 3 steps/],
  ['a step without a name', { steps: [{ name: 'a' }, {}] }, /a step of setPolicy names no version/],
  ['a name that no version has', { steps: [{ name: 'a' }, { name: 'z' }] }, /no version in use is named "z"/],
  ['a version that is not there', { steps: [{ of: version(1) }, { of: version(9) }] }, /no version 9/],
  ['a champion beside it', { ...aThenB, champion: version(1) }, /names a champion and steps/],
  ['a shadow beside it', { ...aThenB, shadows: [version(3)] }, /a composite has only a fallback/],
  ['a challenger beside it', { ...aThenB, challengers: [{ of: version(3), weight: 0.1 }] }, /a composite has only a fallback/],
  ['racers beside it', { ...aThenB, racers: [{ name: 'c' }], decider: 'smartest', budgetMs: 20 }, /a composite has only a fallback/],
  ['a step as its own fallback', { ...aThenB, fallback: version(1) }, /version 1 would have two roles/],
  ['the second step alone as champion', { champion: version(2) }, /takes the outputs of another model: only the steps/],
  ['the second step as shadow', { shadows: [version(2)] }, /takes the outputs of another model/],
  ['the second step in a race', { racers: [{ name: 'b' }], decider: 'smartest', budgetMs: 20 }, /no version in use is named "b"/],
]
for (const [what, policy, why] of refusals)
  composite(`refused: ${what}`, () =>
    withServing(async serving => {
      await publish(serving)
      await serving.publish({ dataType: 'wine', name: 'c', bytes: shiftedSum(1) })
      await serving.control('wine', { promote: version(1) })
      await set(serving, policy)
      const [letter, ...more] = serving.deadLetters()
      assert.equal([letter?.code, more], ['CONTROL_REFUSED', []])
      assert.match(String(letter?.message), why)
      assert.is((await serving.events()).filter(({ event }) => event === 'refused').length, 1)
      assert.equal(scoresOf(await scored(serving, 5)), [6])
    }),
  )

composite('a new version of the first that does not give what the second takes is refused, and nothing changes', () =>
  withServing(async serving => {
    await publish(serving)
    await set(serving, aThenB)
    await serving.publish({ dataType: 'wine', name: 'a', bytes: first(2, 'other') })
    const [letter, ...more] = serving.deadLetters()
    assert.equal([letter?.code, more], ['CONTROL_REFUSED', []])
    assert.match(String(letter?.message), /inner \(number\) is missing; it gives other/)
    assert.is(serving.store.state('wine')?.latest, 2)
    assert.equal(scoresOf(await scored(serving, 5)), [6005])
  }),
)

composite('what a model cannot be published after', () =>
  withServing(async serving => {
    await serving.publish({ dataType: 'wine', name: 'b', bytes: second(1000), after: 'a' })
    await publish(serving)
    await serving.publish({ dataType: 'wine', name: 'e', bytes: second(1000, 'elsewhere'), after: 'a' })
    await serving.publish({ dataType: 'wine', name: 'f', bytes: shiftedSum(1), after: 'a' })
    await serving.publish({ dataType: 'wine', name: 'g', bytes: second(1000), after: 'b' })
    await serving.publish({ dataType: 'wine', name: 'h', bytes: second(1000) })
    await serving.publish({ dataType: 'wine', name: 'i', bytes: second(1000), after: 'a', role: { role: sluice.ModelRole.SHADOW } })
    const whys = [
      /no version in use has that name/,
      /missing: elsewhere/,
      /x takes 11 number fields, the record has 12/,
      /itself takes those of another model/,
      /missing: inner/,
      /takes the outputs of another model/,
    ]
    const letters = serving.deadLetters()
    assert.is(letters.length, whys.length)
    for (const [at, why] of whys.entries()) assert.match(String(letters[at]?.message), why)
    assert.is(serving.store.state('wine')?.latest, 2)
  }),
)

composite('a step cannot be retired', () =>
  withServing(async serving => {
    await publish(serving)
    await set(serving, aThenB)
    for (const number of [1, 2]) await serving.control('wine', { retire: version(number) })
    const letters = serving.deadLetters().map(({ message }) => message)
    assert.match(letters[0] ?? '', /version 1 is a step of the policy/)
    assert.match(letters[1] ?? '', /version 2 is the champion/)
  }),
)

for (const later of [false, true])
  composite(
    `the first ${later ? 'answers later, and' : ''} fails: it is named, or the fallback answers; where it has no result, there is none`,
    () => {
      const factory = ruleFactory().register('ONNX', present(defaultModelFactory().loader('ONNX')))
      return withServing(
        async serving => {
          await serving.publish({ dataType: 'r', name: 'a', bytes: ruleBytes({ factor: 2, later }) })
          await serving.publish({ dataType: 'r', name: 'b', bytes: second(1000, 'pair[0]', 'x'), after: 'a' })
          await serving.publish({ dataType: 'r', name: 'c', bytes: ruleBytes({ factor: 3 }) })
          await serving.control('r', { setPolicy: aThenB })
          assert.equal(serving.deadLetters(), [])
          const answers = async (): Promise<sluice.ScoreResult[]> => {
            await serving.sendAndWait(...[1, -1, 0, 2].map(x => ruleRecord('r', x)))
            return serving.driver.read('results').map(record => sluice.ScoreResult.decode(record.value ?? new Uint8Array()))
          }
          const results = await answers()
          assert.equal(
            results.map(({ status, score }) => [status, score]),
            [
              [0, 1001],
              [3, 0],
              [2, 0],
              [0, 2002],
            ],
          )
          assert.match(String(results[1]?.error), /model "a" version 1, a step of the composite, failed: it cannot take -1/)
          assert.equal(
            results.map(stepsIn),
            results.map(() => [
              ['a', 1],
              ['b', 2],
            ]),
          )
          await serving.control('r', { setPolicy: { ...aThenB, fallback: version(3) } })
          const instead = await answers()
          assert.equal(
            instead.map(({ status, score, modelName, steps }) => [status, score, modelName, steps.length]),
            [
              [0, 1001, 'b', 2],
              [3, 0, 'c', 0],
              [2, 0, 'b', 2],
              [0, 2002, 'b', 2],
            ],
            'the fallback cannot take it either',
          )
        },
        { factory, reader: ruleReader() },
      )
    },
  )

composite('a result is made again from what it says of both models, and another one is told', () =>
  withServing(async serving => {
    await publish(serving)
    await set(serving, aThenB)
    const [result] = (await scored(serving, 5)) as [sluice.ScoreResult]
    await serving.publish({ dataType: 'wine', name: 'a', bytes: first(2) })
    const rescorer = new Rescorer(serving.options, new KeptNamedModels(serving.store, () => Promise.resolve(undefined)))
    const { value: bytes } = wine('wine', 5)
    const record: RawRecord = {
      key: Buffer.from('wine'),
      value: Buffer.from(bytes as Uint8Array),
      timestamp: 0,
      headers: undefined,
      topic: 'data',
      partition: 0,
      offset: 0,
      source: undefined,
    }
    assert.equal(await rescorer.again(result, record), [{ version: 2, status: 'OK', score: 6005, label: '', equal: true, alone: true }])
    const [other] = await rescorer.again(sluice.ScoreResult.fromObject({ ...sluice.ScoreResult.toObject(result), score: 7005 }), record)
    assert.is(other !== undefined && 'equal' in other && other.equal, false)
    await rescorer.close()
  }),
)

composite.run()
