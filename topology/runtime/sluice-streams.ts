import { env, SluiceError } from '../../base/index.ts'
import type { QueriedEntry, StoreQuery } from '../../stores/index.ts'
import type { MetricFamily } from '../metrics/index.ts'
import type {
  HostInfo,
  InstanceMetadata,
  KeyVersions,
  KeyVersionsQuery,
  PartitionQuery,
  PartitionShare,
  PeerAccess,
  QueryableStreams,
  ReadOptions,
  StaleValue,
  StoreMetadata,
  StreamsCounters,
  StreamsState,
  TaskId,
  TaskStatus,
} from '../queryable-streams.ts'
import { checkDeadLetterTopic } from '../internal-topics.ts'
import { Topology } from '../topology.ts'
import { checkedAccess, type Failover, openAccess, openFailover } from './failover/index.ts'
import { InputTopic, prepareReachableTopics, RepartitionPurge } from './topics/index.ts'
import { cutOffInTime, waitForBroker, type Admin, type Kafka, streamsKafka } from './kafka/index.ts'
import { checkMembers } from './group/index.ts'
import { knownTopology, QueryableInstance, type KnownTopology } from './queryable-instance.ts'
import { type GlobalStore, GlobalStores, InstanceState } from './state/index.ts'
import {
  checkedAddress,
  streamsConfig,
  type StreamsConfig,
  type StreamsOptions,
  loadTopology,
  topologySource,
  type TopologyModule,
} from './config/index.ts'
import { threadFactory, ThreadPool, threadSource } from './threads/index.ts'
import { type EvictionReason, InstanceMetrics } from './metrics/index.ts'

/**
 * Runs a topology against Kafka: one instance of the application.
 *
 *     const streams = new SluiceStreams(topology, { applicationId: 'wine', brokers: ['localhost:9092'], stateDir: '.sluice' })
 *     await streams.start()
 *     …
 *     await streams.stop()
 *
 * With `threads` above 0, records are processed in that many worker threads, each of which builds the topology itself: then pass the topology as
 * `{ module: new URL('./wine-topology.js', import.meta.url), options }`.
 */
