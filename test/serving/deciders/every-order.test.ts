import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Decision, type KnownDecider, knownDecider, Race } from '../../../serving/deciders/index.ts'
import { permutations } from './races.ts'
import { expected, given, type Known, type Outcome, outcomes, racing } from './reference.ts'

const test = suite('deciders against one who knows everything')

/** A decider, and when it is to decide before the end: at the first moment at which one outcome is left, at any such moment, or never. */
interface Case {
  readonly decider: KnownDecider
  readonly early: 'at once' | 'sometimes' | 'never'
}

const cases: readonly Case[] = [
  { decider: { kind: 'firstGood' }, early: 'at once' },
  { decider: { kind: 'smartest' }, early: 'at once' },
  { decider: { kind: 'majority' }, early: 'at once' },
  { decider: { kind: 'majority', atLeast: 2 }, early: 'at once' },
  { decider: { kind: 'weighted' }, early: 'at once' },
  { decider: { kind: 'weighted', atLeast: 3 }, early: 'at once' },
  { decider: { kind: 'best', metric: 'accuracy' }, early: 'at once' },
  { decider: { kind: 'confidence' }, early: 'sometimes' },
  { decider: { kind: 'mean' }, early: 'never' },
  { decider: { kind: 'mean', atLeast: 2 }, early: 'never' },
  { decider: { kind: 'median' }, early: 'never' },
  { decider: { kind: 'median', atLeast: 3 }, early: 'never' },
]

/** What a reader may still get, of all that the models which have not answered may do: the labels, and the scores where they are of one model alone. */
class Futures {
  readonly #decider: KnownDecider
  readonly #seen = new Map<string, ReadonlySet<string>>()

  constructor(decider: KnownDecider) {
    this.#decider = decider
  }

  of(known: Known, order: readonly number[]): ReadonlySet<string> {
    return this.#of(
      known.map(outcome => (outcome === undefined || isVote(outcome) ? outcome : 'never')),
      order,
    )
  }

  /** Who has no result, fails, or is never heard of, does not vote: here these are one. */
  #of(known: Known, order: readonly number[]): ReadonlySet<string> {
    const key = this.#decider.kind === 'firstGood' ? `${known.join()} ${order.join()}` : known.join()
    const before = this.#seen.get(key)
    if (before !== undefined) return before
    const open = known.indexOf(undefined)
    const found =
      open < 0
        ? new Set([this.#name(known as readonly Outcome[], order)])
        : new Set((['a', 'b', 'never'] as const).flatMap(outcome => [...this.#of(known.with(open, outcome), [...order, open])]))
    this.#seen.set(key, found)
    return found
  }

  #name(all: readonly Outcome[], order: readonly number[]): string {
    const verdict = expected(this.#decider, all, order)
    if (verdict === undefined) return 'nothing'
    // The score of a vote is that of its smartest voter so far: who else votes alike may still be smarter.
    const { kind } = this.#decider
    return kind === 'majority' || kind === 'weighted' ? `${verdict.label}` : `${verdict.label} ${verdict.score}`
  }
}

function isVote(outcome: Outcome): boolean {
  return outcome === 'a' || outcome === 'b'
}

/** Runs the race of these outcomes in this order, and ends it after so many have answered: its budget is over. */
function check({ decider, early }: Case, all: readonly Outcome[], order: readonly number[], endAfter: number, futures: Futures): void {
  const what = `${JSON.stringify(decider)}: ${all.join()} in order ${order.join()}, over after ${endAfter}`
  const race = new Race(knownDecider(decider), racing(all.length, decider.kind === 'weighted'))
  const answering = order.filter(place => all[place] !== 'never').slice(0, endAfter)
  let known: Known = all.map(() => undefined)
  for (const [at, place] of answering.entries()) {
    known = known.with(place, all[place])
    const answered = answering.slice(0, at + 1)
    const decision = race.take(given(place, all[place] as Outcome), at + 1)
    const certain = futures.of(known, answered).size === 1
    if (decision === undefined) {
      const nothing = expected(decider, closed(known), answered) === undefined
      // Without anything to decide for, the end is waited for, and with it the fallback.
      assert.not(early === 'at once' && certain && !nothing, `${what}: it was certain after ${at + 1}`)
      continue
    }
    assert.ok(certain || answered.length === all.length, `${what}: it was not certain after ${at + 1}`)
    if (early === 'never') assert.is(answered.length, all.length, what)
    assert.is(decision.cause, answered.length === all.length ? 'all' : 'early', what)
    return same(decision, { decider, known, answered, what })
  }
  const decision = race.end(() => undefined)
  assert.is(decision.cause, answering.length === all.length ? 'all' : 'timeout', what)
  same(decision, { decider, known, answered: answering, what })
  // What comes after the decision never changes it.
  for (const place of order.filter(each => !answering.includes(each))) assert.is(race.take(given(place, 'a'), 99), undefined, what)
  assert.is(race.decision, decision, what)
}

interface Decided {
  readonly decider: KnownDecider
  readonly known: Known
  readonly answered: readonly number[]
  readonly what: string
}

/** The decision is that of one who takes what has answered for all that there is. */
function same({ verdict, missing, times }: Decision, { decider, known, answered, what }: Decided): void {
  const right = expected(decider, closed(known), answered)
  assert.equal(verdict?.contributors, right?.contributors, what)
  assert.is(verdict?.label, right?.label, what)
  assert.ok(right === undefined ? verdict === undefined : Math.abs((verdict?.score ?? NaN) - right.score) < 1e-12, what)
  assert.equal(
    missing,
    known.flatMap((outcome, place) => (outcome === undefined ? [place] : [])),
    what,
  )
  assert.equal(
    times,
    known.map((_, place) => (answered.includes(place) ? answered.indexOf(place) + 1 : undefined)),
    what,
  )
}

function closed(known: Known): readonly Outcome[] {
  return known.map(outcome => outcome ?? 'never')
}

function everything(count: number): readonly (readonly Outcome[])[] {
  return count === 0 ? [[]] : everything(count - 1).flatMap(all => outcomes.map(outcome => [...all, outcome]))
}

test('three models: all that they can do, in every order, with every end of the budget', () => {
  for (const each of cases) {
    const futures = new Futures(each.decider)
    for (const all of everything(3))
      for (const order of permutations([0, 1, 2])) for (let end = 0; end <= 3; end++) check(each, all, order, end, futures)
  }
})

for (const [count, runs] of [
  [5, 2000],
  [7, 400],
] as const)
  test(`property: ${count} models, in orders and with ends that are drawn`, () => {
    const places = Array.from({ length: count }, (_, place) => place)
    for (const each of cases) {
      const futures = new Futures(each.decider)
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...outcomes), { minLength: count, maxLength: count }),
          fc.shuffledSubarray(places, { minLength: count }),
          fc.integer({ min: 0, max: count }),
          (all, order, end) => check(each, all, order, end, futures),
        ),
        { numRuns: each.decider.kind === 'firstGood' ? Math.min(runs, 100) : runs },
      )
    }
  })

test.run()
