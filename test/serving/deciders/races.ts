import { type Decider, type Decision, type ModelResult, Race, type RacingModel } from '../../../serving/deciders/index.ts'

/** A vote for a class, a score, or no vote. */
export type Given = string | number | null | Error | Partial<ModelResult>

export function models(count: number, weights?: readonly number[]): readonly RacingModel[] {
  return Array.from({ length: count }, (_, place) => ({ name: `m${place}`, version: place + 1, weight: weights?.[place] }))
}

export function result(model: number, given: Given): ModelResult {
  const none = { model, score: NaN, label: undefined, outputs: [] }
  if (given === null) return { ...none, kind: 'abstain' }
  if (given instanceof Error) return { ...none, kind: 'error', error: given.message }
  if (typeof given === 'object') return { ...none, kind: 'score', score: 0, ...given }
  return typeof given === 'string' ? { ...none, kind: 'score', score: 0, label: given } : { ...none, kind: 'score', score: given }
}

/** Runs a race: the results in the order given, each with its model's place, 1 ms apart. It is ended after the last. */
export function race(
  decider: Decider,
  racing: readonly RacingModel[],
  results: readonly (readonly [place: number, given: Given])[],
  fallback?: Given,
): Decision & { readonly after: number } {
  const running = new Race(decider, racing)
  for (const [at, [place, given]] of results.entries()) {
    const decision = running.take(result(place, given), at + 1)
    if (decision !== undefined) return { ...decision, after: at + 1 }
  }
  const ended = running.end(() => {
    if (fallback === undefined) return undefined
    const { score, label, outputs } = result(-1, fallback)
    return { score, label, outputs, contributors: [] }
  })
  return { ...ended, after: results.length }
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, at) => permutations([...items.slice(0, at), ...items.slice(at + 1)]).map(rest => [item, ...rest]))
}
