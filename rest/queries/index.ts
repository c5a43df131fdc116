// Which instance answers a query, and how the answers of several are put together.
// While no owner answers, a standby does, and says so.
// Not here: HTTP.
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
