import type { KnownDecider, ModelResult, RacingModel } from '../../../serving/deciders/index.ts'
import { type Given, result } from './races.ts'

/** What a model does in a race: votes for a class, has no result, fails, or is never heard of. */
export const outcomes = ['a', 'b', 'abstains', 'fails', 'never'] as const
export type Outcome = (typeof outcomes)[number]

/** What is known of a race, by the models' places; undefined: this model may still do anything. */
export type Known = readonly (Outcome | undefined)[]

/** A verdict of the reference: of whose results, and what a reader of the record's result sees. */
export interface Expected {
  readonly contributors: readonly number[]
  readonly score: number
  readonly label: string | undefined
}

/** The weights and metrics of seven models; no two sets of the weights weigh the same, and two metrics are the same. */
const weights = [2.5, 1, 4, 0.5, 8.25, 16, 0.125]
const accuracies = [0.8, 0.9, undefined, 0.7, 0.9, 0.95, 0.6]

export function racing(count: number, weighted: boolean): readonly RacingModel[] {
  return Array.from({ length: count }, (_, place) => {
    const accuracy = accuracies[place]
    return {
      name: `m${place}`,
      version: 1,
      weight: weighted ? weights[place] : undefined,
      metrics: accuracy === undefined ? {} : { accuracy },
    }
  })
}

/** What the model at the place gives for an outcome other than `never`. Scores of models that vote alike differ, and are probabilities. */
export function given(place: number, outcome: Outcome): ModelResult {
  const results: Readonly<Record<Outcome, Given>> = {
    a: { label: 'a', score: scoreOf(place, 'a') },
    b: { label: 'b', score: scoreOf(place, 'b') },
    abstains: null,
    fails: new Error('broken'),
    never: new Error('is not given to a decider'),
  }
  return result(place, results[outcome])
}

function scoreOf(place: number, vote: 'a' | 'b'): number {
  return vote === 'a' ? 0.5 + ((place * 3) % 7) / 16 : 1
}

/**
 * The verdict of one who knows all that the models do, and in which order: written from the descriptions in docs/speculative.md, without a state and by counting.
 * `order`: the places in the order of their answers.
 */
export function expected(decider: KnownDecider, all: readonly Outcome[], order: readonly number[]): Expected | undefined {
  const votes = all.flatMap((outcome, place) => (outcome === 'a' || outcome === 'b' ? [{ place, vote: outcome }] : []))
  const one = (place: number | undefined): Expected | undefined => {
    const vote = votes.find(each => each.place === place)?.vote
    return vote && { contributors: [place as number], score: scoreOf(place as number, vote), label: vote }
  }
  const places = votes.map(({ place }) => place)
  switch (decider.kind) {
    case 'firstGood':
      return one(order.find(place => places.includes(place)))
    case 'smartest':
      return one(places[0])
    case 'best':
      return one(mostOf(places, place => accuracies[place] ?? 0))
    case 'confidence':
      return one(mostOf(places, place => one(place)?.score as number))
    case 'majority':
    case 'weighted':
      return winner(decider.kind === 'weighted' ? weights : weights.map(() => 1), votes, decider.atLeast ?? 0)
    default: {
      if (places.length < Math.max(1, decider.atLeast ?? 1)) return undefined
      const scores = places.map(place => one(place)?.score as number).toSorted((a, b) => a - b)
      const of = decider.kind === 'mean' ? scores : scores.slice((scores.length - 1) >> 1, (scores.length >> 1) + 1)
      return { contributors: places, score: of.reduce((sum, score) => sum + score, 0) / of.length, label: undefined }
    }
  }
}

/** Of equal ones the first, which is the smartest. */
function mostOf(places: readonly number[], figure: (place: number) => number): number | undefined {
  return places.find(place => places.every(other => figure(other) <= figure(place)))
}

function winner(of: readonly number[], votes: readonly { place: number; vote: 'a' | 'b' }[], atLeast: number): Expected | undefined {
  const sides = (['a', 'b'] as const).map(label => {
    const contributors = votes.filter(({ vote }) => vote === label).map(({ place }) => place)
    return { label, contributors, weight: contributors.reduce((sum, place) => sum + (of[place] as number), 0) }
  })
  const [a, b] = sides as [(typeof sides)[number], (typeof sides)[number]]
  const aFirst = (a.contributors[0] ?? Infinity) < (b.contributors[0] ?? Infinity)
  const { label, contributors, weight } = a.weight > b.weight || (a.weight === b.weight && aFirst) ? a : b
  const [first] = contributors
  return first === undefined || weight < atLeast ? undefined : { contributors, score: scoreOf(first, label), label }
}
