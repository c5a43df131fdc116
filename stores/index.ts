export {
  keyValueStore,
  modelStateStore,
  modelUsageStore,
  versionedKeyValueStore,
  type TypedManagedStore,
  type TypedStoreBuilder,
} from './store-builder.ts'
export type { ModelStoreOptions, StorePlacement, TypedStoreOptions, VersionedStoreOptions } from './store-options.ts'
export type { KeyText } from './query-keys.ts'
export { ModelStateStore } from './models/model-state-store.ts'
export { isMovedAgain, type ModelRecordPlace, type NewModel } from './models/new-model.ts'
export {
  CHUNK_BYTES,
  modelTypeName,
  type ModelState,
  type ModelStatistics,
  type ModelUpload,
  type ModelVersion,
  type PastVersion,
  type RecordPlace,
} from './models/model-rows.ts'
export type { NewPiece } from './models/model-uploads.ts'
export { type ModelUsageSource, ModelUsageStore } from './models/model-usage-store.ts'
export type { ModelUse } from './models/model-usage.ts'
export {
  decodeModelStoreRow,
  type ModelHistoryEntry,
  type ModelRowView,
  type ModelServingView,
  type ModelVersionView,
} from './models/model-views.ts'
export { StateDirectory, TaskDirectories } from './state-directory.ts'
export { jsonView } from './json-view.ts'
export type {
  ChangelogStanding,
  Checkpoint,
  CorruptionKind,
  KeyValueStore,
  ManagedStore,
  OnCorrupt,
  QueriedEntry,
  QueriedVersion,
  QueryableStore,
  Row,
  RowStorage,
  StateStore,
  StoreBuilder,
  TaskBinding,
  VersionedKeyValueStore,
  VersionedRecord,
} from './state-store.ts'
export { UndoJournal, type Undoable } from './rows/undo-journal.ts'
export type { ReadOptions, StoreQuery, VersionQuery } from './store-query.ts'
