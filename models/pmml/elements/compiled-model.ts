import type { DataType } from '../document/index.ts'
import type { Predicate } from '../expressions/index.ts'
import type { CompiledTree } from '../trees/index.ts'
import type { Classes } from '../contract/index.ts'
import type { CompiledClustering } from './clustering.ts'
import type { CompiledNetwork, CompiledNeuralNetwork } from './compiled-network.ts'
import type { CompiledNearestNeighbor, CompiledNeighbors } from './compiled-neighbors.ts'
import type { CompiledOutput } from './compiled-output.ts'
import type { CompiledGeneralRegression } from './general-regression.ts'
import type { CompiledNaiveBayes } from './naive-bayes.ts'
import type { CompiledRegression } from './regression.ts'
import type { CompiledRuleSet } from './rule-set.ts'
import type { CompiledScorecard } from './scorecard.ts'
import type { CompiledSupportVectors } from './support-vectors.ts'
import type { CompiledTarget } from './targets.ts'

/** A model element with all that belongs to it: plain data. */
export interface CompiledModel {
  readonly part: CompiledPart
  readonly functionName: string
  /** The name of the predicted field in the MiningSchema; undefined: it has none. */
  readonly targetName: string | undefined
  readonly predictedType: DataType
  /** Whether the prediction is one of the classes, which have probabilities. */
  readonly classifies: boolean
  readonly classes: Classes
  /** The display text of each class, by value. */
  readonly displays: ReadonlyMap<number, number>
  readonly target: CompiledTarget | undefined
  readonly outputs: readonly CompiledOutput[]
}

/** A compiled model element: plain data that a worker can create and send. */
export type CompiledPart =
  | CompiledTree
  | CompiledRegression
  | CompiledMining
  | CompiledGeneralRegression
  | CompiledNeuralNetwork
  | CompiledScorecard
  | CompiledNaiveBayes
  | CompiledClustering
  | CompiledSupportVectors
  | CompiledRuleSet
  | CompiledNearestNeighbor

/** What the models of several fields share: plain data. */
export type CompiledSource = CompiledNetwork | CompiledNeighbors

export const methods = [
  'majorityVote',
  'weightedMajorityVote',
  'average',
  'weightedAverage',
  'median',
  'weightedMedian',
  'max',
  'sum',
  'weightedSum',
  'selectFirst',
  'selectAll',
  'modelChain',
  'multiModelChain',
] as const

export type Method = (typeof methods)[number]

/** Whether the result is that of one segment, so that results are not combined. */
export function isSelection(method: Method): boolean {
  return method === 'selectFirst' || method === 'selectAll' || method === 'modelChain' || method === 'multiModelChain'
}

export interface Segment {
  readonly id: string
  readonly weight: number
  /** undefined: always. */
  readonly predicate: Predicate | undefined
  readonly model: CompiledModel
  /** Whether its result can be the whole's, or is put together to it. */
  readonly isResult: boolean
  /** The segment's classes as the whole's; empty where its result is never the whole's, or a number. */
  readonly classes: Int32Array
}

/** Several models in one: plain data. */
export interface CompiledMining {
  readonly kind: 'mining'
  readonly method: Method
  readonly segments: readonly Segment[]
  readonly onMissing: 'continue' | 'skipSegment' | 'returnMissing'
  readonly missingThreshold: number
  /** Of a multiModelChain, whose segments predict a field each: the segment that predicts what the whole does; else -1. */
  readonly main: number
  /** Where the result is of one field for one record and of another for another: the fields, and the segments that predict each. */
  readonly named: readonly { readonly name: string; readonly segments: readonly number[] }[]
  /** Whether outputs ask for the segments' own results. */
  readonly asksSegments: boolean
  readonly classes: number
  readonly float: boolean
  /** Whether the result is a class for one record and a number for another. */
  readonly mixed: boolean
  /** What all segments make their results of. */
  readonly source: CompiledSource | undefined
}
