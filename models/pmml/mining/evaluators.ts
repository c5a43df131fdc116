import { ClusteringEvaluator, type CompiledClustering } from '../elements/clustering.ts'
import type { Evaluator, Source } from '../contract/evaluator.ts'
import type { CompiledGeneralRegression } from '../elements/general-regression.ts'
import { GeneralRegressionEvaluator } from '../elements/general-regression-evaluator.ts'
import { type CompiledMining, isSelection } from './mining.ts'
import { MiningEvaluator } from './mining-evaluator.ts'
import { type CompiledNaiveBayes, NaiveBayesEvaluator } from '../elements/naive-bayes.ts'
import type { CompiledNearestNeighbor, CompiledNeighbors } from '../elements/nearest-neighbor.ts'
import { NearestNeighborEvaluator, Neighbors } from '../elements/nearest-neighbor-evaluator.ts'
import type { CompiledNetwork, CompiledNeuralNetwork } from '../elements/neural-network.ts'
import { Network, NeuralNetworkEvaluator } from '../elements/neural-network-evaluator.ts'
import { type CompiledRegression, RegressionEvaluator } from '../elements/regression.ts'
import { type CompiledRuleSet, RuleSetEvaluator } from '../elements/rule-set.ts'
import { type CompiledScorecard, ScorecardEvaluator } from '../elements/scorecard.ts'
import { SelectionEvaluator } from './selection-evaluator.ts'
import { type CompiledSupportVectors, SupportVectorsEvaluator } from '../elements/support-vectors.ts'
import { type CompiledTree } from '../trees/tree.ts'
import { TreeEvaluator } from '../trees/tree-evaluator.ts'

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

/** What the models of several fields share: plain data. */
export type CompiledSource = CompiledNetwork | CompiledNeighbors

type Makers = { readonly [K in CompiledPart['kind']]: (part: Extract<CompiledPart, { kind: K }>, source?: Source) => Evaluator }

const makers: Makers = {
  tree: part => new TreeEvaluator(part),
  regression: part => new RegressionEvaluator(part),
  mining: part => (isSelection(part.method) ? new SelectionEvaluator(part) : new MiningEvaluator(part)),
  generalRegression: part => new GeneralRegressionEvaluator(part),
  neuralNetwork: (part, source) => new NeuralNetworkEvaluator(part, source instanceof Network ? source : undefined),
  scorecard: part => new ScorecardEvaluator(part),
  naiveBayes: part => new NaiveBayesEvaluator(part),
  clustering: part => new ClusteringEvaluator(part),
  supportVectors: part => new SupportVectorsEvaluator(part),
  ruleSet: part => new RuleSetEvaluator(part),
  nearestNeighbor: (part, source) => new NearestNeighborEvaluator(part, source instanceof Neighbors ? source : undefined),
}

/** `source`: what the part's results are to be made of, where it is shared. */
export function evaluatorOf(part: CompiledPart, source?: Source): Evaluator {
  return (makers[part.kind] as (part: CompiledPart, source?: Source) => Evaluator)(part, source)
}

export function sourceOf(compiled: CompiledSource): Source {
  return compiled.kind === 'network' ? new Network(compiled) : new Neighbors(compiled)
}