export class SluiceStreams implements QueryableStreams {
  readonly #source: Topology | TopologyModule
  #config: StreamsConfig
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #stopping = new AbortController()
  #parts: KnownTopology | undefined
  #threads: ThreadPool | undefined
  #state: StreamsState = 'created'
  #local: InstanceState | undefined
  #instance: string = env.uuid()
  #failover: Failover | undefined
  #peerAccess: PeerAccess = openAccess
  #purge: RepartitionPurge | undefined
  #starting: Promise<void> | undefined
  readonly #recorded = new InstanceMetrics()
  readonly #answers = new QueryableInstance({
    state: () => this.#state,
    known: () => this.#parts,
    threads: () => this.#threads,
    recorded: this.#recorded,
  })

  /** Throws TOPOLOGY_INVALID; CONFIG_INVALID for an unknown option, a value that is not allowed, or a required option that is missing. */
  constructor(source: Topology | TopologyModule, options: StreamsOptions) {
    const checked = topologySource(source)
    this.#config = streamsConfig(options)
    this.#source = threadSource(checked, this.#config)
    this.#kafka = streamsKafka(this.#config)
    this.#admin = this.#kafka.admin()
    if (this.#source instanceof Topology) this.#setTopology(this.#source)
  }

  /**
   * Sets the option `advertise`, if the address is known only after the application was created. Call it before `start`. Throws CONFIG_INVALID for an
   * invalid address, and after the start.
   */
  advertise(address: HostInfo): void {
    if (this.#state !== 'created') throw new SluiceError('CONFIG_INVALID', 'the address can be set only before the start')
    this.#config = { ...this.#config, advertise: checkedAddress(address) }
  }

  /**
   * Says who may watch this instance, and which other instances it may connect to: `RestServer.peerAccess`. Call it before `start`. All instances of a group
   * need the same; without it, anyone may watch, and any address that the group lists is connected to. Throws CONFIG_INVALID for anything else, and after the
   * start.
   */
  restrictPeers(access: PeerAccess): void {
    if (this.#state !== 'created') throw new SluiceError('CONFIG_INVALID', 'the access of other instances can be set only before the start')
    this.#peerAccess = checkedAccess(access)
  }

  /**
   * Locks the state directory, waits for a broker, checks the topics and joins the group; resolves once all threads have joined.
   * Throws STATE_DIRECTORY_LOCKED, CONFIG_INVALID (another application uses the id, or this one was started before), TOPIC_MISSING, TOPIC_MISMATCH,
   * NOT_AUTHORIZED, BROKER_FAILED; then everything is closed again.
   */
  async start(): Promise<void> {
    if (this.#state !== 'created') throw new SluiceError('CONFIG_INVALID', 'an application can be started only once: create another one')
    this.#setState('starting')
    await (this.#starting = this.#start())
  }

  /**
   * Commits, leaves the group and closes everything. It waits for the brokers for at most `stopTimeoutMs`; what is not committed by then is processed again
   * by the next owner of its task. Has no effect once the application has stopped.
   */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return
    this.#setState('stopping')
    this.#stopping.abort()
    const ended = cutOffInTime(this.#kafka, this.#config)
    await this.#starting?.catch(() => undefined)
    try {
      await this.#local?.stopCleaning()
      await this.#threads?.stop()
    } finally {
      await this.#release()
      ended()
      this.#setState('stopped')
    }
  }

  /**
   * Opens a copy of all partitions of a store, which follows the changelog until it is closed, for a reader outside of the tasks. `onFailure` is
   * called if it must be opened again. Throws STORE_UNKNOWN, STORE_NOT_READY.
   *
   * @internal
   */
  async openGlobalStore(store: string, onFailure: (error: unknown) => void): Promise<GlobalStore> {
    const { topology, stores } = this.#known
    const layout = stores.layout ?? this.#answers.notReady()
    const onRetry = (error: unknown): void => this.#recorded.globalStoreFailed(error)
    const copies = this.#local?.directory?.newCopies()
    return new GlobalStores({ kafka: this.#kafka, config: this.#config, topology, layout, copies, onFailure, onRetry }).openStore(store)
  }

  /**
   * An input topic, for writing to it.
   *
   * @internal
   */
  inputTopic(topic: string): InputTopic {
    return new InputTopic({ kafka: this.#kafka, topic, config: this.#config })
  }

  // QueryableStreams

  /** The application's id, which is also the id of its consumer group. */
  get applicationId(): string {
    return this.#config.applicationId
  }

  /** The instance's id; it survives restarts with the same state directory. */
  get instance(): string {
    return this.#instance
  }

  /** The address of this instance's REST API. */
  get self(): HostInfo {
    return this.#config.advertise
  }

  /** The current state. */
  get state(): StreamsState {
    return this.#state
  }

  /** The error that ended the application; undefined if none did. */
  get failure(): unknown {
    return this.#answers.failure
  }

  /** The stores of the topology. */
  get stores(): readonly StoreMetadata[] {
    return this.#answers.stores
  }

  /** The running instances of the group. For this and the following methods, see `QueryableStreams`. */
  instances(): Promise<readonly InstanceMetadata[]> {
    return this.#answers.instances()
  }

  /** The instance that owns a key. */
  ownerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    return this.#answers.ownerOf(store, key)
  }

  /** The instances that follow a key's partition. */
  standbysOf(store: string, key: string): Promise<readonly InstanceMetadata[]> {
    return this.#answers.standbysOf(store, key)
  }

  /** The instance that owned a key before the current rebalance. */
  formerOwnerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    return this.#answers.formerOwnerOf(store, key)
  }

  /** The status of this instance's tasks. */
  tasks(): Promise<readonly TaskStatus[]> {
    return this.#answers.tasks()
  }

  /** Counts since the start. */
  counters(): StreamsCounters {
    return this.#answers.counters()
  }

  /** All other metrics. */
  metrics(): Promise<readonly MetricFamily[]> {
    return this.#answers.metrics()
  }

  /** The value of a key that this instance owns. */
  query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return this.#answers.query(store, key, options)
  }

  /** The value that a standby or a suspended task of this instance has of a key. */
  queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#answers.queryStale(store, key)
  }

  /** Versions of a key of a versioned store. */
  queryVersions(store: string, key: string, query: KeyVersionsQuery = {}): Promise<KeyVersions> {
    return this.#answers.queryVersions(store, key, query)
  }

  /** Entries of the partitions that this instance owns. */
  queryPartitions(store: string, query: PartitionQuery = {}): Promise<readonly PartitionShare[]> {
    return this.#answers.queryPartitions(store, query)
  }

  /**
   * The entries of this instance's partitions, in key order within each partition; `limit` applies to each. Throws STORE_UNKNOWN,
   * STORE_NOT_READY, INPUT_INVALID.
   */
  queryAll(store: string, query: StoreQuery = {}): Promise<readonly QueriedEntry[]> {
    return this.#answers.queryAll(store, query)
  }

  /** The value that this instance used last. */
  queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#answers.queryLatest(store, key)
  }

  get #known(): KnownTopology {
    return this.#parts ?? this.#answers.notReady()
  }

  async #start(): Promise<void> {
    try {
      if (!(this.#source instanceof Topology)) this.#setTopology(await loadTopology(this.#source.module.href, this.#source.options))
      this.#local = await InstanceState.open(this.#config, this.#recorded)
      this.#instance = this.#local.directory?.instanceId ?? this.#instance
      const { topology, stores } = this.#known
      const reachable = (): Promise<void> => this.#untilReachable(this.#stopping.signal)
      stores.layout = await prepareReachableTopics(this.#admin, topology, { config: this.#config, reachable })
      const [kafka, instance, directory, access] = [this.#kafka, this.#instance, this.#local?.directory, this.#peerAccess]
      const onEvicted = (reason: EvictionReason): void => this.#recorded.evicted(reason)
      this.#failover = await openFailover(this.#config, { kafka, instance, directory, access, onEvicted })
      await checkMembers(this.#admin, this.#config.applicationId, topology)
      this.#threads = this.#makeThreads(this.#failover)
      await this.#threads.start()
      const tasks = (): TaskId[] | undefined => (this.#state === 'running' ? this.#threads?.tasks.map(({ task }) => task) : undefined)
      this.#local.startCleaning(tasks)
      this.#purge = new RepartitionPurge(this.#admin, this.#config, topology, tasks).start()
    } catch (error) {
      this.#setState('failed')
      const ended = cutOffInTime(this.#kafka, this.#config)
      await this.#threads?.stop().catch(() => undefined)
      await this.#release()
      ended()
      throw error
    }
  }

  #makeThreads(failOver: Failover): ThreadPool {
    const { stores, topology } = this.#known
    return new ThreadPool({
      size: Math.max(1, this.#config.threads),
      metrics: this.#recorded,
      stores,
      makeThread: threadFactory({
        source: this.#source,
        config: this.#config,
        kafka: this.#kafka,
        topology,
        stores,
        directory: this.#local?.directory,
        instance: this.#instance,
        failOver,
      }),
      untilReachable: async signal => {
        await this.#untilReachable(signal)
        await failOver.evictOrphans(signal)
      },
      onError: (error, fatal) => this.#config.listener.onError?.(error, fatal),
      onChange: () => this.#onChange(),
    })
  }

  #untilReachable(signal: AbortSignal): Promise<void> {
    const onWait = this.#recorded.brokerWait((seconds, reason) => this.#config.listener.onWait?.(seconds, reason))
    return waitForBroker(this.#kafka, { onWait, signal })
  }

  /** Derives the application's state from the states of its threads. */
  #onChange(): void {
    this.#parts?.group.invalidate()
    const threads = this.#threads
    if (threads === undefined || this.#stopping.signal.aborted || this.#state === 'failed') return
    if (threads.failure !== undefined) this.#setState('failed')
    else if (threads.joining) this.#setState(this.#state === 'starting' ? 'starting' : 'rebalancing')
    else this.#setState(threads.settled ? 'running' : 'restoring')
    // Read the group now, while it is stable: a rebalancing group does not describe its members, and standbys must still be known then.
    if (this.#state === 'running') this.#parts?.group.instances().catch(() => undefined)
  }

  #setTopology(topology: Topology): void {
    const { applicationId, deadLetterTopic } = this.#config
    const built = topology.build(applicationId)
    checkDeadLetterTopic(built, applicationId, deadLetterTopic)
    this.#parts = knownTopology(built, applicationId, this.#admin)
  }

  async #release(): Promise<void> {
    await this.#purge?.stop()
    await this.#failover?.close()
    await this.#admin.disconnect().catch(() => undefined)
    await this.#local?.close()
  }

  #setState(state: StreamsState): void {
    if (this.#state === state) return
    this.#state = state
    this.#config.listener.onStateChange?.(state)
  }
}
