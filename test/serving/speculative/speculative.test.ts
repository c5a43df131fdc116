import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SpeculativePolicy } from '../../../serving/options/index.ts'
import { type Decided, SpeculativeDriver, withPolicy } from './speculative-driver.ts'

const test = suite('speculative execution')

const never = 30_000

function policyOf(names: string, more: Partial<SpeculativePolicy> = {}): SpeculativePolicy {
  return { models: names.split(' ').map(model => ({ model })), budgetMs: 1500, decider: { kind: 'smartest' }, ...more }
}

/** Cause, score, and each model's part. */
function brief({ status, score, decision }: Decided | undefined = {} as Decided): unknown {
  return [status, score, decision?.cause, ...(decision?.models.map(({ name, part }) => `${name} ${part.toLowerCase()}`) ?? [])]
}

test('smartest: the simple model when the smart one takes longer than the budget, whose score comes late', () =>
  withPolicy(policyOf('smart simple', { budgetMs: 150 }), async driver => {
    await driver.publish({ smart: { ms: 400, factor: 2 }, simple: { factor: 1 } })
    const [decided] = await driver.decide(1000)
    assert.equal(brief(decided), ['OK', 1000, 'TIMEOUT', 'smart missing', 'simple contributed'])
    assert.is(decided?.modelName, 'simple')
    assert.is(decided?.modelVersion, 2)
    const { elapsed = 0, budgetMs, decider, models } = decided?.decision ?? { models: [] }
    assert.ok(elapsed >= 145 && elapsed < 390, `${elapsed} ms`)
    assert.equal([budgetMs, decider], [150, 'smartest'])
    assert.ok((models[1]?.elapsed ?? 0) > 0)
    assert.is(models[0]?.elapsed, undefined)
    const [late] = await driver.late(1)
    assert.equal([late?.modelName, late?.score, late?.inputOffset, late?.status], ['smart', 2000, 0, 'OK'])
    assert.ok((late?.late ?? 0) > 390)
    assert.is(late?.decision, null)
  }))

test('smartest: the smart one when the budget is larger, without waiting for the rest of it', () =>
  withPolicy(policyOf('smart simple', { budgetMs: never }), async driver => {
    await driver.publish({ smart: { ms: 50, factor: 2 }, simple: { factor: 1 } })
    const [decided] = await driver.decide(1000)
    const [status, score, cause, smart, simple] = brief(decided) as readonly unknown[]
    assert.equal([status, score, smart], ['OK', 2000, 'smart contributed'])
    // On a busy machine the simple one may still be on its way: it cannot change anything.
    assert.ok(
      (cause === 'ALL' && simple === 'simple outvoted') || (cause === 'EARLY' && simple === 'simple missing'),
      `${cause}, ${simple}`,
    )
    assert.equal(decided?.outputs, [{ name: 'scored', numbers: [2000], texts: [] }])
  }))

test('majority: decided as soon as it cannot be beaten', () =>
  withPolicy(policyOf('a b c', { budgetMs: never, decider: { kind: 'majority' } }), async driver => {
    await driver.publish({ a: { ms: 1000, label: 'no' }, b: { label: 'yes' }, c: { label: 'yes', ms: 50 } })
    const [decided] = await driver.decide(1000)
    assert.equal(brief(decided), ['OK', 1000, 'EARLY', 'a missing', 'b contributed', 'c contributed'])
    assert.is(decided?.label, 'yes')
    assert.ok((decided?.decision?.elapsed ?? never) < 900)
    const [late] = await driver.late(1)
    assert.equal([late?.modelName, late?.label], ['a', 'no'])
  }))

test('models that abstain or fail never vote; then the fallback; then no result', async () => {
  const decider = { kind: 'majority', atLeast: 2 } as const
  await withPolicy(policyOf('a b c', { decider, fallback: 'spare' }), async driver => {
    await driver.publish({ a: { label: 'yes', abstainsOn: 7 }, b: { label: 'yes', failsOn: 7 }, c: { label: 'no' }, spare: { factor: 3 } })
    const [odd, usual] = await driver.decide(7000, 8000)
    assert.equal(brief(odd), ['OK', 21_000, 'FALLBACK', 'a abstained', 'b failed', 'c outvoted', 'spare contributed'])
    assert.match(odd?.decision?.models[1]?.error ?? '', /it fails on this row/)
    assert.equal(
      odd?.decision?.models.map(({ fallback }) => fallback),
      [false, false, false, true],
    )
    assert.is(usual?.label, 'yes')
  })
  await withPolicy(policyOf('a b', { decider, budgetMs: 200 }), async driver => {
    await driver.publish({ a: { label: 'yes' }, b: { ms: 2000, label: 'yes' } })
    const [decided] = await driver.decide(1000)
    assert.equal(brief(decided), ['NO_RESULT', 0, 'TIMEOUT', 'a outvoted', 'b missing'])
    assert.is(decided?.modelName, '')
  })
})

test('the models run beside each other, and the records of a run too: all of them wait for one budget', () =>
  withPolicy(policyOf('slow quick', { budgetMs: 300 }), async driver => {
    await driver.publish({ slow: { ms: 2000 }, quick: { ms: 100, factor: 5 } })
    await driver.decide(1000)
    const started = performance.now()
    const all = await driver.decide(...Array.from({ length: 200 }, (_, row) => 1000 + row))
    const took = performance.now() - started
    assert.ok(took >= 290 && took < 1500, `${took} ms`)
    assert.equal(
      all.map(({ score }) => score),
      Array.from({ length: 200 }, (_, row) => 5 * (1000 + row)),
    )
    assert.equal(
      all.map(({ inputOffset }) => inputOffset),
      Array.from({ length: 200 }, (_, row) => 1 + row),
    )
    assert.ok(all.every(({ decision }) => decision?.cause === 'TIMEOUT'))
  }))

test('a model whose process dies fails, the others decide, and it is there again for later records', () =>
  withPolicy(policyOf('mortal steady', { budgetMs: never }), async driver => {
    await driver.publish({ mortal: { crashesOn: 1313, factor: 2 }, steady: {} })
    const [before] = await driver.decide(1000)
    assert.is(before?.score, 2000)
    const [crashed] = await driver.decide(1313)
    assert.equal(brief(crashed), ['OK', 1313, 'ALL', 'mortal failed', 'steady contributed'])
    const [after] = await driver.decide(1001)
    assert.is(after?.score, 2002)
  }))

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
    await serving.send(wine('beer', 1), wine('wine', 1000), wine('beer', 2), wine('wine', 1001), wine('cider', 1))
    assert.equal(
      serving.results().map(({ dataType, score, status }) => [dataType, score, status]),
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
      history.map(({ version, figures }) => [version.name, figures?.invocations]),
      [
        ['b', 3],
        ['a', 3],
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
