import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sluice } from '../../../proto/messages.js'
import type { ServingOptions } from '../../../serving/index.ts'
import { type Control, present, wine } from '../serving-driver.ts'
import { brief, type Decided, decodeDecided, policyOf, type SpeculativeDriver, withPolicy } from './speculative-driver.ts'

const test = suite('races by control records')
const { ModelRole } = sluice
const never = 30_000

/** Without races in the settings. */
function withControls(use: (driver: SpeculativeDriver) => Promise<void>, more: Partial<ServingOptions> = {}): Promise<void> {
  return withPolicy(policyOf('unused'), use, { policies: undefined, ...more })
}

const named = (...names: readonly string[]): sluice.Racer.$Properties[] => names.map(name => ({ name }))
const numbered = (...versions: readonly number[]): sluice.Racer.$Properties[] => versions.map(version => ({ of: { version } }))

function race(driver: SpeculativeDriver, policy: sluice.RoutingPolicy.$Properties, more: Control = {}): Promise<void> {
  return driver.serving.control('wine', { setPolicy: { decider: 'smartest', budgetMs: never, ...policy }, ...more })
}

/** Status, role, version, score and policy, and the cause if models raced. */
function told({ status, role, modelVersion, score, policy, decision }: Decided): unknown {
  return [status, role, modelVersion, score, policy, decision?.cause ?? null]
}

for (const join of ['keyed', 'broadcast'] as const)
  test(`${join}: models race from the policy's position on, until another policy is in force`, () =>
    withControls(
      async driver => {
        await driver.publish({ deep: { factor: 3, ms: 20 }, shallow: { factor: 2 } })
        assert.equal((await driver.decide(1000)).map(told), [['OK', 'CHAMPION', 2, 2000, 2, null]])
        await race(driver, { racers: numbered(1, 2), decider: 'mean' }, { who: 'ana' })
        assert.equal((await driver.decide(1000, 1001)).map(told), [
          ['OK', 'RACER', 1, 2500, 3, 'ALL'],
          ['OK', 'RACER', 1, 2502.5, 3, 'ALL'],
        ])
        assert.equal(brief((await driver.decide(1002))[0]), ['OK', 2505, 'ALL', 'deep contributed', 'shallow contributed'])
        await driver.serving.control('wine', { setPolicy: { fallback: { version: 1 } } })
        assert.equal((await driver.decide(1003)).map(told), [['OK', 'CHAMPION', 2, 2006, 4, null]])
        const effective = (await driver.serving.events()).filter(({ event }) => event === 'effective')
        assert.equal(
          effective.map(({ policy, position }) => [policy, position]),
          [
            [2, { partition: 0, offset: 0 }],
            [3, { partition: 0, offset: 1 }],
            [4, { partition: 0, offset: 4 }],
          ],
        )
        assert.equal(driver.serving.deadLetters(), [])
      },
      { join },
    ))

test('on timeout the best so far, then the fallback, then no result', () =>
  withControls(async driver => {
    await driver.publish({ smart: { ms: 3000, factor: 2 }, simple: { abstainsOn: 7 }, spare: { factor: 5 } })
    const racers = named('smart', 'simple')
    await race(driver, { racers, budgetMs: 200, fallback: { version: 3 } })
    await driver.decide(1000)
    const [usual, odd] = await driver.decide(1000, 7000)
    assert.equal(brief(usual), ['OK', 1000, 'TIMEOUT', 'smart missing', 'simple contributed', 'spare outvoted'])
    assert.equal(brief(odd), ['OK', 35_000, 'FALLBACK', 'smart missing', 'simple abstained', 'spare contributed'])
    assert.is(odd?.role, 'FALLBACK')
    await race(driver, { racers, budgetMs: 200 })
    await driver.decide(1000)
    const [none] = await driver.decide(7000)
    assert.equal(brief(none), ['NO_RESULT', 0, 'TIMEOUT', 'smart missing', 'simple abstained'])
    const late = await driver.late(1)
    assert.equal([late[0]?.modelName, late[0]?.status], ['smart', 'OK'])
    assert.ok((late[0]?.late ?? 0) > 200)
  }))

