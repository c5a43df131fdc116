import type { CompiledComparison } from './comparison.ts'

/** The training instances with which rows are compared: plain data. */
export interface CompiledNeighbors {
  readonly kind: 'neighbors'
  readonly comparison: CompiledComparison
  readonly neighbors: number
  /** How many of the nearest instances are ranked: enough for the prediction and for the largest rank that an output names. */
  readonly ranked: number
  readonly slots: Int32Array
  /** The values of the instances, one instance after another. */
  readonly instances: Float64Array
  readonly ids: readonly string[]
}

/** The prediction of one field from the neighbors: plain data. */
export interface CompiledNearestNeighbor {
  readonly kind: 'nearestNeighbor'
  readonly neighbors: CompiledNeighbors
  readonly classes: number
  /** By instance: the value for a regression, or the index of the class. Empty: the prediction is the id of the nearest instance. */
  readonly targets: Float64Array
  /** The indices of the classes. Of classes with equal votes the first in this order wins. */
  readonly order: readonly number[]
  readonly method: 'average' | 'weightedAverage' | 'median' | 'majorityVote' | 'weightedMajorityVote'
  /** Added to a distance before its reciprocal becomes the weight. */
  readonly threshold: number
}
