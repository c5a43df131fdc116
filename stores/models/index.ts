// The store of models: versions, bytes, uploads that are not complete, and how each version has served.
// Bytes are stored in chunks that fit a Kafka record. The facts of all versions are kept for ever, the bytes of the newest versions only.
// Not here: loading or scoring models.
export {
  CHUNK_BYTES,
  type ModelState,
  type ModelStatistics,
  type RoleStatistics,
  type ModelUpload,
  type ModelVersion,
  type PastVersion,
  type RecordPlace,
  modelTypeName,
} from './model-rows.ts'
export { type MovedRecord, movedRecord, type MovedRecords } from './moved-records.ts'
export type { ModelField } from './model-field.ts'
export { type CurrentModel, currentModelSerde } from './current-model.ts'
export { CurrentModels } from './current-models.ts'
export type { KeptModels } from './kept-models.ts'
export type { NotedEvent } from './model-outbox.ts'
export type { PolicyPosition } from './policy-positions.ts'
export { EventTimes } from './event-times.ts'
export {
  type AskedChange,
  changedState,
  type ModelChange,
  type PlannedChange,
  type VersionChange,
  type WaitingRecord,
} from './model-change.ts'
export {
  championAlone,
  isAlone,
  type ModelAlias,
  type ModelRouting,
  type ModelRoutes,
  type ModelRacer,
  type ModelStep,
  type ModelShare,
  racerRef,
  racingVersions,
  routedVersions,
  routingOf,
  versionMeant,
  type WaitingChange,
} from './model-routing.ts'
export { ModelStateStore } from './model-state-store.ts'
export type { NewPiece } from './model-uploads.ts'
export { type ModelUsageSource, ModelUsageStore } from './model-usage-store.ts'
export type { ModelUse } from './model-usage.ts'
export { DurationSketch } from './duration-sketch.ts'
export { type DurationPercentiles, type ModelUseView, type RoleUseView, unusedView, useView } from './use-view.ts'
export { WaitingRecordsStore } from './waiting-records-store.ts'
export {
  type ModelHistoryEntry,
  type ModelRowView,
  type ModelServingView,
  type ModelVersionView,
  decodeModelStoreRow,
} from './model-views.ts'
export { type ModelRecordPlace, type NewModel, isControlApplied, isKnown } from './new-model.ts'
export type { GivenSignature, VersionSignature, VersionSigner } from './version-signature.ts'