const deciders: readonly (readonly [decider: string, score: number])[] = [
  ['smartest', 3000],
  ['{"kind":"firstGood","minimum":2500}', 3000],
  ['majority', 1000],
  ['{"kind":"majority","atLeast":2}', 1000],
  ['weighted', 3000],
  ['mean', 1666.6666666666665],
  ['median', 1000],
  ['{"kind":"best","output":"scored","goal":"highest"}', 3000],
  ['{"kind":"best","metric":"auc"}', 3000],
  ['{"kind":"confidence","output":"scored"}', 3000],
]
// The best one answers first: a confidence of 1 or more is not beaten, and decides early.
test('each kind of decider takes the place of the one before', () =>
  withControls(async driver => {
    await driver.serving.publish({ ...driver.model('a', { factor: 3, label: 'yes' }), metrics: { auc: 0.9 } })
    await driver.serving.publish({ ...driver.model('b', { label: 'no', ms: 300 }), metrics: { auc: 0.8 } })
    await driver.serving.publish({ ...driver.model('c', { label: 'no', note: 'c', ms: 300 }), metrics: { auc: 0.7 } })
    for (const [at, [decider, score]] of deciders.entries()) {
      await race(driver, { racers: [{ name: 'a', weight: 5 }, ...named('b', 'c')], decider })
      const { status, score: found, decision } = await until(driver, ({ policy }) => policy === 4 + at)
      assert.equal([decider, status, found], [decider, 'OK', score], JSON.stringify(decision))
    }
    assert.equal(driver.serving.deadLetters(), [])
  }))

test("a user's own decider, from an allowed directory only", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-deciders-'))
  try {
    await writeFile(
      join(directory, 'last.mjs'),
      `const verdict = ({ model, score }) => ({ score, label: undefined, outputs: [], contributors: [model] })
      export default ({ of }) => ({
        name: 'the last of ' + of,
        start: models => ({ open: models.length }),
        onResult: ({ open }, result) => ({ state: { open: open - 1 }, verdict: open === 1 && result.kind === 'score' ? verdict(result) : undefined }),
        onTimeout: () => undefined,
      })`,
    )
    const decider = JSON.stringify({ kind: 'module', module: 'last.mjs', options: { of: 2 } })
    for (const deciderRoots of [[directory], []])
      await withControls(
        async driver => {
          await driver.publish({ a: { factor: 3 }, b: { factor: 2, ms: 100 } })
          await race(driver, { racers: named('a', 'b'), decider })
          const [decided] = await driver.decide(1000)
          if (deciderRoots.length > 0) return assert.equal([decided?.score, decided?.decision?.decider], [2000, 'the last of 2'])
          assert.equal([decided?.score, decided?.decision], [2000, null])
          assert.match(String(driver.serving.deadLetters()[0]?.message), /last\.mjs" cannot be used: .* none is configured/)
        },
        { deciderRoots },
      )
  } finally {
    await rm(directory, { recursive: true })
  }
})

const good = { racers: numbered(1, 2), decider: 'smartest', budgetMs: 20 }
const refusals: readonly (readonly [what: string, policy: sluice.RoutingPolicy.$Properties, why: RegExp])[] = [
  ['an unknown decider', { ...good, decider: 'wisest' }, /wisest/],
  ['a rule that the decider has not', { ...good, decider: '{"kind":"mean","minimum":3}' }, /minimum/],
  ['a rule that is wrong', { ...good, decider: '{"kind":"majority","atLeast":-1}' }, /atLeast/],
  ['a decider that is no JSON', { ...good, decider: '{"kind":' }, /the decider is no JSON/],
  ['a decider by quality without one', { ...good, decider: 'best' }, /set either output or metric/],
  ['no decider', { ...good, decider: '' }, /no decider for them/],
  ['no budget', { ...good, budgetMs: 0 }, /budgetMs/],
  ['a budget of more than a minute', { ...good, budgetMs: 60_001 }, /budgetMs/],
  ['a decider without racers', { decider: 'smartest' }, /names no racers/],
  ['a budget without racers', { budgetMs: 20 }, /names no racers/],
  ['a version that is not there', { ...good, racers: numbered(1, 9) }, /no version 9/],
  ['a name that no version has', { ...good, racers: named('a', 'deep') }, /no version in use is named "deep"/],
  ['an alias that no version has', { ...good, racers: [{ of: { alias: 'steady' } }] }, /no version has the name "steady"/],
  ['a racer without a name', { ...good, racers: [{}] }, /a racer of setPolicy names no version/],
  ['a racer twice', { ...good, racers: [...numbered(1), ...named('a')] }, /version 1 would race twice/],
  ['a negative weight', { ...good, racers: [{ name: 'a', weight: -1 }] }, /weight/],
  ['a fallback that is not there', { ...good, fallback: { version: 9 } }, /no version 9/],
  ['a challenger beside them', { ...good, challengers: [{ of: { version: 1 }, weight: 0.5 }] }, /have none beside them/],
  ['a shadow beside them', { ...good, shadows: [{ version: 1 }] }, /have none beside them/],
  ['a decoy beside them', { ...good, decoy: true }, /have none beside them/],
]
test('refused, with one event and a dead letter that says why, and nothing changes', () =>
  withControls(async driver => {
    await driver.publish({ a: { factor: 3 }, b: { factor: 2 } })
    const { serving } = driver
    await serving.events()
    const before = present(serving.store.state('wine')?.routing)
    for (const [what, policy, why] of refusals) {
      await serving.control('wine', { setPolicy: policy })
      const letters = serving.deadLetters()
      assert.equal([letters.map(({ code }) => code), what], [['CONTROL_REFUSED'], what])
      assert.match(String(letters[0]?.message), why, what)
      const events = (await serving.events()).filter(({ event }) => event !== 'effective')
      assert.equal(
        events.map(({ event, action, code }) => [event, action, code]),
        [['refused', what === 'a racer without a name' ? undefined : 'setPolicy', 'CONTROL_REFUSED']],
        what,
      )
      assert.equal(serving.store.state('wine')?.routing, before)
    }
    assert.equal((await driver.decide(1000)).map(told), [['OK', 'CHAMPION', 2, 2000, 2, null]])
  }))

