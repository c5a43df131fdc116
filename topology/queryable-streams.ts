import type { LookupFunction } from 'node:net'
import type { QueriedEntry, QueriedVersion, ReadOptions, StoreQuery, VersionQuery } from '../stores/index.ts'

export type { QueriedEntry, QueriedVersion, ReadOptions, VersionQuery }

import type { MetricFamily } from './metrics/index.ts'

/** The address of an instance's REST API. */
export interface HostInfo {
  /** A host name or an IP address. */
  readonly host: string
  /** The TCP port. */
  readonly port: number
}

/** The id of a task, which runs one sub-topology on one partition: "subtopology_partition". */
export type TaskId = string

/** An instance of the application, as the group's metadata describes it. */
export interface InstanceMetadata extends HostInfo {
  /** The instance's id; it survives restarts with the same state directory. */
  readonly instance: string
  /** The names of the stores of the topology that the instance runs. */
  readonly storeNames: readonly string[]
  /** Tasks that the instance runs. */
  readonly activeTasks: readonly TaskId[]
  /** Tasks whose changelogs the instance follows as a standby. */
  readonly standbyTasks?: readonly TaskId[]
}

/** One store of the application, over all of its partitions. */
export interface StoreMetadata {
  /** The name of the store. */
  readonly name: string
  /** The number of tasks that each hold one partition of the store. */
  readonly partitions: number
  /** The sub-topology whose tasks hold the store: the first part of their ids. Required if the topology has several. */
  readonly subTopology?: number
  /** The changelog topic; undefined if the store is not logged. */
  readonly changelogTopic: string | undefined
  /** Whether the store keeps former values of its keys with their times; default false. */
  readonly versioned?: boolean
  /** Whether tasks of other sub-topologies read it as a global store, so that instances which do not own a key use its value too. Default false. */
  readonly global?: boolean
}

/** The states in their usual order. `rebalancing` and `restoring` recur at each rebalance; `stopped` and `failed` are final. */
export type StreamsState = 'created' | 'starting' | 'rebalancing' | 'restoring' | 'running' | 'stopping' | 'stopped' | 'failed'

/** The status of one task of this instance. */
export interface TaskStatus {
  /** The id of the task. */
  readonly task: TaskId
  /** The state of the task. A healthy task is `running` or `standby`. */
  readonly state: string
  /** What was read from changelogs to restore the task's stores since they were opened; undefined unless the task is running. */
  readonly restored: { readonly records: number; readonly milliseconds: number } | undefined
  /** For a standby: the number of changelog offsets that it is behind; undefined while that number is unknown. */
  readonly lag?: number | undefined
  /** The inputs whose next record cannot be decoded yet, because somebody who was asked has not answered; absent: there is none. */
  readonly waiting?: readonly InputWait[] | undefined
}

/** An input partition that waits, and its task with it. */
export interface InputWait {
  /** The input topic. */
  readonly topic: string
  /** The partition of the topic. */
  readonly partition: number
  /** How long it has waited. */
  readonly seconds: number
  /** What it waits for. */
  readonly why: string
}

/** A value that a standby, or a task suspended by a rebalance, has of a key. */
export interface StaleValue {
  /** The value; undefined if the key does not exist there. */
  readonly value: unknown
  /** For a standby: the number of changelog offsets that it is behind. Absent for a suspended task: how far it is behind now is unknown. */
  readonly lag?: number
}

/** Versions of a key. */
export interface KeyVersions {
  /** The versions in the order of time. */
  readonly versions: readonly QueriedVersion[]
  /** Present if a standby or a suspended task answered. */
  readonly stale?: true
  /** As in `StaleValue`. */
  readonly lag?: number
}

/** Which versions to return, and which task to read. */
export interface KeyVersionsQuery extends VersionQuery {
  /** Whether to read this instance's standby or suspended task instead of the running one. Default false. */
  readonly standby?: boolean | undefined
}

/** The part of a query's answer that one partition contributes. */
export interface PartitionShare {
  /** The number of the partition. */
  readonly partition: number
  /** The entries in key order; empty for `countOnly`. */
  readonly entries: readonly QueriedEntry[]
  /** The number of entries; for `countOnly`, the number of matching keys. */
  readonly count: number
  /** Whether the limit cut off further entries. */
  readonly more: boolean
  /** Present if a standby or a suspended task answered. */
  readonly stale?: true
  /** As in `StaleValue`. */
  readonly lag?: number
}

