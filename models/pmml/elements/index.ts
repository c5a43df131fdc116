// The model elements other than trees and mining models, with their targets and outputs.
// compiled-model.ts has the types that every model is compiled to, mining models included.
// Not here: compiling or running models within models.
export { ClusteringEvaluator, compileClustering } from './clustering.ts'
export {
  type CompiledMining,
  type CompiledModel,
  type CompiledPart,
  type CompiledSource,
  type Method,
  type Segment,
  isSelection,
  methods,
} from './compiled-model.ts'
export type { CompiledOutput } from './compiled-output.ts'
export { GeneralRegressionEvaluator } from './general-regression-evaluator.ts'
export { compileGeneralRegression } from './general-regression.ts'
export { mapClasses } from './map-classes.ts'
export { modelOf } from './model-of.ts'
export { NaiveBayesEvaluator, compileNaiveBayes } from './naive-bayes.ts'
export { NearestNeighborEvaluator, Neighbors } from './nearest-neighbor-evaluator.ts'
export { compileNearestNeighbor } from './nearest-neighbor.ts'
export { Network, NeuralNetworkEvaluator } from './neural-network-evaluator.ts'
export { compileNeuralNetwork } from './neural-network.ts'
export { setOutput } from './output-values.ts'
export { compileOutputs } from './outputs.ts'
export { RegressionEvaluator, compileRegression } from './regression.ts'
export { RuleSetEvaluator, compileRuleSet } from './rule-set.ts'
export { ScorecardEvaluator, compileScorecard } from './scorecard.ts'
export { SupportVectorsEvaluator, compileSupportVectors } from './support-vectors.ts'
export { rescale } from './targets.ts'
