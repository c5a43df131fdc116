import type { ModelResult, Verdict } from './decider.ts'

/** The results of a race so far, by the models' places; undefined: it has not come. */
export type Results = readonly (ModelResult | undefined)[]

/** The results with one more. */
export function withResult(results: Results, result: ModelResult): Results {
  return results.with(result.model, result)
}

/** Whether every model has answered. */
export function complete(results: Results): boolean {
  return results.every(result => result !== undefined)
}

/** Whether the result is a vote. */
export function votes(result: ModelResult | undefined): result is ModelResult {
  return result?.kind === 'score'
}

/** The verdict that is one model's result; `contributors`: with whom it agrees. */
export function verdictOf({ score, label, outputs, model }: ModelResult, contributors: readonly number[] = [model]): Verdict {
  return { score, label, outputs, contributors }
}

/** A figure of a result: the first number of the named output; without a name, the score. undefined: there is none. */
export function figureOf({ score, outputs }: ModelResult, output: string | undefined): number | undefined {
  const figure = output === undefined ? score : outputs.find(({ name }) => name === output)?.numbers[0]
  return figure === undefined || Number.isNaN(figure) ? undefined : figure
}
