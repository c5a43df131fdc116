import { SluiceError } from '../../base/index.ts'
import type { QueriedEntry, StoreQuery } from '../../stores/index.ts'
import { mergeMetrics, type MetricFamily } from '../metrics/index.ts'
import type {
  InstanceMetadata,
  KeyVersions,
  KeyVersionsQuery,
  PartitionQuery,
  PartitionShare,
  QueryableStreams,
  ReadOptions,
  StaleValue,
  StoreMetadata,
  StreamsCounters,
  StreamsState,
  TaskStatus,
} from '../queryable-streams.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import { GroupMetadata } from './group/index.ts'
import { type InstanceMetrics, limitFamily, noCounts } from './metrics/index.ts'
import { KeyLocator } from './queries/index.ts'
import type { Admin } from './kafka/index.ts'
import type { ThreadPool } from './threads/index.ts'

/** The objects that exist once the topology is built. */
export interface KnownTopology {
  readonly topology: TopologyDefinition
  readonly stores: KeyLocator
  readonly group: GroupMetadata
}

/** How long group metadata are reused, ms. */
const metadataAgeMs = 1000

export function knownTopology(topology: TopologyDefinition, applicationId: string, admin: Admin): KnownTopology {
  return {
    topology,
    stores: new KeyLocator(applicationId, topology),
    group: new GroupMetadata(admin, applicationId, topology, metadataAgeMs),
  }
}

/** The parts of an instance that its answers need; some exist only while it runs. */
export interface InstanceParts {
  state(): StreamsState
  /** undefined: the topology is not built yet. */
  known(): KnownTopology | undefined
  /** undefined: the threads are not created yet. */
  threads(): ThreadPool | undefined
  readonly recorded: InstanceMetrics
}

/** The methods and values of `QueryableStreams` that need a running instance. */
type Answers = Omit<QueryableStreams, 'applicationId' | 'instance' | 'self' | 'state'>

/** Answers queries about an instance, its stores and its group. */
export class QueryableInstance implements Answers {
  readonly #parts: InstanceParts

  constructor(parts: InstanceParts) {
    this.#parts = parts
  }

  /** The error that ended the application; undefined if none did. */
  get failure(): unknown {
    return this.#parts.threads()?.failure
  }

  get stores(): readonly StoreMetadata[] {
    return this.#known.stores.stores
  }

  async instances(): Promise<readonly InstanceMetadata[]> {
    return this.#group.instances()
  }

  async ownerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    const task = this.#known.stores.taskOf(store, key)
    return (await this.#group.instances()).find(({ activeTasks }) => activeTasks.includes(task))
  }

  async standbysOf(store: string, key: string): Promise<readonly InstanceMetadata[]> {
    const task = this.#known.stores.taskOf(store, key)
    return this.#group.standbysOf(task)
  }

  async formerOwnerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    const task = this.#known.stores.taskOf(store, key)
    return this.#group.formerOwnerOf(task)
  }

  tasks(): Promise<readonly TaskStatus[]> {
    return Promise.resolve(this.#parts.threads()?.tasks ?? [])
  }

  counters(): StreamsCounters {
    return this.#parts.threads()?.counters() ?? noCounts
  }

  async metrics(): Promise<readonly MetricFamily[]> {
    return mergeMetrics([this.#parts.recorded.recorder.families(), [limitFamily()], (await this.#parts.threads()?.metrics()) ?? []])
  }

  async query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return this.#pool.query(store, key, options)
  }

  async queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#pool.queryStale(store, key)
  }

  async queryVersions(store: string, key: string, query: KeyVersionsQuery = {}): Promise<KeyVersions> {
    return this.#pool.queryVersions(store, key, query)
  }

  async queryPartitions(store: string, query: PartitionQuery = {}): Promise<readonly PartitionShare[]> {
    return this.#pool.queryPartitions(store, query)
  }

  /**
   * The entries of this instance's partitions, in key order within each partition; `limit` applies to each. Throws STORE_UNKNOWN,
   * STORE_NOT_READY, INPUT_INVALID.
   */
  async queryAll(store: string, query: StoreQuery = {}): Promise<readonly QueriedEntry[]> {
    return (await this.#pool.queryPartitions(store, query)).flatMap(({ entries }) => entries)
  }

  async queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#pool.queryLatest(store, key)
  }

  /** Throws STORE_NOT_READY. */
  notReady(): never {
    throw new SluiceError('STORE_NOT_READY', `the application is ${this.#parts.state()}: it has not joined its group yet`)
  }

  get #known(): KnownTopology {
    return this.#parts.known() ?? this.notReady()
  }

  get #group(): GroupMetadata {
    const { stores, group } = this.#known
    return stores.layout === undefined ? this.notReady() : group
  }

  get #pool(): ThreadPool {
    return this.#parts.threads() ?? this.notReady()
  }
}
