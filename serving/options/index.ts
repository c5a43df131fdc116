/**
 * The options of model serving as a table: option checks, settings of `sluice serve` and the documentation are derived from it.
 * Nothing here loads a model format, a store or a runtime, because commands read the table before they load anything else.
 */
export type { ModelServingOptions } from './model-serving-options.ts'
export { modelServingTable } from './model-serving-table.ts'
export { checkedPolicy, type ModelRef, type PolicyModel, type SpeculativePolicies, type SpeculativePolicy } from './policy.ts'
