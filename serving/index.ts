// Model serving as a topology: the model processor, the data processor, and the state between them.
// Start reading at serving-topology.ts.
// Not here: formats of models, HTTP.
export { maxStoredBytes, ModelLoader } from './model-loader.ts'
export {
  ModelPublisher,
  type ModelRecordCause,
  type ModelRecordPlace,
  type ModelTopic,
  type Published,
  type PublishOutcome,
} from './publishing/index.ts'
export { type GoldenRow, type ModelRecord, modelRecord, type ModelToPublish, recordsThatFit } from './publishing/index.ts'
export {
  type Applied,
  ModelRegistry,
  type ModelRegistryParts,
  type FoundModel,
  type GlobalModelStore,
  type OpenModel,
} from './publishing/index.ts'
export { type ModelRole, modelRoles, rolesIn, rolesOf, type VersionName, versionNameOf, type VersionRoles } from './publishing/index.ts'
export { type ModelTypeName, modelTypeNames, modelTypeOf } from './publishing/index.ts'
export type { PolicyNow } from './policies/index.ts'
export { controlOfJson, eventTimeOf, type ModelControlRecord, type PolicyInForce, type ServedPolicy } from './publishing/index.ts'
export type { ControlResult, WrittenRecord } from './publishing/index.ts'
export { type ModelPieceRecord, modelPieces } from './publishing/index.ts'
export { type ModelServingParts, servingOptions } from './complete-serving-options.ts'
export type { ModelRef, ModelServingOptions, PolicyModel, SpeculativePolicies, SpeculativePolicy } from './options/index.ts'
export type {
  Decider,
  DeciderChoice,
  KnownDecider,
  ModelResult,
  OwnDecider,
  RacingModel,
  RowOutput,
  Step,
  Verdict,
} from './deciders/index.ts'
export type { AverageRules, Confidence, GoodResult, Metric, Quality, VoteRules } from './deciders/index.ts'
export { knownDecider } from './deciders/index.ts'
export { type Challenger, KeyBuckets, keyHash, numberHash, textHash } from './routing/index.ts'
export { servingTopology } from './serving-topology.ts'
export {
  countsUsage,
  modelRecordKey,
  type ModelStoreKind,
  type ServingJoin,
  type ServingOptions,
  usageStoreName,
  waitingStoreName,
} from './serving-options.ts'
export { CompositeModel, type CompositeStep, outputPlaces, StepFailed } from './composite/index.ts'
export { asKeptModels, modelStoreOf } from './model-stores.ts'
export {
  type DescriptorAt,
  KeptNamedModels,
  type KnownVersion,
  knownVersion,
  namedIn,
  type NamedModel,
  type ModelWithBytes,
  type NamedModels,
  type RescoredModel,
  Rescorer,
  type ScoredAgain,
  wholeOf,
} from './lineage/index.ts'
export { DataProcessor, resultsSink, type SharedParts } from './data-processor.ts'
export { untilReadable } from './read-row.ts'
export { eventSinks, type ModelEvent } from './model-event-log.ts'
export { ModelProcessor } from './model-processor.ts'
