// State stores as processors see them, and the builders that make them for a task.
// Rows, versions and models have folders of their own.
// Not here: Kafka. The runtime writes changelogs and restores from them.
export {
  currentModelStore,
  keyValueStore,
  modelStateStore,
  modelUsageStore,
  versionedKeyValueStore,
  waitingRecordsStore,
  type TypedManagedStore,
  type TypedStoreBuilder,
} from './store-builder.ts'
export type { ModelStoreOptions, StorePlacement, TypedStoreOptions, VersionedStoreOptions } from './store-options.ts'
export type { KeyText } from './query-keys.ts'
export { type CurrentModel, CurrentModels, type KeptModels } from './models/index.ts'
export { ModelStateStore } from './models/index.ts'
export { type MovedRecord, movedRecord, type MovedRecords } from './models/index.ts'
export { isControlApplied, isKnown, type ModelRecordPlace, type NewModel } from './models/index.ts'
export {
  CHUNK_BYTES,
  modelTypeName,
  type ModelState,
  type ModelStatistics,
  type RoleStatistics,
  type ModelUpload,
  type ModelField,
  type ModelVersion,
  type PastVersion,
  type RecordPlace,
} from './models/index.ts'
export type { NewPiece } from './models/index.ts'
export { type ModelUsageSource, ModelUsageStore } from './models/index.ts'
export type { ModelUse } from './models/index.ts'
export { WaitingRecordsStore } from './models/index.ts'
export {
  decodeModelStoreRow,
  type GivenSignature,
  type VersionSignature,
  type VersionSigner,
  type ModelHistoryEntry,
  type ModelRowView,
  type AskedChange,
  changedState,
  type EventTimes,
  type NotedEvent,
  type PlannedChange,
  type VersionChange,
  type WaitingRecord,
  type PolicyPosition,
  championAlone,
  isAlone,
  type ModelAlias,
  type ModelChange,
  type ModelRouting,
  type ModelRoutes,
  type ModelRacer,
  type ModelStep,
  type ModelShare,
  racerRef,
  racingVersions,
  versionMeant,
  routedVersions,
  routingOf,
  type WaitingChange,
  type ModelServingView,
  type ModelVersionView,
  type ModelUseView,
  type RoleUseView,
  type DurationPercentiles,
  DurationSketch,
  unusedView,
  useView,
} from './models/index.ts'
export { StateDirectory, TaskDirectories } from './state-directory.ts'
export { jsonView } from './json-view.ts'
export type {
  ChangelogStanding,
  Checkpoint,
  CorruptionKind,
  KeyValueStore,
  ManagedStore,
  NamedCommit,
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
export { UndoJournal, type Undoable } from './undo-journal.ts'
export type { ReadOptions, StoreQuery, VersionQuery } from './store-query.ts'
export { modelStoreTable, storePlacementTable, typedStoreTable, versionedStoreTable } from './store-option-table.ts'
