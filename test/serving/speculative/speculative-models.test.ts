import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../../proto/messages.js'
import { brief, type Decided, policyOf, SpeculativeDriver, withPolicy } from './speculative-driver.ts'

const test = suite('speculative execution: models and policies')

const { ModelRole } = sluice
const never = 30_000

test('the newest version of a name takes part; a name or number without a version has failed', () =>
  withPolicy({ ...policyOf('a', { budgetMs: never }), models: [{ model: 'absent' }, { model: 99 }, { model: 'a' }] }, async driver => {
    assert.equal(brief((await driver.decide(1000))[0]), ['NO_MODEL', 0, undefined])
    await driver.publish({ a: { factor: 2 }, other: { factor: 9 } })
    const [first] = await driver.decide(1000)
    assert.equal(brief(first), ['OK', 2000, 'ALL', 'absent failed', '99 failed', 'a contributed'])
    assert.match(first?.decision?.models[0]?.error ?? '', /no version in use is named "absent"/)
    await driver.publish({ a: { factor: 3 } })
    const scores: number[] = []
    for (let tries = 0; scores.at(-1) !== 3000 && tries < 200; tries++) {
      scores.push(...(await driver.decide(1000)).map(({ score }) => score))
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    // The version before serves until the new one is loaded.
    assert.equal(new Set(scores), new Set([2000, 3000]))
    assert.is(scores.at(-1), 3000)
  }))

test('results name the policy and the record of the model, a policy takes effect at its first decision, and a retired version takes no part', () =>
  withPolicy(policyOf('a b', { budgetMs: never }), async driver => {
    const { serving } = driver
    await driver.publish({ a: { factor: 2 }, b: {} })
    const origin = ({ modelName, policy, modelPartition, modelOffset }: Decided): unknown => [
      modelName,
      policy,
      modelPartition,
      modelOffset,
    ]
    assert.equal((await driver.decide(1000, 1001)).map(origin), [
      ['a', 2, 0, 0],
      ['a', 2, 0, 0],
    ])
    await serving.control('wine', { retire: { version: 1 } })
    let last: Decided | undefined
    for (let tries = 0; last?.modelName !== 'b' && tries < 200; tries++) {
      ;[last] = await driver.decide(1002)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    assert.equal(brief(last), ['OK', 1002, 'ALL', 'a failed', 'b contributed'])
    const positions = (await serving.events())
      .filter(({ event }) => event === 'effective')
      .map(({ policy, position }) => [policy, position])
    assert.equal(positions, [[2, { partition: 0, offset: 0 }]])
  }))

test('other data types are scored as ever, in the order of the records', () =>
  withPolicy(policyOf('a b', { budgetMs: 1000 }), async driver => {
    const { serving } = driver
    await driver.publish({ a: { factor: 2 }, b: {} })
    const { wine } = await import('../serving-driver.ts')
    const { delayedBytes } = await import('./delayed-model.ts')
    await serving.publish({ dataType: 'beer', name: 'plain', bytes: delayedBytes({ factor: 7 }) })
    await serving.sendAndWait(wine('beer', 1), wine('wine', 1000), wine('beer', 2), wine('wine', 1001), wine('cider', 1))
    assert.equal(
      serving
        .results()
        .toSorted((one, other) => one.inputOffset - other.inputOffset)
        .map(({ dataType, score, status }) => [dataType, score, status]),
      [
        ['beer', 7, 'OK'],
        ['wine', 2000, 'OK'],
        ['beer', 14, 'OK'],
        ['wine', 2002, 'OK'],
        ['cider', 0, 'NO_MODEL'],
      ],
    )
  }))

test('the use of every model of a race is counted', () =>
  withPolicy(policyOf('a b', { budgetMs: never, decider: { kind: 'mean' } }), async driver => {
    await driver.publish({ a: { factor: 2 }, b: { factor: 4 } })
    const all = await driver.decide(1000, 1001, 1002)
    assert.equal(
      all.map(({ score }) => score),
      [3000, 3003, 3006],
    )
    await driver.serving.driver.commit()
    const history = await driver.serving.store.history('wine')
    assert.equal(
      history.map(({ version, figures }) => [version.name, figures?.invocations, figures?.roles.map(({ role }) => role)]),
      [
        ['b', 3, [ModelRole.RACER]],
        ['a', 3, [ModelRole.RACER]],
      ],
    )
  }))

test('a decider that is not allowed, or fails its trial, stops the start', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-deciders-'))
  try {
    await writeFile(join(directory, 'bad.mjs'), 'export default { start: () => 0, onResult: () => null.x, onTimeout: () => undefined }')
    const policy = policyOf('a', { decider: { kind: 'module', module: 'bad.mjs' } })
    for (const [roots, said] of [
      [[], /none is configured/],
      [[directory], /failed its trial/],
    ] as const) {
      const refused = await SpeculativeDriver.open(policy, { deciderRoots: roots }).then(
        () => undefined,
        (error: unknown) => error,
      )
      assert.match(String(refused), said)
    }
  } finally {
    await rm(directory, { recursive: true })
  }
})

test.run()
