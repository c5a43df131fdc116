// Turns a model into records of the models topic, and reads the published models.
// A model too large for one record is sent in pieces.
// Not here: applying model records, which the model processor does.
export { eventTimeOf } from './event-time.ts'
export { controlOfJson, type ModelControlRecord } from './model-control-record.ts'
export { type ModelPieceRecord, modelPieces, pieceKey } from './model-pieces.ts'
export {
  ModelPublisher,
  type ModelRecordCause,
  type ModelRecordPlace,
  type ModelTopic,
  type ControlResult,
  type PublishOutcome,
  type Published,
  type WrittenRecord,
} from './model-publisher.ts'
export { type GoldenRow, type ModelRecord, type ModelToPublish, modelRecord, recordsThatFit } from './model-record.ts'
export {
  type Applied,
  type PolicyInForce,
  type ServedPolicy,
  ModelRegistry,
  type ModelRegistryParts,
  type GlobalModelStore,
  type FoundModel,
  type OpenModel,
} from './model-registry.ts'
export { type ModelRole, type VersionName, modelRoles, rolesIn, rolesOf, type VersionRoles, versionNameOf } from './model-roles.ts'
export { type ModelTypeName, modelTypeNames, modelTypeOf } from './model-type.ts'
