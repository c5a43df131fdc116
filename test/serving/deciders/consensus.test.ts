import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Decider, majority, Race, weightedVote } from '../../../serving/deciders/index.ts'
import { type Given, models, permutations, race, result } from './races.ts'

const test = suite('consensus')

const classes = ['a', 'b', 'c', null] as const
type Vote = (typeof classes)[number]
/** undefined: the model has not answered. */
type Standing = readonly (Vote | undefined)[]

/** The reference: counts the votes, and looks at nothing else. Equal counts: the class that the first model of those is for. */
function winnerOf(votes: readonly Vote[], weights: readonly number[], atLeast: number): string | undefined {
  let best: { name: string; weight: number } | undefined
  for (const name of new Set(votes)) {
    if (name === null) continue
    const weight = votes.reduce((sum, vote, place) => (vote === name ? sum + (weights[place] as number) : sum), 0)
    if (best === undefined || weight > best.weight) best = { name, weight }
  }
  return best !== undefined && best.weight >= atLeast ? best.name : undefined
}

/** Every winner that there can be, when each model that is missing may vote for anything: by trying all of it. */
function outcomes(weights: readonly number[], atLeast: number): (standing: Standing) => ReadonlySet<string | undefined> {
  const known = new Map<string, ReadonlySet<string | undefined>>()
  const of = (standing: Standing): ReadonlySet<string | undefined> => {
    const key = standing.map(vote => (vote === undefined ? '?' : (vote ?? '-'))).join('')
    const before = known.get(key)
    if (before !== undefined) return before
    const missing = standing.indexOf(undefined)
    const found =
      missing < 0
        ? new Set([winnerOf(standing as readonly Vote[], weights, atLeast)])
        : new Set(classes.flatMap(vote => [...of(standing.with(missing, vote))]))
    known.set(key, found)
    return found
  }
  return of
}

/** Votes in this order of arrival: the decider decides at the first moment at which there is one outcome left, and decides that. */
function follow(decider: Decider, votes: readonly Vote[], order: readonly number[], possible: ReturnType<typeof outcomes>): void {
  const running = new Race(decider, models(votes.length, weightsOf.get(decider)))
  let standing: Standing = votes.map(() => undefined)
  for (const place of order) {
    standing = standing.with(place, votes[place])
    const decision = running.take(result(place, votes[place] as Vote), 1)
    const left = possible(standing)
    const only = left.size === 1 ? [...left][0] : undefined
    assert.is(decision?.verdict?.label, only, `${JSON.stringify(votes)} in order ${order.join()}, at ${place}`)
    if (decision === undefined) continue
    const answered = order.slice(0, order.indexOf(place) + 1)
    assert.is(decision.cause, answered.length === votes.length ? 'all' : 'early')
    assert.equal(decision.verdict?.contributors, ascending(answered.filter(one => votes[one] === only)))
    assert.equal(decision.missing, ascending(order.slice(answered.length)))
    return
  }
  assert.is(
    running.end(() => undefined).verdict?.label,
    winnerOf(votes, weightsOf.get(decider) ?? votes.map(() => 1), atLeastOf.get(decider) ?? 1),
  )
}

function ascending(places: readonly number[]): number[] {
  return places.toSorted((a, b) => a - b)
}

const weightsOf = new Map<Decider, readonly number[]>()
const atLeastOf = new Map<Decider, number>()

function allVotes(count: number): Vote[][] {
  return count === 0 ? [[]] : allVotes(count - 1).flatMap(votes => classes.map(vote => [...votes, vote]))
}

for (const atLeast of [1, 2])
  test(`three models, ${atLeast} votes to win: every vote in every order of arrival`, () => {
    const decider = majority({ atLeast })
    atLeastOf.set(decider, atLeast)
    const possible = outcomes([1, 1, 1], atLeast)
    for (const votes of allVotes(3)) for (const order of permutations([0, 1, 2])) follow(decider, votes, order, possible)
  })

for (const atLeast of [1, 3])
  test(`five models, ${atLeast} votes to win: every vote in every order of arrival`, () => {
    const decider = majority({ atLeast })
    atLeastOf.set(decider, atLeast)
    const possible = outcomes([1, 1, 1, 1, 1], atLeast)
    const orders = permutations([0, 1, 2, 3, 4])
    for (const votes of allVotes(5)) for (const order of orders) follow(decider, votes, order, possible)
  })

