// What all model elements share: ModelContext to compile in, Evaluator to run as, InputColumns to read from.
// Trees, elements and mining build on it.
// Not here: any single kind of model.
export { type Details, type Source, Evaluator, indexOfLargest, isResult, largestOf } from './evaluator.ts'
export { InputColumns } from './input-columns.ts'
export { type Aim, type Classes, ModelContext } from './model-context.ts'