test('refused where the settings hold races for the data type', () =>
  withPolicy(policyOf('a', { budgetMs: never }), async driver => {
    await driver.publish({ a: { factor: 3 }, b: { factor: 2 } })
    await race(driver, { racers: named('b') })
    assert.match(String(driver.serving.deadLetters()[0]?.message), /set by the setting "policies"/)
    assert.equal(brief((await driver.decide(1000))[0]), ['OK', 3000, 'ALL', 'a contributed'])
  }))

test('by name the newest version races, by number the one; other changes of the policy leave the races', () =>
  withControls(async driver => {
    await driver.publish({ a: { factor: 3 }, b: { factor: 2 } })
    await race(driver, { racers: [...named('a'), ...numbered(2)], decider: 'mean' })
    assert.is((await driver.decide(1000))[0]?.score, 2500)
    await driver.publish({ a: { factor: 5 }, b: { factor: 9 } })
    const raced = await until(driver, decided => decided.decision?.models[0]?.version === 3)
    assert.equal(
      raced.decision?.models.map(({ name, version }) => [name, version]),
      [
        ['a', 3],
        ['b', 2],
      ],
    )
    await driver.serving.control('wine', { promote: { version: 1 } })
    const promoted = await until(driver, decided => decided.policy === 6)
    assert.is(promoted.decision?.models.length, 2)
    await driver.serving.control('wine', { setRole: { of: { version: 4 }, role: ModelRole.SHADOW } })
    await driver.serving.control('wine', { setRole: { of: { version: 4 }, role: ModelRole.RACER } })
    await driver.serving.control('wine', { retire: { version: 2 } })
    assert.equal(
      driver.serving.deadLetters().map(({ message }) => /none beside them|no version races alone/.test(message)),
      [true, true],
    )
    const alone = await until(driver, decided => decided.decision?.models.length === 1)
    assert.equal(brief(alone).slice(3), ['a contributed'])
    // The same bytes: of versions with others each would be tried, which is not what this is about.
    const again = driver.model('b', { factor: 9 })
    for (let more = 0; more < 20; more++) await driver.serving.publish(again)
    assert.ok(
      present(driver.serving.store.state('wine')).versions.some(({ version }) => version === 3),
      'what races is kept',
    )
    await driver.serving.control('wine', { withdraw: {} })
    assert.equal(
      (await driver.decide(1000)).map(({ status }) => status),
      ['NO_MODEL'],
    )
    await driver.publish({ b: { factor: 4 } })
    assert.equal(
      (await driver.decide(1000)).map(({ score, decision }) => [score, decision]),
      [[4000, null]],
    )
  }))

test('a policy for a time of the data divides a run', () =>
  withControls(async driver => {
    await driver.publish({ a: { factor: 3 }, b: { factor: 2 } })
    await race(driver, { racers: named('a', 'b'), decider: 'mean' }, { effectiveFrom: 100 })
    await driver.serving.control('wine', { setPolicy: {}, effectiveFrom: 200 })
    await driver.serving.sendAndWait(...[50, 100, 150, 200, 250].map(timestamp => wine('wine', 1000, { timestamp })))
    const results = driver.serving.driver.read('results').map(({ value }) => decodeDecided(value))
    assert.equal(
      results.map(({ score, policy, decision }) => [score, policy, decision === null]),
      [
        [2000, 2, true],
        [2500, 3, false],
        [2500, 3, false],
        [2000, 4, true],
        [2000, 4, true],
      ],
    )
  }))

/** Decides records one after the other, until what was changed is in force. */
async function until(driver: SpeculativeDriver, holds: (decided: Decided) => boolean): Promise<Decided> {
  for (let tried = 0; tried < 200; tried++) {
    const [decided] = await driver.decide(1000)
    if (decided !== undefined && holds(decided)) return decided
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error('it did not come into force')
}

test.run()