test('seven models: every order of arrival, with votes drawn for each', () => {
  const decider = majority({ atLeast: 4 })
  atLeastOf.set(decider, 4)
  const possible = outcomes([1, 1, 1, 1, 1, 1, 1], 4)
  const votes = allVotes(7)
  permutations([0, 1, 2, 3, 4, 5, 6]).forEach((order, at) => {
    for (let draw = 0; draw < 16; draw++) follow(decider, votes[(at * 7919 + draw * 104_729) % votes.length] as Vote[], order, possible)
  })
})

test('seven models: every vote, in an order drawn for each', () => {
  const decider = majority()
  const possible = outcomes([1, 1, 1, 1, 1, 1, 1], 1)
  const orders = permutations([0, 1, 2, 3, 4, 5, 6])
  allVotes(7).forEach((votes, at) => follow(decider, votes, orders[(at * 7919) % orders.length] as number[], possible))
})

test('property: weighted votes, against the same reference', () => {
  const weight = fc.integer({ min: 1, max: 12 }).map(quarters => quarters / 4)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }).chain(count =>
        fc.tuple(
          fc.array(weight, { minLength: count, maxLength: count }),
          fc.array(fc.constantFrom(...classes), { minLength: count, maxLength: count }),
          fc.shuffledSubarray(
            Array.from({ length: count }, (_, place) => place),
            { minLength: count },
          ),
        ),
      ),
      fc.constantFrom(0, 1, 2.5),
      ([weights, votes, order], atLeast) => {
        const decider = weightedVote({ atLeast })
        weightsOf.set(decider, weights)
        atLeastOf.set(decider, atLeast)
        follow(decider, votes, order, outcomes(weights, atLeast))
      },
    ),
    { numRuns: 500 },
  )
})

test('property: weights whose sums are rounded decide the same in every order of arrival', () => {
  const weights = [0.1, 0.2, 0.3, 0.4, 0.7]
  const votes: readonly Given[] = ['a', 'b', 'a', 'a', 'b']
  const labels = permutations([0, 1, 2, 3, 4]).map(
    order =>
      race(
        weightedVote(),
        models(5, weights),
        order.map(place => [place, votes[place] as Given]),
      ).verdict?.label,
  )
  assert.is(new Set(labels).size, 1)
})

test('a tie is decided by the smartest model, and only once it is certain', () => {
  const tie = race(majority(), models(4), [
    [3, 'b'],
    [2, 'b'],
    [1, 'a'],
    [0, 'a'],
  ])
  assert.is(tie.verdict?.label, 'a')
  assert.is(tie.cause, 'all')
  const sure = race(majority(), models(4), [
    [0, 'a'],
    [1, 'a'],
    [2, 'b'],
  ])
  assert.is(sure.verdict?.label, 'a')
  assert.is(sure.after, 2)
  assert.equal(sure.missing, [2, 3])
})

test('abstentions and errors are no votes', () => {
  const decision = race(majority({ atLeast: 2 }), models(5), [
    [0, null],
    [1, new Error('broken')],
    [2, 'a'],
    [3, null],
    [4, 'a'],
  ])
  assert.is(decision.verdict?.label, 'a')
  assert.equal(decision.verdict?.contributors, [2, 4])
  assert.is(
    race(majority(), models(2), [
      [0, null],
      [1, new Error('x')],
    ]).verdict,
    undefined,
  )
})

test('on a timeout the class that leads wins, then the fallback, then nothing', () => {
  const some = race(majority(), models(5), [
    [4, 'b'],
    [3, 'a'],
    [2, 'b'],
  ])
  assert.is(some.cause, 'timeout')
  assert.is(some.verdict?.label, 'b')
  assert.equal(some.missing, [0, 1])
  const none = race(majority(), models(5), [[4, null]], 'c')
  assert.is(none.cause, 'fallback')
  assert.is(none.verdict?.label, 'c')
  const nothing = race(majority(), models(5), [[4, null]])
  assert.is(nothing.cause, 'timeout')
  assert.is(nothing.verdict, undefined)
})

test.run()
