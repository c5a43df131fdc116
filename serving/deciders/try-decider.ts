import { messageOf, SluiceError } from '../../base/index.ts'
import type { Decider, ModelResult, RacingModel } from './decider.ts'
import { Race } from './race.ts'

/** Most arrival orders that are tried; there may be many more. */
const mostOrders = 64

/**
 * Runs a decider on made-up results, in many orders of arrival, with a timeout after each number of them. Throws CONFIG_INVALID if it throws, names a
 * contributor that had no result by then, or decides the same race differently the second time.
 */
export function tryDecider(decider: Decider, models: readonly RacingModel[]): void {
  for (let order = 0; order < Math.min(mostOrders, models.length ** 2 * 3); order++) {
    const results = arrivals(models.length, order)
    for (let until = 0; until <= results.length; until++) {
      const [first, again] = [outcome(decider, models, results.slice(0, until)), outcome(decider, models, results.slice(0, until))]
      if (first !== again) throw refused(decider, `it is not pure: the same results gave ${first} and then ${again}`)
    }
  }
}

function outcome(decider: Decider, models: readonly RacingModel[], results: readonly ModelResult[]): string {
  const race = new Race(decider, models)
  const came = new Set<number>()
  for (const result of results) {
    came.add(result.model)
    if (race.take(result, 1) !== undefined) break
  }
  const { failure, verdict } = race.end(() => undefined)
  if (failure !== undefined) throw refused(decider, failure)
  const strange = verdict?.contributors.find(place => !came.has(place))
  if (strange !== undefined) throw refused(decider, `it names model ${strange} as a contributor, which had no result`)
  try {
    return JSON.stringify(verdict ?? null)
  } catch (error) {
    throw refused(decider, messageOf(error))
  }
}

/** Results of all models, in an order and with values that follow from a number. */
function arrivals(count: number, order: number): readonly ModelResult[] {
  const places = Array.from({ length: count }, (_, place) => place)
  const turned = places.map(place => (place + order) % count)
  const ordered = order % 2 === 0 ? turned : turned.toReversed()
  return ordered.map(model => resultOf(model, (model * 7 + order) % 6))
}

function resultOf(model: number, variety: number): ModelResult {
  if (variety === 5) return { model, kind: 'abstain', score: NaN, label: undefined, outputs: [] }
  if (variety === 4) return { model, kind: 'error', score: NaN, label: undefined, outputs: [], error: 'a made-up error' }
  const numbers = [variety / 10, 1 - variety / 10]
  const label = variety % 2 === 0 ? undefined : `class ${variety}`
  return { model, kind: 'score', score: variety, label, outputs: [{ name: 'probabilities', numbers, texts: [] }] }
}

function refused({ name }: Decider, why: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', `the decider "${name}" failed its trial: ${why}`)
}
