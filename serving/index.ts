export { maxStoredBytes, ModelLoader } from './model-loader.ts'
export {
  ModelPublisher,
  type ModelRecordCause,
  type ModelRecordPlace,
  type ModelTopic,
  type Published,
  type PublishOutcome,
} from './publishing/model-publisher.ts'
export { type ModelRecord, modelRecord, type ModelToPublish, recordsThatFit } from './publishing/model-record.ts'
export { type Applied, ModelRegistry, type ModelRegistryParts, type ModelReplica, type OpenModel } from './publishing/model-registry.ts'
export { type ModelRole, modelRoles, roleOf, rolesOf, type VersionName, versionNameOf } from './publishing/model-roles.ts'
export { type ModelTypeName, modelTypeNames, modelTypeOf } from './publishing/model-type.ts'
export { type ModelPieceRecord, modelPieces } from './publishing/model-pieces.ts'
export { type ModelServingOptions, type ModelServingParts, servingOptions } from './model-serving-options.ts'
export { servingTopology } from './serving-topology.ts'
export { type ServingJoin, type ServingOptions, usageStoreName } from './serving-options.ts'
