// Models made of several models, and the tables that find the compiler and the evaluator of any model.
// Compiling and running recurse: the functions for inner models are handed in.
// Not here: batches and scores.
export { addDerivedFields, compileModel, modelNames } from './compile-model.ts'
export { modelRunner } from './evaluators.ts'
export { Forest } from './forest.ts'
export { MiningEvaluator } from './mining-evaluator.ts'
export { shownSegments } from './mining.ts'
export { ModelRunner } from './model-runner.ts'
