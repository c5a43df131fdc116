import { ClusteringEvaluator, type CompiledClustering } from './clustering.ts'
import type { Evaluator } from './evaluator.ts'
import type { CompiledGeneralRegression } from './general-regression.ts'
import { GeneralRegressionEvaluator } from './general-regression-evaluator.ts'
import { type CompiledMining, isSelection } from './mining.ts'
import { MiningEvaluator } from './mining-evaluator.ts'
import { type CompiledNaiveBayes, NaiveBayesEvaluator } from './naive-bayes.ts'
import { type CompiledNearestNeighbor, NearestNeighborEvaluator } from './nearest-neighbor.ts'
import { type CompiledNeuralNetwork, NeuralNetworkEvaluator } from './neural-network.ts'
import { type CompiledRegression, RegressionEvaluator } from './regression.ts'
import { type CompiledRuleSet, RuleSetEvaluator } from './rule-set.ts'
import { type CompiledScorecard, ScorecardEvaluator } from './scorecard.ts'
import { SelectionEvaluator } from './selection-evaluator.ts'
import { type CompiledSupportVectors, SupportVectorsEvaluator } from './support-vectors.ts'
import { type CompiledTree } from './tree.ts'
import { TreeEvaluator } from './tree-evaluator.ts'

/** What a model element is compiled to: plain data, that a worker can make and send. */
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

type Makers = { readonly [K in CompiledPart['kind']]: (part: Extract<CompiledPart, { kind: K }>) => Evaluator }

const makers: Makers = {
  tree: part => new TreeEvaluator(part),
  regression: part => new RegressionEvaluator(part),
  mining: part => (isSelection(part.method) ? new SelectionEvaluator(part) : new MiningEvaluator(part)),
  generalRegression: part => new GeneralRegressionEvaluator(part),
  neuralNetwork: part => new NeuralNetworkEvaluator(part),
  scorecard: part => new ScorecardEvaluator(part),
  naiveBayes: part => new NaiveBayesEvaluator(part),
  clustering: part => new ClusteringEvaluator(part),
  supportVectors: part => new SupportVectorsEvaluator(part),
  ruleSet: part => new RuleSetEvaluator(part),
  nearestNeighbor: part => new NearestNeighborEvaluator(part),
}

export function evaluatorOf(part: CompiledPart): Evaluator {
  return (makers[part.kind] as (part: CompiledPart) => Evaluator)(part)
}
