// Selects the instance that answers a query, and merges the answers of several instances.
// While the owner does not answer, a standby does, and its answer is marked `stale`.
export { keyPath } from './key-path.ts'
export {
  type Asked,
  type KeyAnswer,
  type KeyQuestion,
  type VersionsAnswer,
  asOfQuestion,
  valueQuestion,
  versionsQuestion,
} from './key-queries.ts'
export { type ListedInstance, MetadataService, sharesAddress } from './metadata-service.ts'
export { QueryRouter } from './query-router.ts'
export { valueWithin } from './retry.ts'
export type { RouterParts } from './router-parts.ts'
export { type AllEntries, type Entry, type GatherOptions, type MissingInstance, ScatterQuery } from './scatter-query.ts'
