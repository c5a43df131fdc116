import type { KeyVersions, KeyVersionsQuery, PartitionQuery, PartitionShare, ReadOptions, StaleValue } from '../../queryable-streams.ts'

/** Queries of the stores of one thread's tasks. Values are plain data that can be sent between threads. */
export interface ThreadQueries {
  /** Throws STORE_UNKNOWN, STORE_NOT_READY (the key's task is not here, or restoring), INPUT_INVALID. */
  query(store: string, key: string, options?: ReadOptions): Promise<unknown>
  /** The value that the thread's standby or suspended task has of the key. Throws as `QueryableStreams.queryStale`. */
  queryStale(store: string, key: string): Promise<StaleValue>
  /** Throws as `QueryableStreams.queryVersions`. */
  queryVersions(store: string, key: string, query: KeyVersionsQuery): Promise<KeyVersions>
  /** One share per partition, in partition order; `limit` applies to each share. Throws STORE_UNKNOWN, STORE_NOT_READY, INPUT_INVALID. */
  queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]>
  /** The value that was used last; undefined if none was. Throws STORE_UNKNOWN. */
  queryLatest(store: string, key?: string): Promise<unknown>
}
