import {
  type CompiledModel,
  type CompiledPart,
  ClusteringEvaluator,
  isSelection,
  GeneralRegressionEvaluator,
  NaiveBayesEvaluator,
  NearestNeighborEvaluator,
  Neighbors,
  Network,
  NeuralNetworkEvaluator,
  RegressionEvaluator,
  RuleSetEvaluator,
  ScorecardEvaluator,
  SupportVectorsEvaluator,
} from '../elements/index.ts'
import type { Evaluator, Source } from '../contract/index.ts'
import { MiningEvaluator } from './mining-evaluator.ts'
import { ModelRunner } from './model-runner.ts'
import { SelectionEvaluator } from './selection-evaluator.ts'
import { TreeEvaluator } from '../trees/index.ts'

/** Makes a compiled model ready to run. `source`: the shared calculation, if several models use the same one. */
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
