import type { Decider, RacingModel } from './decider.ts'
import { type Results, verdictOf, votes, withResult } from './results.ts'

interface State {
  /** The places of the models, the smartest first. */
  readonly ranked: readonly number[]
  readonly results: Results
}

/** A figure of a trainer's that says how smart a model is. */
export interface Metric {
  /** Its name among the metrics of the policy's models. */
  readonly metric: string
  /** Default `highest`. */
  readonly goal?: 'highest' | 'lowest' | undefined
}

/**
 * The result of the smartest model that has one within the budget: with times T1 for the smart and T2 for the simple model and T2 < budget < T1 that of
 * the simple one, with a larger budget that of the smart one. It is certain as soon as no smarter model can have a result any more. The models are in
 * order of smartness, the smartest first.
 */
export function smartest(): Decider<State> {
  return byRank('smartest', models => models.map((_, place) => place))
}

/** The same, with the models in the order of a metric of theirs; those without it come last. Equal ones keep their order. */
export function bestMetric({ metric, goal = 'highest' }: Metric): Decider<State> {
  return byRank('best', models => {
    const figureOf = (place: number): number => {
      const figure = models[place]?.metrics?.[metric]
      return figure === undefined || Number.isNaN(figure) ? Infinity : goal === 'highest' ? -figure : figure
    }
    return models.map((_, place) => place).toSorted((a, b) => (figureOf(a) === figureOf(b) ? 0 : figureOf(a) - figureOf(b)))
  })
}

function byRank(name: string, ranking: (models: readonly RacingModel[]) => readonly number[]): Decider<State> {
  return {
    name,
    start: models => ({ ranked: ranking(models), results: models.map(() => undefined) }),
    onResult({ ranked, results }, result) {
      const after = withResult(results, result)
      // The smartest that can still have a result, or has one.
      const first = ranked.find(place => after[place] === undefined || votes(after[place]))
      const winner = first === undefined ? undefined : after[first]
      return { state: { ranked, results: after }, verdict: winner && verdictOf(winner) }
    },
    onTimeout({ ranked, results }) {
      const winner = ranked.map(place => results[place]).find(votes)
      return winner && verdictOf(winner)
    },
  }
}
