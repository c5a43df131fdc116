/**
 * Model serving, the parts of `sluice serve`: an instance to embed, the topology, models and their formats, record readers.
 *
 * @packageDocumentation
 */
export { sluice as messages } from './proto/messages.js'
export {
  openModelServices,
  ServingInstance,
  type ModelServiceParts,
  type OpenModelServices,
  type ServingInstanceOptions,
  type ServingRestOptions,
} from './instance/index.ts'
export {
  checkInputs,
  defaultModelFactory,
  LoadedModels,
  mapFeatures,
  ModelCache,
  ModelFactory,
  ModelGuard,
  serviceLoader,
  type FeatureMapping,
  type FormatLoader,
  type GoldenResult,
  type GoldenRows,
  type GuardedLoad,
  type GuardedModel,
  type GuardOptions,
  type LightLimits,
  type LoadedModel,
  type MappedInput,
  type Model,
  type ModelContent,
  type ModelFiles,
  type ModelFormat,
  type ModelInput,
  type ModelOutput,
  type ModelSource,
  type OutputColumn,
  type PlainBatch,
  type PlainColumn,
  type Scores,
  type ServiceClientOptions,
  type ServiceOptions,
  type ValueType,
  type ModuleColumns,
  type ModuleExport,
  type ModuleField,
  type ModuleResult,
  type ModuleRow,
} from './models/index.ts'
export { ColumnBatch, type Column, type ColumnSpec, type NumberColumn, type RowTensor, type TextColumn } from './records/index.ts'
export { csvRecordReader } from './records/index.ts'
export { jsonRecordReader, type JsonRecordShape } from './records/index.ts'
export { protobufRecordReader, wineRecordReader, type ProtobufField, type ProtobufRecordShape } from './records/index.ts'
export type { RecordReader } from './records/index.ts'
export {
  registryRecordReader,
  SchemaRegistry,
  type RegisteredSchema,
  type RegistryAddress,
  type RegistryReaderOptions,
  type SchemaType,
} from './records/registry/index.ts'
export type { ScalarType } from './records/index.ts'
export { protobufRecordReaderFromSchema, type SchemaReaderOptions } from './records/index.ts'
export {
  modelRecord,
  ModelPublisher,
  ModelRegistry,
  servingOptions,
  servingTopology,
  type Applied,
  type ControlResult,
  type ModelControlRecord,
  type PolicyInForce,
  type ServedPolicy,
  type WrittenRecord,
  type ModelPieceRecord,
  type ModelRecord,
  type ModelRecordCause,
  type ModelRecordPlace,
  type ModelRole,
  type ModelServingOptions,
  type ModelServingParts,
  type ModelStoreKind,
  type ModelTopic,
  type ModelToPublish,
  type ModelTypeName,
  type OpenModel,
  type Published,
  type PublishOutcome,
  type ServingJoin,
  type ServingOptions,
  type VersionName,
} from './serving/index.ts'
export {
  type ModelAlias,
  type ModelHistoryEntry,
  type ModelRouting,
  type ModelRoutes,
  type ModelShare,
  type WaitingChange,
  type ModelServingView,
  type ModelState,
  type ModelStatistics,
  type ModelVersion,
  type ModelVersionView,
  type PastVersion,
  type PolicyPosition,
  type RecordPlace,
} from './stores/index.ts'
