import { randomUUID } from 'node:crypto'
import { messageOf, SluiceError } from '../../proto/sluice-error.ts'
import { StateDirectory, type QueriedEntry, type StoreQuery } from '../../stores/index.ts'
import { mergeMetrics } from '../merge-metrics.ts'
import type { MetricFamily } from '../metrics-recorder.ts'
import type {
  HostInfo,
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
import { Topology } from '../topology.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import { FailOver } from './fail-over.ts'
import { GroupView } from './group-view.ts'
import { InputTopic } from './input-topic.ts'
import { InstanceMetrics } from './instance-metrics.ts'
import { isPassing, waitForBroker, type Admin, type Kafka } from './kafka-clients.ts'
import { StoreMap } from './store-map.ts'
import type { StoreReplica } from './store-replica.ts'
import { StoreReplicas } from './store-replicas.ts'
import { streamsConfig, type StreamsConfig, type StreamsOptions } from './streams-config.ts'
import { streamsKafka } from './streams-kafka.ts'
import { noCounts } from './thread-handle.ts'
import { checkThreads, threadMaker } from './thread-maker.ts'
import { ThreadPool } from './thread-pool.ts'
import { prepareTopics } from './topic-layout.ts'
import { loadTopology, type TopologyModule } from './topology-module.ts'

/** How old the group's metadata may be. */
const metadataAgeMs = 1000

/** What is known once the topology is. */
interface Parts {
  readonly topology: TopologyDefinition
  readonly stores: StoreMap
  readonly group: GroupView
}

/**
 * Runs a topology against Kafka: one instance of the application.
 *
 *     const streams = new SluiceStreams(topology, { applicationId: 'wine', brokers: ['localhost:9092'], stateDir: '.sluice' })
 *     await streams.start()
 *     …
 *     await streams.stop()
 *
 * With `threads`, records are processed in so many worker threads, each of which builds the topology for itself: then it is given as
 * `{ module: new URL('./wine-topology.js', import.meta.url), options }`.
 */
export class SluiceStreams implements QueryableStreams {
  readonly #source: Topology | TopologyModule
  #config: StreamsConfig
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #stopping = new AbortController()
  readonly #metrics = new InstanceMetrics()
  #parts: Parts | undefined
  #threads: ThreadPool | undefined
  #state: StreamsState = 'created'
  #directory: StateDirectory | undefined
  #instance: string = randomUUID()
  #failOver: FailOver | undefined
  #starting: Promise<void> | undefined

  /** Throws TOPOLOGY_INVALID, CONFIG_INVALID. */
  constructor(source: Topology | TopologyModule, options: StreamsOptions) {
    this.#source = source
    this.#config = streamsConfig(options)
    checkThreads(source, this.#config)
    this.#kafka = streamsKafka(this.#config)
    this.#admin = this.#kafka.admin()
    if (source instanceof Topology) this.#setTopology(source)
  }

  /** Where this instance's REST answers, when that is known only after the application was made. To be called before `start`. */
  advertise(host: HostInfo): void {
    if (this.#state !== 'created') throw new SluiceError('CONFIG_INVALID', 'the group has been told another address already')
    this.#config = { ...this.#config, advertise: host }
  }

  /**
   * Locks the state directory, waits for a broker, checks the topics, joins the group; resolves once it has joined.
   * Throws STATE_DIRECTORY_LOCKED, TOPIC_MISSING, TOPIC_MISMATCH, BROKER_FAILED; whatever was opened is closed again.
   */
  async start(): Promise<void> {
    if (this.#state !== 'created') throw new SluiceError('CONFIG_INVALID', 'an application starts once: make another')
    this.#setState('starting')
    this.#starting = this.#start()
    await this.#starting
  }

  /** Commits, leaves the group, closes everything. A second call waits for the first. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return
    this.#setState('stopping')
    this.#stopping.abort()
    await this.#starting?.catch(() => undefined)
    try {
      await this.#threads?.stop()
    } finally {
      await this.#release()
      this.#setState('stopped')
    }
  }

  /**
   * A whole store, every partition of its changelog, followed in memory until it is closed: for who only reads it. `onFailure` tells that it
   * has to be opened anew. Throws STORE_UNKNOWN, STORE_NOT_READY.
   */
  async openReplica(store: string, onFailure: (error: unknown) => void): Promise<StoreReplica> {
    const { topology, stores } = this.#known
    const layout = stores.layout ?? this.#notReady()
    const onRetry = (error: unknown): void => this.#metrics.replicaFailed(error)
    return new StoreReplicas({ kafka: this.#kafka, config: this.#config, topology, layout, onFailure, onRetry }).openStore(store)
  }

  /** One of the input topics, to write to. */
  inputTopic(topic: string): InputTopic {
    return new InputTopic({ kafka: this.#kafka, topic, deadLetterTopic: this.#config.deadLetterTopic })
  }

  // QueryableStreams

  get applicationId(): string {
    return this.#config.applicationId
  }

  /** Who this instance is: the same over restarts with one state directory. */
  get instance(): string {
    return this.#instance
  }

  get self(): HostInfo {
    return this.#config.advertise
  }

  get state(): StreamsState {
    return this.#state
  }

  /** What made the application fail for good; undefined while it has not. */
  get failure(): unknown {
    return this.#threads?.failure
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
    return Promise.resolve(this.#threads?.tasks ?? [])
  }

  counters(): StreamsCounters {
    return this.#threads?.counters() ?? noCounts
  }

  async metrics(): Promise<readonly MetricFamily[]> {
    return mergeMetrics([this.#metrics.recorder.families(), (await this.#threads?.metrics()) ?? []])
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

  /** The entries of this instance's partitions, in key order within each; `limit` holds for each partition. Throws STORE_UNKNOWN, INPUT_INVALID. */
  async queryAll(store: string, query: StoreQuery = {}): Promise<readonly QueriedEntry[]> {
    return (await this.#pool.queryPartitions(store, query)).flatMap(({ entries }) => entries)
  }

  async queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#pool.queryLatest(store, key)
  }

  async #start(): Promise<void> {
    try {
      if (!(this.#source instanceof Topology)) this.#setTopology(await loadTopology(this.#source.module.href, this.#source.options))
      const { stateDir, applicationId } = this.#config
      if (stateDir !== undefined) {
        this.#directory = await StateDirectory.open(stateDir, applicationId, reason => this.#onNewInstance(reason))
        this.#instance = this.#directory.instanceId
      }
      await this.#prepareTopics()
      this.#failOver = await this.#openFailOver()
      this.#threads = this.#makeThreads(this.#failOver)
      await this.#threads.start()
    } catch (error) {
      this.#setState('failed')
      await this.#threads?.stop().catch(() => undefined)
      await this.#release()
      throw error
    }
  }

  #onNewInstance(reason: string): void {
    this.#metrics.newInstance()
    this.#config.listener.log?.('warn', 'what the instance knew of itself was not usable: it is a new one', { reason })
  }

  /** A broker that goes away again meanwhile is waited for again. */
  async #prepareTopics(): Promise<void> {
    const { stores, topology } = this.#known
    for (;;) {
      await this.#untilReachable(this.#stopping.signal)
      try {
        await this.#admin.connect()
        stores.layout = await prepareTopics(this.#admin, topology, this.#config)
        return
      } catch (error) {
        if (!isPassing(error)) throw error
        this.#config.listener.log?.('warn', 'lost the broker while looking at the topics', { error: messageOf(error) })
      }
    }
  }

  async #openFailOver(): Promise<FailOver> {
    const { applicationId, advertise, listener } = this.#config
    const failOver = await FailOver.open({
      kafka: this.#kafka,
      applicationId,
      instance: this.#instance,
      host: advertise.host,
      directory: this.#directory,
      log: listener.log,
      onEvicted: reason => this.#metrics.evicted(reason),
    })
    await failOver.evictFormer()
    return failOver
  }

  #makeThreads(failOver: FailOver): ThreadPool {
    const { stores, topology } = this.#known
    return new ThreadPool({
      size: Math.max(1, this.#config.threads),
      metrics: this.#metrics,
      stores,
      makeThread: threadMaker({
        source: this.#source,
        config: this.#config,
        kafka: this.#kafka,
        topology,
        stores,
        directory: this.#directory,
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
    let told = 0
    const onWait = (seconds: number, reason: string): void => {
      this.#metrics.waited(seconds - told)
      told = seconds
      this.#config.listener.onWait?.(seconds, reason)
    }
    return waitForBroker(this.#kafka, { onWait, signal })
  }

  /** The application's state follows from its threads'. */
  #onChange(): void {
    this.#parts?.group.invalidate()
    const threads = this.#threads
    if (threads === undefined || this.#stopping.signal.aborted || this.#state === 'failed') return
    if (threads.failure !== undefined) this.#setState('failed')
    else if (threads.joining) this.#setState(this.#state === 'starting' ? 'starting' : 'rebalancing')
    else this.#setState(threads.tasks.every(({ state }) => state === 'running' || state === 'standby') ? 'running' : 'restoring')
    // Who has what is to be known when the group next rebalances and cannot tell: nobody may have asked until then.
    if (this.#state === 'running') this.#parts?.group.instances().catch(() => undefined)
  }

  #setTopology(topology: Topology): void {
    const definition = topology.build()
    const { applicationId } = this.#config
    this.#parts = {
      topology: definition,
      stores: new StoreMap(applicationId, definition),
      group: new GroupView(this.#admin, applicationId, definition, metadataAgeMs),
    }
  }

  get #known(): Parts {
    return this.#parts ?? this.#notReady()
  }

  get #group(): GroupView {
    const { stores, group } = this.#known
    return stores.layout === undefined ? this.#notReady() : group
  }

  get #pool(): ThreadPool {
    return this.#threads ?? this.#notReady()
  }

  #notReady(): never {
    throw new SluiceError('STORE_NOT_READY', `the application is ${this.#state}: it has not reached its group yet`)
  }

  async #release(): Promise<void> {
    await this.#failOver?.close()
    await this.#admin.disconnect().catch(() => undefined)
    await this.#directory?.close()
    this.#directory = undefined
  }

  #setState(state: StreamsState): void {
    if (this.#state === state) return
    this.#state = state
    this.#config.listener.onStateChange?.(state)
  }
}
