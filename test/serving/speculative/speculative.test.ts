import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TopologyTestDriver } from '../../../topology/index.ts'
import { wine } from '../serving-driver.ts'
import { brief, policyOf, SpeculativeDriver, withPolicy } from './speculative-driver.ts'

const test = suite('speculative execution')

const never = 30_000

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

test('late scores that their topic does not take are dead letters of their records; the others are written', async () => {
  const driver = await SpeculativeDriver.open(
    policyOf('smart simple', { budgetMs: 150 }),
    {},
    {},
    {
      topicConfigs: { 'results-late': { 'max.message.bytes': '3000' } },
    },
  )
  await driver.publish({ smart: { ms: 400, factor: 2 }, simple: { factor: 1 } })
  await driver.serving.sendAndWait(wine('wine', 1000), wine('wine', 2000, { headers: { large: Buffer.alloc(3000) } }), wine('wine', 3000))
  assert.equal(
    (await driver.late(2)).map(({ inputOffset, score }) => [inputOffset, score]),
    [
      [0, 2000],
      [2, 6000],
    ],
  )
  const letters = driver.serving.driver.read(TopologyTestDriver.deadLetterTopic)
  assert.equal(
    letters.map(({ headers }) => ['error.code', 'source.topic', 'source.offset'].map(name => String(headers?.[`sluice.${name}`]))),
    [['RECORD_TOO_LARGE', 'data', '1']],
  )
  assert.is(driver.serving.driver.read('results').length, 3)
  await driver.close()
})

test('smartest: the smart one when the budget is larger, without waiting for the rest of it', () =>
  withPolicy(policyOf('smart simple', { budgetMs: never }), async driver => {
    await driver.publish({ smart: { ms: 50, factor: 2 }, simple: { factor: 1 } })
    const [decided] = await driver.decide(1000)
    const [status, score, cause, smart, simple] = brief(decided)
    assert.equal([status, score, smart], ['OK', 2000, 'smart contributed'])
    // On a busy machine the simple one may still be on its way: it cannot change anything.
    assert.ok(
      (cause === 'ALL' && simple === 'simple outvoted') || (cause === 'EARLY' && simple === 'simple missing'),
      JSON.stringify([cause, simple]),
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

test('a model whose process records have killed does not race any more', () =>
  withPolicy(
    policyOf('smart simple', { budgetMs: never }),
    async driver => {
      await driver.publish({ smart: { factor: 2, crashesOn: 1001 }, simple: { factor: 1 } })
      const killed = (await driver.decide(1000, 1001, 1002)).map(brief)
      assert.equal(killed[1], ['OK', 1001, 'ALL', 'smart failed', 'simple contributed'])
      const [later] = await driver.decide(1003)
      assert.equal(brief(later), ['OK', 1003, 'ALL', 'smart failed', 'simple contributed'])
      assert.match(later?.decision?.models[0]?.error ?? '', /the model is quarantined: 1 records/)
      const total = (name: string): number | undefined =>
        driver.serving.driver.metrics.families().find(family => family.name === name)?.samples[0]?.value
      assert.equal([total('sluice_model_kills_total'), total('sluice_model_quarantines_total')], [1, 1])
    },
    {},
    { quarantineAfter: 1 },
  ))

test.run()
