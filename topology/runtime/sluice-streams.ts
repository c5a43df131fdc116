import { randomUUID } from 'node:crypto'
import { SluiceError } from '../../proto/sluice-error.ts'
import { StateDirectory } from '../../stores/index.ts'
import type {
  HostInfo,
  InstanceMetadata,
  QueryableStreams,
  StoreMetadata,
  StreamsCounters,
  StreamsState,
  TaskStatus,
} from '../queryable-streams.ts'
import type { Topology } from '../topology.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import { GroupView } from './group-view.ts'
import { createKafka, waitForBroker, type Admin, type Kafka, type KafkaLog } from './kafka-clients.ts'
import { LocalQueries } from './local-queries.ts'
import { StreamThread } from './stream-thread.ts'
import { streamsConfig, type StreamsConfig, type StreamsOptions } from './streams-config.ts'
import { ThreadSupervisor } from './thread-supervisor.ts'
import { prepareTopics, type TopicLayout } from './topic-layout.ts'

/** How old the group's metadata may be. */
const metadataAgeMs = 1000

/**
 * Runs a topology against Kafka: one instance of the application.
 *
 *     const streams = new SluiceStreams(topology, { applicationId: 'wine', brokers: ['localhost:9092'], stateDir: '.sluice' })
 *     await streams.start()
 *     …
 *     await streams.stop()
 */
export class SluiceStreams implements QueryableStreams {
  readonly #topology: TopologyDefinition
  #config: StreamsConfig
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #group: GroupView
  readonly #queries: LocalQueries
  readonly #stopping = new AbortController()
  #state: StreamsState = 'created'
  #directory: StateDirectory | undefined
  #instance: string = randomUUID()
  #starting: Promise<void> | undefined
  readonly #supervisor: ThreadSupervisor

  constructor(topology: Topology, options: StreamsOptions) {
    this.#topology = topology.build()
    this.#config = streamsConfig(options)
    const { brokers, ssl, sasl, applicationId, listener } = this.#config
    this.#kafka = createKafka({ brokers, ssl, sasl, clientId: applicationId, log: withoutRoutine(listener.log), logLevel: 'warn' })
    this.#admin = this.#kafka.admin()
    this.#supervisor = new ThreadSupervisor({
      makeThread: onFailure => this.#makeThread(onFailure),
      untilReachable: signal => this.#untilReachable(signal),
      onError: (error, fatal) => this.#config.listener.onError?.(error, fatal),
      onChange: () => this.#onTasks(),
    })
    this.#queries = new LocalQueries(applicationId, this.#topology, () => this.#supervisor.thread?.tasks.tasks ?? [])
    this.#group = new GroupView(this.#admin, applicationId, this.#topology, metadataAgeMs)
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
      await this.#supervisor.stop()
    } finally {
      await this.#release()
      this.#setState('stopped')
    }
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
    return this.#supervisor.failure
  }

  get stores(): readonly StoreMetadata[] {
    return this.#queries.stores
  }

  instances(): Promise<readonly InstanceMetadata[]> {
    if (this.#queries.layout === undefined)
      throw new SluiceError('STORE_NOT_READY', `the application is ${this.#state}: it has not reached its group yet`)
    return this.#group.instances()
  }

  async ownerOf(store: string, key: string): Promise<InstanceMetadata | undefined> {
    const task = this.#queries.taskOf(store, key)
    return (await this.instances()).find(({ activeTasks }) => activeTasks.includes(task))
  }

  tasks(): Promise<readonly TaskStatus[]> {
    const tasks = this.#supervisor.thread?.tasks.tasks ?? []
    return Promise.resolve(
      tasks.map(({ id, state, stateManager }) => ({ task: id, state, restored: state === 'running' ? stateManager.restored : undefined })),
    )
  }

  counters(): StreamsCounters {
    return this.#supervisor.counters()
  }

  async query(store: string, key: string): Promise<unknown> {
    return Promise.resolve(this.#queries.query(store, key))
  }

  async queryAll(
    store: string,
    options: { readonly limit?: number } = {},
  ): Promise<readonly { readonly key: string; readonly value: unknown }[]> {
    return this.#queries.queryAll(store, options)
  }

  async queryLatest(store: string, key?: string): Promise<unknown> {
    return Promise.resolve(this.#queries.queryLatest(store, key))
  }

  async #start(): Promise<void> {
    try {
      const { stateDir, applicationId } = this.#config
      if (stateDir !== undefined) {
        this.#directory = await StateDirectory.open(stateDir, applicationId)
        this.#instance = this.#directory.instanceId
      }
      await this.#untilReachable(this.#stopping.signal)
      await this.#admin.connect()
      this.#queries.layout = await prepareTopics(this.#admin, this.#topology, this.#config)
      await this.#supervisor.start()
    } catch (error) {
      this.#setState('failed')
      await this.#release()
      throw error
    }
  }

  #untilReachable(signal: AbortSignal): Promise<void> {
    return waitForBroker(this.#kafka, { onWait: (seconds, reason) => this.#config.listener.onWait?.(seconds, reason), signal })
  }

  #makeThread(onFailure: (error: unknown) => void): StreamThread {
    const { listener } = this.#config
    return new StreamThread({
      kafka: this.#kafka,
      config: this.#config,
      topology: this.#topology,
      layout: this.#queries.layout as TopicLayout,
      directory: this.#directory,
      instance: this.#instance,
      onFailure,
      onTasks: () => this.#onTasks(),
      onDeadLetter: (task, record, cause) =>
        listener.log?.('warn', 'dead letter', {
          task,
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
          cause: cause instanceof Error ? cause.message : String(cause),
        }),
    })
  }

  /** The application's state follows from its thread's. */
  #onTasks(): void {
    this.#group.invalidate()
    if (this.#stopping.signal.aborted || this.#state === 'failed') return
    const { thread, failure } = this.#supervisor
    if (failure !== undefined) this.#setState('failed')
    else if (thread === undefined || thread.joining) this.#setState(this.#state === 'starting' ? 'starting' : 'rebalancing')
    else this.#setState(thread.tasks.tasks.every(task => task.state === 'running') ? 'running' : 'restoring')
  }

  async #release(): Promise<void> {
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

/** What kafkajs warns of in the normal course of things: every rebalance, and retries that we limit on purpose. */
const routine = /group is rebalancing|Limiting retries for the idempotent producer|another concurrent operation on the same transaction/

function withoutRoutine(log: KafkaLog | undefined): KafkaLog | undefined {
  return (
    log &&
    ((level, message, fields) => void (routine.test(message) || routine.test(String(fields['error'])) || log(level, message, fields)))
  )
}
