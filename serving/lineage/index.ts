// Makes results again from what they say of themselves: the input record, the model's bytes, the policy.
// Not here: where records are read from, and what is shown of it.
export { type DescriptorAt, Rescorer, type RescoredModel, type ScoredAgain } from './rescorer.ts'
export { knownVersion, type KnownVersion, wholeOf } from './known-version.ts'
