import type { Decider, ModelResult, RowOutput } from './decider.ts'
import { complete, figureOf, type Results, verdictOf, votes, withResult } from './results.ts'

/** What makes a result the best. */
export interface Quality {
  /** The output that says how good the result is. */
  readonly output: string
  /** Default `highest`. */
  readonly goal?: 'highest' | 'lowest' | undefined
  /** A quality for which no further result is waited. */
  readonly enough?: number | undefined
}

/** What is a confidence, and how much of it is enough. */
export interface Confidence {
  /** The output with the probabilities of the classes; undefined: the first output that is a distribution, else a score that is a probability. */
  readonly output?: string | undefined
  /** A confidence for which no further result is waited; default 1. */
  readonly enough?: number | undefined
}

/** The result whose named output is the best. Of equal ones, that of the smartest model. A result without that output does not count. */
export function bestOutput({ output, goal = 'highest', enough }: Quality): Decider<Results> {
  const sign = goal === 'highest' ? 1 : -1
  const quality = (result: ModelResult): number | undefined => {
    const figure = figureOf(result, output)
    return figure === undefined ? undefined : sign * figure
  }
  return best('best', quality, enough === undefined ? Infinity : sign * enough)
}

/** The result whose most probable class is the most probable. A result that has no probabilities does not count. */
export function maximumConfidence({ output, enough = 1 }: Confidence = {}): Decider<Results> {
  return best('confidence', result => confidenceOf(result, output), enough)
}

function best(name: string, quality: (result: ModelResult) => number | undefined, enough: number): Decider<Results> {
  const bestOf = (results: Results): { readonly result: ModelResult; readonly figure: number } | undefined => {
    let found: { readonly result: ModelResult; readonly figure: number } | undefined
    for (const result of results.filter(votes)) {
      const figure = quality(result)
      if (figure !== undefined && (found === undefined || figure > found.figure)) found = { result, figure }
    }
    return found
  }
  return {
    name,
    start: models => models.map(() => undefined),
    onResult(results, result) {
      const after = withResult(results, result)
      const found = bestOf(after)
      const certain = found !== undefined && (complete(after) || found.figure >= enough)
      return { state: after, verdict: certain ? verdictOf(found.result) : undefined }
    },
    onTimeout(results) {
      const found = bestOf(results)
      return found && verdictOf(found.result)
    },
  }
}

function confidenceOf({ score, label, outputs }: ModelResult, output: string | undefined): number | undefined {
  if (output !== undefined) {
    const named = outputs.find(({ name }) => name === output)
    return named === undefined || named.numbers.length === 0 ? undefined : Math.max(...named.numbers)
  }
  const distribution = outputs.find(isDistribution)
  if (distribution !== undefined) return Math.max(...distribution.numbers)
  // The score of a class that is no number is the probability of that class.
  return label !== undefined && Number.isNaN(Number(label)) && score >= 0 && score <= 1 ? score : undefined
}

/** How far rounding to float32 may bring the sum of many probabilities from 1. */
const rounding = 1e-3

function isDistribution({ numbers }: RowOutput): boolean {
  if (numbers.length < 2 || numbers.some(number => !(number >= 0 && number <= 1))) return false
  return Math.abs(numbers.reduce((sum, number) => sum + number, 0) - 1) <= rounding
}
