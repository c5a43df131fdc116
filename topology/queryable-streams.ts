import type { QueriedEntry, QueriedVersion, ReadOptions, StoreQuery, VersionQuery } from '../stores/index.ts'

export type { QueriedEntry, QueriedVersion, ReadOptions, VersionQuery }

import type { MetricFamily } from './metrics/index.ts'

/** Where an instance's REST answers. */
export interface HostInfo {
  /** A name or an address. */
  readonly host: string
  /** Its port. */
  readonly port: number
}

/** One sub-topology on one partition: "subtopology_partition". */
export type TaskId = string

/** An instance of the group, as the group itself tells it. */
export interface InstanceMetadata extends HostInfo {
  /** Stays the same over restarts with one state directory. */
  readonly instance: string
  /** Of the tasks that it runs or follows. */
  readonly storeNames: readonly string[]
  /** Tasks that it runs. */
  readonly activeTasks: readonly TaskId[]
  /** Tasks whose changelogs it follows, ready to take over. */
  readonly standbyTasks?: readonly TaskId[]
}

/** How one store is spread over the group. */
export interface StoreMetadata {
  /** The store's. */
  readonly name: string
  /** How many tasks hold a part of it. */
  readonly partitions: number
  /** The sub-topology whose tasks hold it (the first part of their ids). To be given where there are several. */
  readonly subTopology?: number
  /** undefined: it is not logged. */
  readonly changelogTopic: string | undefined
  /** Whether it tells what a key's value was at a time; default false. */
  readonly versioned?: boolean
  /** Whether tasks of other sub-topologies read it whole: then an instance knows of its own use only, and the owner of all. Default false. */
  readonly replicated?: boolean
}

/** From the first to the last: `rebalancing` and `restoring` come again and again; `stopped` and `failed` are the end. */
export type StreamsState = 'created' | 'starting' | 'rebalancing' | 'restoring' | 'running' | 'stopping' | 'stopped' | 'failed'

/** How the tasks of this instance stand. */
export interface TaskStatus {
  /** Its id. */
  readonly task: TaskId
  /** For people: `running` and `standby` are the good ones. */
  readonly state: string
  /** Of its stores, since the task was assigned last; undefined before a restore has ended. */
  readonly restored: { readonly records: number; readonly milliseconds: number } | undefined
  /** Of a standby: how many changelog offsets it is behind; undefined while that is not known. */
  readonly lag?: number | undefined
}

/** A value as a standby has it, or a task that the group's rebalance has suspended. */
export interface StaleValue {
  /** undefined: no such key there. */
  readonly value: unknown
  /** How many changelog offsets the standby is behind. A suspended task was behind in none when it was suspended; what it is now is not known. */
  readonly lag?: number
}

/** Versions of a key. */
export interface KeyVersions {
  /** In the order of time. */
  readonly versions: readonly QueriedVersion[]
  /** They are a standby's or a suspended task's. */
  readonly stale?: true
  /** As of a `StaleValue`. */
  readonly lag?: number
}

/** Which versions, and of whom. */
export interface KeyVersionsQuery extends VersionQuery {
  /** Ask this instance's standby or suspended task, not the one that runs. */
  readonly standby?: boolean | undefined
}

/** One partition's share of an answer: of this instance's task, or of its standby. */
export interface PartitionShare {
  /** Whose share it is. */
  readonly partition: number
  /** In key order; empty when only their count was asked for. */
  readonly entries: readonly QueriedEntry[]
  /** How many there are. */
  readonly count: number
  /** Whether entries follow that the limit has cut off. */
  readonly more: boolean
  /** It is a standby's or a suspended task's. */
  readonly stale?: true
  /** As of a `StaleValue`. */
  readonly lag?: number
}

/** Which entries, and of whom. */
export interface PartitionQuery extends StoreQuery {
  /** Ask this instance's standbys and suspended tasks, not those that run. */
  readonly standbys?: boolean | undefined
  /** Of these partitions only. */
  readonly partitions?: readonly number[] | undefined
  /** Only how many there are. */
  readonly countOnly?: boolean | undefined
}

/** Figures since start. */
export interface StreamsCounters {
  /** Records that were consumed. */
  readonly recordsIn: number
  /** Records that sinks wrote. */
  readonly recordsOut: number
  /** Records that could not be processed. */
  readonly deadLetters: number
  /** Commits that succeeded. */
  readonly commits: number
  /** Records that were read from changelogs. */
  readonly restoredRecords: number
  /** Of the group, as this instance saw them. */
  readonly rebalances: number
}

/**
 * A running application, as interactive queries, health checks and metrics see it: by messages only, so that it may live in another thread.
 */
export interface QueryableStreams {
  /** The consumer group's id, too. */
  readonly applicationId: string
  /** Where this instance's REST answers. */
  readonly self: HostInfo
  /** As of now. */
  readonly state: StreamsState
  /** Those of the topology. */
  readonly stores: readonly StoreMetadata[]
  /** Every instance of the group that runs now, this one included; never an invented entry. At most one heartbeat old. Throws BROKER_UNREACHABLE. */
  instances(): Promise<readonly InstanceMetadata[]>
  /** The instance that owns the key; undefined while nobody does (a rebalance). Throws STORE_UNKNOWN. */
  ownerOf(store: string, key: string): Promise<InstanceMetadata | undefined>
  /** Tasks of this instance: those it runs, and those that it follows, whose state is "standby". */
  tasks(): Promise<readonly TaskStatus[]>
  /** As of now. */
  counters(): StreamsCounters
  /** All else that is recorded, of the instance's stream threads together. */
  metrics(): Promise<readonly MetricFamily[]>
  /**
   * The value of a key that this instance owns, committed unless told; undefined: no such key.
   * Throws STORE_UNKNOWN, STORE_NOT_READY (not owned, or restoring), INPUT_INVALID (no key of the store).
   */
  query(store: string, key: string, options?: ReadOptions): Promise<unknown>
  /** The instances that follow the key's partition as standbys, while the group rebalances those that did before. Throws STORE_UNKNOWN. */
  standbysOf(store: string, key: string): Promise<readonly InstanceMetadata[]>
  /** The instance that owned the key until the rebalance began that is under way; undefined: none is. Throws STORE_UNKNOWN. */
  formerOwnerOf(store: string, key: string): Promise<InstanceMetadata | undefined>
  /**
   * What this instance's standby has of a key, or its task that is suspended. Throws STORE_UNKNOWN, STORE_NOT_READY (there is neither, a standby
   * does not know its lag yet, a task was suspended before it was restored).
   */
  queryStale(store: string, key: string): Promise<StaleValue>
  /**
   * Versions of a key of a versioned store, committed unless told. Throws STORE_UNKNOWN, STORE_NOT_READY (as `query`, and `queryStale`),
   * INPUT_INVALID (no key of the store, or the store is not versioned).
   */
  queryVersions(store: string, key: string, query?: KeyVersionsQuery): Promise<KeyVersions>
  /**
   * Entries of the partitions that this instance owns and that are restored (or of its standbys that know their lag and its suspended tasks), a
   * share each, in the order of the partitions. `limit` holds for each share, so that the first `limit` keys of all are among them.
   * Throws STORE_UNKNOWN, STORE_NOT_READY (a partition moved while it was read), INPUT_INVALID.
   */
  queryPartitions(store: string, query?: PartitionQuery): Promise<readonly PartitionShare[]>
  /** The value that this instance used last (of the key, when one is given); undefined: none yet. */
  queryLatest(store: string, key?: string): Promise<unknown>
}
