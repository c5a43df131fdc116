// Decision trees as flat arrays: compiled, and walked for a row or for a batch.
// Trees of simple tests also become decision lists, which mining's forests use.
// Not here: models made of several trees; those are in mining.
export { type DecisionList, decisionList } from './decision-list.ts'
export { FlatTree } from './flat-tree.ts'
export { TreeEvaluator } from './tree-evaluator.ts'
export { type CompiledTree, compileTree } from './tree.ts'
