import { SluiceError } from '../../base/index.ts'
import type { Decider, ModelResult, RacingModel, Verdict } from './decider.ts'
import { type Results, verdictOf, votes, withResult } from './results.ts'

interface State {
  readonly weights: readonly number[]
  readonly results: Results
}

/** What the winner of a vote needs. */
export interface VoteRules {
  /** The fewest votes, or the least weight, with which a class wins; default: one vote, or any weight. */
  readonly atLeast?: number | undefined
}

/** A class with the models that voted for it, ascending. */
interface Candidate {
  readonly name: string
  readonly voters: readonly number[]
}

/**
 * The class with the most votes: the label or, without labels, the score. Of two with as many, the one that the smartest model is for. It is certain
 * as soon as no result that is missing can change the class. The result is that of the smartest of the models that voted for the class by then.
 */
export function majority({ atLeast = 1 }: VoteRules = {}): Decider<State> {
  return vote('majority', atLeast, () => 1)
}

/** The same, with votes that weigh as much as the policy says. */
export function weightedVote({ atLeast = 0 }: VoteRules = {}): Decider<State> {
  return vote('weighted', atLeast, ({ weight = 1 }) => weight)
}

function vote(name: string, atLeast: number, weightOf: (model: RacingModel) => number): Decider<State> {
  return {
    name,
    start(models) {
      const weights = models.map(weightOf)
      const wrong = weights.findIndex(weight => !(weight > 0 && weight < Infinity))
      if (wrong >= 0) throw new SluiceError('CONFIG_INVALID', `a vote must weigh more than 0, not ${weights[wrong]}`)
      return { weights, results: models.map(() => undefined) }
    },
    onResult({ weights, results }, result) {
      const state = { weights, results: withResult(results, result) }
      const leader = leaderOf(state)
      const certain = leader !== undefined && reaches(leader, weights, atLeast) && !canBeBeaten(leader, state)
      return { state, verdict: certain ? verdictFor(leader, state) : undefined }
    },
    onTimeout(state) {
      const leader = leaderOf(state)
      return leader !== undefined && reaches(leader, state.weights, atLeast) ? verdictFor(leader, state) : undefined
    },
  }
}

function classOf({ label, score }: ModelResult): string {
  return label ?? String(score)
}

function candidates(results: Results): readonly Candidate[] {
  const voters = new Map<string, number[]>()
  results.forEach((result, place) => {
    if (!votes(result)) return
    const before = voters.get(classOf(result))
    if (before === undefined) voters.set(classOf(result), [place])
    else before.push(place)
  })
  return [...voters].map(([name, places]) => ({ name, voters: places }))
}

/** The weight of these models, always added in the order of their places: the same models weigh the same, in whatever order they answered. */
function weightOfAll(places: readonly number[], weights: readonly number[]): number {
  return places.reduce((sum, place) => sum + (weights[place] as number), 0)
}

/** Whether one wins against the other: by weight, and with equal weights by the smartest model. Both have voters. */
function beats(one: readonly number[], other: readonly number[], weights: readonly number[]): boolean {
  const [mine, theirs] = [weightOfAll(one, weights), weightOfAll(other, weights)]
  return mine === theirs ? (one[0] as number) < (other[0] as number) : mine > theirs
}

function leaderOf({ results, weights }: State): Candidate | undefined {
  return candidates(results).reduce<Candidate | undefined>(
    (best, one) => (best === undefined || beats(one.voters, best.voters, weights) ? one : best),
    undefined,
  )
}

/** Whether the leader would lose to a class, known or new, that got every vote that is missing. No other outcome is worse for the leader. */
function canBeBeaten(leader: Candidate, { results, weights }: State): boolean {
  const missing = results.flatMap((result, place) => (result === undefined ? [place] : []))
  if (missing.length === 0) return false
  const rivals = [[], ...candidates(results).flatMap(({ name, voters }) => (name === leader.name ? [] : [voters]))]
  return rivals.some(voters =>
    beats(
      [...voters, ...missing].toSorted((a, b) => a - b),
      leader.voters,
      weights,
    ),
  )
}

function reaches({ voters }: Candidate, weights: readonly number[], atLeast: number): boolean {
  return weightOfAll(voters, weights) >= atLeast
}

function verdictFor({ voters }: Candidate, { results }: State): Verdict {
  return verdictOf(results[voters[0] as number] as ModelResult, voters)
}
