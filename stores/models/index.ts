// The store of models: versions, bytes, uploads that are not complete, and how each version has served.
// Bytes lie in pieces that Kafka takes; facts are kept for ever, bytes by retention.
// Not here: loading or scoring models.
export {
  CHUNK_BYTES,
  type ModelState,
  type ModelStatistics,
  type ModelUpload,
  type ModelVersion,
  type PastVersion,
  type RecordPlace,
  modelTypeName,
} from './model-rows.ts'
export { ModelStateStore } from './model-state-store.ts'
export type { NewPiece } from './model-uploads.ts'
export { type ModelUsageSource, ModelUsageStore } from './model-usage-store.ts'
export type { ModelUse } from './model-usage.ts'
export {
  type ModelHistoryEntry,
  type ModelRowView,
  type ModelServingView,
  type ModelVersionView,
  decodeModelStoreRow,
} from './model-views.ts'
export { type ModelRecordPlace, type NewModel, isMovedAgain } from './new-model.ts'
