// Makes results again from what they say of themselves: the input record, the model's bytes, the policy.
// Not here: where records are read from, and what is shown of it.
export { type DescriptorAt, KeptNamedModels } from './kept-named-models.ts'
export { knownVersion, type KnownVersion, type NamedModel, wholeOf } from './known-version.ts'
export type { ModelWithBytes, NamedModels } from './named-models.ts'
export { Rescorer, type RescoredModel, type ScoredAgain } from './rescorer.ts'
export { namedIn } from './said-in.ts'
