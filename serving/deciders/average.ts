import type { Decider, Verdict } from './decider.ts'
import { complete, type Results, votes, withResult } from './results.ts'

/** What an average needs. */
export interface AverageRules {
  /** The fewest scores of which it is made; default 1. */
  readonly atLeast?: number | undefined
}

/** The mean of the scores, once every model has answered or the budget is over. */
export function mean(rules: AverageRules = {}): Decider<Results> {
  return average('mean', rules, scores => scores.reduce((sum, score) => sum + score / scores.length, 0))
}

/** The median of the scores; of an even number of them, the middle between the two in the middle. */
export function median(rules: AverageRules = {}): Decider<Results> {
  return average('median', rules, scores => {
    const sorted = scores.toSorted((a, b) => a - b)
    const middle = sorted.length >>> 1
    const upper = sorted[middle] as number
    return sorted.length % 2 === 1 ? upper : (sorted[middle - 1] as number) / 2 + upper / 2
  })
}

function average(name: string, { atLeast = 1 }: AverageRules, of: (scores: readonly number[]) => number): Decider<Results> {
  const verdict = (results: Results): Verdict | undefined => {
    // In the order of the models' places, so that the sum does not depend on the order in which they answered.
    const counted = results.filter(votes).filter(({ score }) => !Number.isNaN(score))
    if (counted.length < Math.max(1, atLeast)) return undefined
    return { score: of(counted.map(({ score }) => score)), label: undefined, outputs: [], contributors: counted.map(({ model }) => model) }
  }
  return {
    name,
    start: models => models.map(() => undefined),
    onResult(results, result) {
      const after = withResult(results, result)
      return { state: after, verdict: complete(after) ? verdict(after) : undefined }
    },
    onTimeout: verdict,
  }
}
