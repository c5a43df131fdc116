import type { Decider, ModelResult } from './decider.ts'
import { figureOf, verdictOf, votes } from './results.ts'

/** Which results are good. */
export interface GoodResult {
  /** The output whose number must lie in the range; undefined: the score. */
  readonly output?: string | undefined
  /** The least good value. */
  readonly minimum?: number | undefined
  /** The greatest good value. */
  readonly maximum?: number | undefined
}

/** The first result that is good. Without a range every score is. */
export function firstGood({ output, minimum = -Infinity, maximum = Infinity }: GoodResult = {}): Decider<undefined> {
  const ranged = output !== undefined || minimum > -Infinity || maximum < Infinity
  const isGood = (result: ModelResult): boolean => {
    if (!votes(result)) return false
    const figure = ranged ? figureOf(result, output) : 0
    return figure !== undefined && figure >= minimum && figure <= maximum
  }
  return {
    name: 'firstGood',
    start: () => undefined,
    onResult: (state, result) => ({ state, verdict: isGood(result) ? verdictOf(result) : undefined }),
    onTimeout: () => undefined,
  }
}
