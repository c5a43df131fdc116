import type { CompiledComparison } from './comparison.ts'

/** The instances that rows are compared with: plain data. */
export interface CompiledNeighbors {
  readonly kind: 'neighbors'
  readonly comparison: CompiledComparison
  readonly neighbors: number
  /** How many neighbors are put in order: those that count, and those that an output asks for. */
  readonly ranked: number
  readonly slots: Int32Array
  /** Instance after instance. */
  readonly instances: Float64Array
  readonly ids: readonly string[]
}

/** What the neighbors tell of one field: plain data. */
export interface CompiledNearestNeighbor {
  readonly kind: 'nearestNeighbor'
  readonly neighbors: CompiledNeighbors
  readonly classes: number
  /** By instance: a regression's value, or the class. Empty: what is told is the nearest instance's id. */
  readonly targets: Float64Array
  /** The classes: of equals the first here wins. */
  readonly order: readonly number[]
  readonly method: 'average' | 'weightedAverage' | 'median' | 'majorityVote' | 'weightedMajorityVote'
  /** What is added to a distance before it is turned into a weight. */
  readonly threshold: number
}
