import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  bestMetric,
  bestOutput,
  checkedDecider,
  firstGood,
  knownDecider,
  maximumConfidence,
  mean,
  median,
} from '../../../serving/deciders/index.ts'
import { type Decider, type KnownDecider, Race, smartest, tryDecider } from '../../../serving/deciders/index.ts'
import { type Given, models, permutations, race, result } from './races.ts'

const test = suite('deciders')
const quality = (value: number): Given => ({ score: value * 10, outputs: [{ name: 'quality', numbers: [value], texts: [] }] })
const probabilities = (...numbers: number[]): Given => ({ label: 'x', outputs: [{ name: 'p', numbers, texts: [] }] })

test('first good: the first score, or the first in the range', () => {
  const first = race(firstGood(), models(3), [
    [2, null],
    [1, 0.1],
    [0, 0.9],
  ])
  assert.is(first.verdict?.score, 0.1)
  assert.is(first.cause, 'early')
  assert.equal(first.missing, [0])
  const ranged = race(firstGood({ minimum: 0.5 }), models(3), [
    [2, 0.2],
    [1, 0.5],
  ])
  assert.is(ranged.verdict?.score, 0.5)
  const named = race(firstGood({ output: 'quality', minimum: 2 }), models(3), [
    [2, 5],
    [1, quality(1)],
    [0, quality(2)],
  ])
  assert.is(named.verdict?.score, 20)
  assert.is(named.cause, 'all')
  assert.is(race(firstGood({ maximum: 1 }), models(2), [[0, 2]]).verdict, undefined)
})

test('smartest: with T2 < T < T1 the simple model, with a larger budget the smart one', () => {
  const [smart, simple] = [0, 1]
  const tight = race(smartest(), models(2), [[simple, 1]])
  assert.is(tight.cause, 'timeout')
  assert.is(tight.verdict?.score, 1)
  assert.equal(tight.missing, [smart])
  const ample = race(smartest(), models(2), [
    [simple, 1],
    [smart, 2],
  ])
  assert.is(ample.cause, 'all')
  assert.is(ample.verdict?.score, 2)
  assert.equal(ample.verdict?.contributors, [smart])
})

test('smartest: decides at once when no smarter model can have a result any more', () => {
  const decision = race(smartest(), models(3), [
    [1, 1],
    [0, new Error('broken')],
    [2, 2],
  ])
  assert.is(decision.verdict?.score, 1)
  assert.is(decision.after, 2)
  assert.is(decision.cause, 'early')
})

test('mean and median: of all that vote, in any order of arrival', () => {
  const given: readonly Given[] = [1, 2, null, 4, 9]
  for (const order of permutations([0, 1, 2, 3, 4])) {
    const results = order.map(place => [place, given[place] as Given] as const)
    assert.is(race(mean(), models(5), results).verdict?.score, 4)
    assert.is(race(median(), models(5), results).verdict?.score, 3)
  }
  const partial = race(median(), models(5), [
    [4, 9],
    [0, 1],
    [3, 4],
  ])
  assert.is(partial.verdict?.score, 4)
  assert.is(partial.cause, 'timeout')
  assert.equal(partial.verdict?.contributors, [0, 3, 4])
  assert.is(race(mean({ atLeast: 2 }), models(5), [[4, 9]], 7).cause, 'fallback')
  assert.is(
    race(mean(), models(2), [
      [0, Number.MAX_VALUE],
      [1, Number.MAX_VALUE],
    ]).verdict?.score,
    Number.MAX_VALUE,
  )
})

test('best: by an output of the result, or by a metric of the model', () => {
  const best = race(bestOutput({ output: 'quality' }), models(3), [
    [0, quality(2)],
    [2, quality(3)],
    [1, quality(3)],
  ])
  assert.is(best.verdict?.score, 30)
  assert.equal(best.verdict?.contributors, [1])
  assert.is(
    race(bestOutput({ output: 'quality', goal: 'lowest' }), models(2), [
      [0, quality(2)],
      [1, 1],
    ]).verdict?.score,
    20,
  )
  const enough = race(bestOutput({ output: 'quality', goal: 'lowest', enough: 1 }), models(2), [[1, quality(0.5)]])
  assert.is(enough.cause, 'early')
  const metrics = [{ auc: 0.8 }, {}, { auc: 0.9 }].map((each, place) => ({ name: `m${place}`, version: 1, metrics: each }))
  assert.is(race(bestMetric({ metric: 'auc' }), metrics, [[2, 5]]).cause, 'early')
  assert.is(
    race(bestMetric({ metric: 'auc', goal: 'lowest' }), metrics, [
      [2, 5],
      [1, 6],
    ]).verdict?.score,
    5,
  )
})