/** Which entries to return, and which tasks to read. */
export interface PartitionQuery extends StoreQuery {
  /** Whether to read this instance's standbys and suspended tasks instead of the running ones. Default false. */
  readonly standbys?: boolean | undefined
  /** Reads only these partitions. Default: all that the instance has. */
  readonly partitions?: readonly number[] | undefined
  /** Whether to return only the number of keys. Default false. */
  readonly countOnly?: boolean | undefined
}

/** Counts since the start of the instance. */
export interface StreamsCounters {
  /** Input records that were processed. */
  readonly recordsIn: number
  /** Records that Kafka has acknowledged: outputs and dead letters, without changelog records. */
  readonly recordsOut: number
  /** Dead letters that Kafka has acknowledged. */
  readonly deadLetters: number
  /** Commits that succeeded. */
  readonly commits: number
  /** Records that were read from changelogs to restore stores. */
  readonly restoredRecords: number
  /** Assignments that the stream threads of this instance received. */
  readonly rebalances: number
}

/**
 * The interface of a running application for interactive queries, health checks and metrics. All answers are plain data, so the application may run
 * in another thread.
 */
export interface QueryableStreams {
  /** The application's id, which is also the id of its consumer group. */
  readonly applicationId: string
  /** The address of this instance's REST API. */
  readonly self: HostInfo
  /** The current state. */
  readonly state: StreamsState
  /** The stores of the topology. */
  readonly stores: readonly StoreMetadata[]
  /**
   * The instances of the group that are running, this one included; empty while the group rebalances. The answer is at most one second old. Throws
   * BROKER_UNREACHABLE, STORE_NOT_READY.
   */
  instances(): Promise<readonly InstanceMetadata[]>
  /** The instance that owns the key; undefined while no instance does, as in a rebalance. Throws STORE_UNKNOWN, STORE_NOT_READY. */
  ownerOf(store: string, key: string): Promise<InstanceMetadata | undefined>
  /** The tasks of this instance: those that it runs, and its standbys, whose state is "standby". */
  tasks(): Promise<readonly TaskStatus[]>
  /** The current counts. */
  counters(): StreamsCounters
  /** All other metrics, summed over the stream threads of the instance. */
  metrics(): Promise<readonly MetricFamily[]>
  /**
   * The value of a key that this instance owns, as committed unless `options` say otherwise; undefined if the key does not exist.
   * Throws STORE_UNKNOWN, STORE_NOT_READY (the partition is not owned, or is restoring), INPUT_INVALID (not a key of this store).
   */
  query(store: string, key: string, options?: ReadOptions): Promise<unknown>
  /**
   * The instances that follow the key's partition as standbys; during a rebalance, those that did before it. Throws STORE_UNKNOWN,
   * STORE_NOT_READY.
   */
  standbysOf(store: string, key: string): Promise<readonly InstanceMetadata[]>
  /**
   * The instance that owned the key before the current rebalance; undefined if the group is not rebalancing. Throws STORE_UNKNOWN,
   * STORE_NOT_READY.
   */
  formerOwnerOf(store: string, key: string): Promise<InstanceMetadata | undefined>
  /**
   * The value that this instance's standby, or its suspended task, has of a key. Throws STORE_UNKNOWN, STORE_NOT_READY (this instance has neither, the
   * standby's lag is still unknown, or the task was suspended before it was restored).
   */
  queryStale(store: string, key: string): Promise<StaleValue>
  /**
   * Versions of a key of a versioned store, as committed unless the query says otherwise. Throws STORE_UNKNOWN, STORE_NOT_READY (as `query` and
   * `queryStale`), INPUT_INVALID (not a key of this store, or the store is not versioned).
   */
  queryVersions(store: string, key: string, query?: KeyVersionsQuery): Promise<KeyVersions>
  /**
   * Entries of the restored partitions that this instance owns (with `standbys`: of its standbys whose lag is known and of its suspended tasks): one
   * share per partition, in partition order. `limit` applies to each share, so the first `limit` keys over all shares are included.
   * Throws STORE_UNKNOWN, STORE_NOT_READY (a partition moved while it was read), INPUT_INVALID.
   */
  queryPartitions(store: string, query?: PartitionQuery): Promise<readonly PartitionShare[]>
  /** The value that this instance used last, of the given key if there is one; undefined if it has used none. */
  queryLatest(store: string, key?: string): Promise<unknown>
}

/** Who may watch this instance, and which addresses it may connect to in order to watch others. */
export interface PeerAccess {
  /** The keys that all instances of the group have: lines are sealed with the first, and each opens. None: lines are not sealed. */
  keys(): readonly Uint8Array[]
  /** The lookup function for a connection to a host; undefined: the default one. Throws for an address that is not allowed. */
  lookupFor?(host: string): LookupFunction | undefined
}
