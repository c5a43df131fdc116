import type { Dice } from '../../dice.ts'

/** What instances that serve models are given. */
export interface ServingSetup {
  readonly join: 'keyed' | 'broadcast'
  readonly dataTypes: number
  /** How many records of the models topic come: models, good and bad, and controls, some of them for a time of the data. */
  readonly changes: number
  /** How long a model takes to be loaded, ms; some take three times as long, some next to nothing. */
  readonly loadMs: number
  /** How long a model takes for some calls, ms; 0: no time. */
  readonly scoreMs: number
  readonly modelWaitMs: number
  /** How many of a hundred models are in a process of their own. */
  readonly heavy: number
  /** How long the longer calls of these take, ms. */
  readonly heavyMs: number
  /** How many of a hundred data records have headers that are too large for the topic of their results. */
  readonly large: number
  /** How many records of a data type may wait for its model; undefined: as many as the product allows. */
  readonly mostWaiting: number | undefined
  /** How far the times of records of one moment are apart, ms. */
  readonly spreadMs: number
}

/** How long the slowest of the models take to be loaded, ms. */
export function longestLoadMs({ loadMs }: Pick<ServingSetup, 'loadMs'>): number {
  return loadMs * Math.max(...loadTimes)
}

/** How many times `loadMs` a model takes to be loaded. */
export const loadTimes: readonly number[] = [0, 1, 1, 3]

/** The largest batch that the results take where some records are too large for it, bytes. */
export const largestResult = 2000

/** undefined: the instances of the seed count. */
export function drawServing(dice: Dice): ServingSetup | undefined {
  if (!dice.chance(0.15)) return undefined
  return {
    join: dice.chance(0.7) ? 'keyed' : 'broadcast',
    dataTypes: dice.pick([1, 2, 4]),
    changes: dice.pick([3, 8, 15]),
    loadMs: dice.pick([1, 15, 200, 1000]),
    scoreMs: dice.chance(0.3) ? dice.pick([2, 40]) : 0,
    modelWaitMs: dice.pick([10_000, 10_000, 500]),
    large: dice.chance(0.5) ? dice.pick([3, 15]) : 0,
    heavy: dice.chance(0.5) ? dice.pick([40, 100]) : 0,
    heavyMs: dice.pick([20, 80, 300, 900]),
    mostWaiting: dice.chance(0.4) ? dice.pick([2, 8]) : undefined,
    spreadMs: dice.pick([0, 300]),
  }
}