test('confidence: the most probable class of all', () => {
  const decision = race(maximumConfidence(), models(3), [
    [0, probabilities(0.4, 0.6)],
    [1, probabilities(0.9, 0.1)],
    [2, { label: 'spam', score: 0.8 }],
  ])
  assert.equal(decision.verdict?.contributors, [1])
  assert.is(race(maximumConfidence({ enough: 0.9 }), models(3), [[1, probabilities(0.9, 0.1)]]).cause, 'early')
  // The score of a class that is a number is no probability.
  assert.is(race(maximumConfidence(), models(1), [[0, { label: '1', score: 1 }]]).verdict, undefined)
  assert.is(race(maximumConfidence({ output: 'q' }), models(1), [[0, probabilities(0.9, 0.1)]]).verdict, undefined)
})

const choices: readonly KnownDecider[] = [
  { kind: 'firstGood' },
  { kind: 'firstGood', output: 'q', minimum: 0.3 },
  { kind: 'smartest' },
  { kind: 'majority' },
  { kind: 'majority', atLeast: 3 },
  { kind: 'weighted', atLeast: 1.5 },
  { kind: 'mean' },
  { kind: 'median', atLeast: 2 },
  { kind: 'best', output: 'q' },
  { kind: 'best', output: 'q', goal: 'lowest', enough: 0.1 },
  { kind: 'best', metric: 'auc' },
  { kind: 'confidence' },
]
const given: fc.Arbitrary<Given> = fc.oneof(
  fc.constant(null),
  fc.constant(new Error('broken')),
  fc.double({ noDefaultInfinity: true }),
  fc.constantFrom('a', 'b'),
  fc.double({ min: 0, max: 1, noNaN: true }).map(p => ({ label: 'a', outputs: [{ name: 'q', numbers: [p, 1 - p], texts: [] }] })),
)

test('property: no decider throws, changes its state, counts what is no vote, or decides twice', () => {
  fc.assert(
    fc.property(fc.constantFrom(...choices), fc.array(given, { minLength: 1, maxLength: 7 }), fc.nat(), (choice, all, turn) => {
      const decider = frozen(knownDecider(choice))
      const order = all.map((_, place) => (place + turn) % all.length)
      const running = new Race(decider, models(all.length))
      const answered = new Set<number>()
      for (const place of order) {
        const before = running.decision
        const decision = running.take(result(place, all[place] as Given), 1)
        if (before !== undefined) assert.is(decision, undefined)
        else answered.add(place)
      }
      const decision = running.end(() => undefined)
      assert.is(
        running.end(() => undefined),
        decision,
      )
      assert.is(decision.failure, undefined)
      const contributors = decision.verdict?.contributors ?? []
      assert.equal(
        contributors,
        contributors.toSorted((a, b) => a - b),
      )
      for (const place of contributors) {
        assert.ok(answered.has(place))
        assert.not(all[place] === null || all[place] instanceof Error)
      }
      assert.equal(
        decision.missing,
        order.filter(place => !answered.has(place)).toSorted((a, b) => a - b),
      )
    }),
    { numRuns: 2000 },
  )
})

test('every decider of Sluice passes the trial of a decider', () => {
  for (const choice of choices) for (const count of [1, 2, 3, 7]) tryDecider(knownDecider(choice), models(count))
})

test('a decider that throws ends its race with the fallback, or without a result', () => {
  const broken: Decider = { ...(smartest() as Decider), onResult: () => never() }
  const decision = race(broken, models(2), [
    [1, 1],
    [0, 1],
  ])
  assert.is(decision.verdict, undefined)
  assert.is(decision.failure, 'this decider throws')
  assert.is(race(broken, models(2), [[1, 1]], 3).verdict?.score, 3)
})

test('what is no decider is refused, in plain words', () => {
  for (const [wrong, said] of [
    [undefined, /options/],
    [{ kind: 'smartes' }, /did you mean "smartest"/],
    [{ kind: 'majority', atLeast: 0 }, /above 0/],
    [{ kind: 'best' }, /set either output or metric/],
    [{ kind: 'best', output: 'a', metric: 'b' }, /set either output or metric/],
    [{ kind: 'mean', output: 'a' }, /unknown option "output"/],
    [{ kind: 'module' }, /module is not set/],
  ] as const)
    assert.throws(
      () => checkedDecider(wrong),
      (error: Error) => said.test(error.message),
    )
  for (const choice of choices) assert.equal(checkedDecider(choice), choice)
})

function never(): never {
  throw new Error('this decider throws')
}

/** A decider whose states and results cannot be changed. */
function frozen(decider: Decider): Decider {
  const deep = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(deep)
    return value
  }
  return {
    name: decider.name,
    start: racing => deep(decider.start(deep(racing))),
    onResult: (state, one) => deep(decider.onResult(state, deep(one))),
    onTimeout: state => decider.onTimeout(state),
  }
}

test.run()
