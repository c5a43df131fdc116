import { ClusteringEvaluator } from '../elements/clustering.ts'
import { type CompiledModel, type CompiledPart, isSelection } from '../elements/compiled-model.ts'
import type { Evaluator, Source } from '../contract/evaluator.ts'
import { GeneralRegressionEvaluator } from '../elements/general-regression-evaluator.ts'
import { MiningEvaluator } from './mining-evaluator.ts'
import { ModelRunner } from './model-runner.ts'
import { NaiveBayesEvaluator } from '../elements/naive-bayes.ts'
import { NearestNeighborEvaluator, Neighbors } from '../elements/nearest-neighbor-evaluator.ts'
import { Network, NeuralNetworkEvaluator } from '../elements/neural-network-evaluator.ts'
import { RegressionEvaluator } from '../elements/regression.ts'
import { RuleSetEvaluator } from '../elements/rule-set.ts'
import { ScorecardEvaluator } from '../elements/scorecard.ts'
import { SelectionEvaluator } from './selection-evaluator.ts'
import { SupportVectorsEvaluator } from '../elements/support-vectors.ts'
import { TreeEvaluator } from '../trees/tree-evaluator.ts'

/** A compiled model, ready to run. `source`: what its results are to be made of, where several models share it. */
export function modelRunner(model: CompiledModel, source?: Source): ModelRunner {
  return new ModelRunner(model, evaluatorOf(model.part, source))
}

type Makers = { readonly [K in CompiledPart['kind']]: (part: Extract<CompiledPart, { kind: K }>, source?: Source) => Evaluator }

const makers: Makers = {
  tree: part => new TreeEvaluator(part),
  regression: part => new RegressionEvaluator(part),
  mining: part => (isSelection(part.method) ? new SelectionEvaluator(part, modelRunner) : new MiningEvaluator(part, modelRunner)),
  generalRegression: part => new GeneralRegressionEvaluator(part),
  neuralNetwork: (part, source) => new NeuralNetworkEvaluator(part, source instanceof Network ? source : undefined),
  scorecard: part => new ScorecardEvaluator(part),
  naiveBayes: part => new NaiveBayesEvaluator(part),
  clustering: part => new ClusteringEvaluator(part),
  supportVectors: part => new SupportVectorsEvaluator(part),
  ruleSet: part => new RuleSetEvaluator(part),
  nearestNeighbor: (part, source) => new NearestNeighborEvaluator(part, source instanceof Neighbors ? source : undefined),
}

function evaluatorOf(part: CompiledPart, source?: Source): Evaluator {
  return (makers[part.kind] as (part: CompiledPart, source?: Source) => Evaluator)(part, source)
}
