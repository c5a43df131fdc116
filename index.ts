export {
  defaultModelFactory,
  LoadedModels,
  ModelFactory,
  type FormatLoader,
  type Model,
  type ModelInput,
  type ModelOutput,
  type ModelSource,
  type Scores,
} from './models/index.ts'
export { ColumnBatch, type Column, type ColumnSpec } from './records/column-batch.ts'
export { sluice as messages } from './proto/messages.js'
export { jsonRecordReader } from './records/json-record-reader.ts'
export { protobufRecordReader, wineRecordReader } from './records/protobuf-record-reader.ts'
export { protobufSerde } from './records/protobuf-serde.ts'
export type { RecordReader } from './records/record-reader.ts'
export { bytesSerde, jsonSerde, stringSerde, type Serde } from './records/serde.ts'
export { SluiceError, type ErrorCode } from './base/sluice-error.ts'
export { startRestServer, type RestServer, type RestServerOptions } from './rest/index.ts'
export { servingTopology, type ServingOptions } from './serving/index.ts'
export {
  keyValueStore,
  modelStateStore,
  ModelStateStore,
  versionedKeyValueStore,
  type KeyText,
  type KeyValueStore,
  type ModelStoreOptions,
  type StateStore,
  type StoreBuilder,
  type StorePlacement,
  type TypedStoreOptions,
  type VersionedKeyValueStore,
  type VersionedRecord,
  type VersionedStoreOptions,
} from './stores/index.ts'
export * from './topology/index.ts'
export {
  SluiceStreams,
  type KafkaLog,
  type OAuthBearer,
  type RestoreProgress,
  type SaslOptions,
  type SslOptions,
  type StreamsListener,
  type StreamsOptions,
  type TokenSource,
  type TopologyModule,
} from './topology/runtime/index.ts'
