import type { KeyVersions, KeyVersionsQuery, PartitionQuery, PartitionShare, ReadOptions, StaleValue } from '../../queryable-streams.ts'
import type { MetricFamily } from '../../metrics/index.ts'
import { LocalQueries, type KeyLocator } from '../queries/index.ts'
import { StreamThread, type StreamThreadParts } from './stream-thread.ts'
import { statusOf } from './thread-status.ts'
import type { ThreadHandle, ThreadStatus } from './thread-handle.ts'

/** A stream thread that runs in the main thread. */
export class InlineThread implements ThreadHandle {
  readonly #thread: StreamThread
  readonly #queries: LocalQueries

  constructor(stores: KeyLocator, parts: StreamThreadParts) {
    this.#thread = new StreamThread(parts)
    this.#queries = new LocalQueries(stores, this.#thread.tasks, () => this.#thread.leased)
  }

  get status(): ThreadStatus {
    return statusOf(this.#thread)
  }

  metrics(): Promise<readonly MetricFamily[]> {
    return Promise.resolve(this.#thread.metrics())
  }

  start(): Promise<void> {
    return this.#thread.start()
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  /** Does nothing: code that hangs in the main thread cannot be ended from outside. */
  discard(): Promise<void> {
    return Promise.resolve()
  }

  query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return this.#queries.query(store, key, options)
  }

  queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#queries.queryStale(store, key)
  }

  queryVersions(store: string, key: string, query: KeyVersionsQuery): Promise<KeyVersions> {
    return this.#queries.queryVersions(store, key, query)
  }

  queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]> {
    return this.#queries.queryPartitions(store, query)
  }

  queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#queries.queryLatest(store, key)
  }
}
