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

/** A compiled model element with its classes, target and outputs: plain data. */
export interface CompiledModel {
  readonly part: CompiledPart
  readonly functionName: string
  /** The name of the predicted field in the MiningSchema; undefined if the schema names none. */
  readonly targetName: string | undefined
  readonly predictedType: DataType
  /** Whether the prediction is a class, and the classes have probabilities. */
  readonly classifies: boolean
  readonly classes: Classes
  /** The display text of each class, as a symbol, by the class's value. */
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

/** The calculation that is shared by models that each predict one of several fields: plain data. */
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

/** Whether the result is the result of one segment, so that results are not combined. */
export function isSelection(method: Method): boolean {
  return method === 'selectFirst' || method === 'selectAll' || method === 'modelChain' || method === 'multiModelChain'
}

export interface Segment {
  readonly id: string
  readonly weight: number
  /** undefined: the segment always applies. */
  readonly predicate: Predicate | undefined
  readonly model: CompiledModel
  /** Whether the segment's result can be the result of the whole model, or is combined into it. */
  readonly isResult: boolean
  /** For each class of the segment, its index in the whole model. Empty if the segment's result never is the whole's, or is a number. */
  readonly classes: Int32Array
}

/** A compiled MiningModel, or a model of several fields: plain data. */
export interface CompiledMining {
  readonly kind: 'mining'
  readonly method: Method
  readonly segments: readonly Segment[]
  readonly onMissing: 'continue' | 'skipSegment' | 'returnMissing'
  readonly missingThreshold: number
  /** For multiModelChain, whose segments predict one field each: the index of the segment that predicts the whole model's field. Otherwise -1. */
  readonly main: number
  /** If different records have results for different fields: the fields, and the indices of the segments that predict each. Otherwise empty. */
  readonly named: readonly { readonly name: string; readonly segments: readonly number[] }[]
  /** Whether outputs read the results of single segments. */
  readonly asksSegments: boolean
  readonly classes: number
  readonly float: boolean
  /** Whether the result is a class for one record and a number for another. */
  readonly mixed: boolean
  /** The calculation that all segments share; undefined: they share none. */
  readonly source: CompiledSource | undefined
}
