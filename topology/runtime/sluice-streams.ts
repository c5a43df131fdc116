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
import { prepareTopics, type TopicLayout } from './topic-layout.ts'

/** Failures in a row, without a commit between them, after which the application gives up. */
const maxFailures = 10
const restartDelayMs = 1000
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
  #thread: StreamThread | undefined
  #failure: unknown
  #failures = 0
  #commitsAtFailure = 0
  #starting: Promise<void> | undefined
  #restarting: Promise<void> | undefined
  /** Of threads that are gone. */
  #past: StreamsCounters = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0, rebalances: 0 }

  constructor(topology: Topology, options: StreamsOptions) {
    this.#topology = topology.build()
    this.#config = streamsConfig(options)
    const { brokers, ssl, sasl, applicationId, listener } = this.#config
    this.#kafka = createKafka({ brokers, ssl, sasl, clientId: applicationId, log: withoutRoutine(listener.log), logLevel: 'warn' })
    this.#admin = this.#kafka.admin()
    this.#queries = new LocalQueries(applicationId, this.#topology, () => this.#thread?.tasks.tasks ?? [])
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
    await this.#restarting?.catch(() => undefined)
    try {
      await this.#thread?.close()
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
    return this.#failure
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
    const tasks = this.#thread?.tasks.tasks ?? []
    return Promise.resolve(
      tasks.map(({ id, state, stateManager }) => ({ task: id, state, restored: state === 'running' ? stateManager.restored : undefined })),
    )
  }

  counters(): StreamsCounters {
    const now = this.#thread === undefined ? undefined : { ...this.#thread.tasks.counts(), rebalances: this.#thread.rebalances }
    return now === undefined ? this.#past : add(this.#past, now)
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
      const { stateDir, applicationId, listener } = this.#config
      if (stateDir !== undefined) {
        this.#directory = await StateDirectory.open(stateDir, applicationId)
        this.#instance = this.#directory.instanceId
      }
      await waitForBroker(this.#kafka, { onWait: (seconds, reason) => listener.onWait?.(seconds, reason), signal: this.#stopping.signal })
      await this.#admin.connect()
      this.#queries.layout = await prepareTopics(this.#admin, this.#topology, this.#config)
      await this.#startThread()
    } catch (error) {
      this.#setState('failed')
      await this.#release()
      throw error
    }
  }

  async #startThread(): Promise<void> {
    const { listener } = this.#config
    this.#thread = new StreamThread({
      kafka: this.#kafka,
      config: this.#config,
      topology: this.#topology,
      layout: this.#queries.layout as TopicLayout,
      directory: this.#directory,
      instance: this.#instance,
      onFailure: error => this.#onFailure(error),
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
    await this.#thread.start()
  }

  #onTasks(): void {
    const thread = this.#thread
    this.#group.invalidate()
    if (thread === undefined || this.#stopping.signal.aborted || this.#state === 'failed') return
    if (thread.joining) this.#setState(this.#state === 'starting' ? 'starting' : 'rebalancing')
    else this.#setState(thread.tasks.tasks.every(task => task.state === 'running') ? 'running' : 'restoring')
  }

  #onFailure(error: unknown): void {
    if (this.#stopping.signal.aborted) return
    const { commits } = this.counters()
    this.#failures = commits > this.#commitsAtFailure ? 1 : this.#failures + 1
    this.#commitsAtFailure = commits
    const fatal = this.#failures > maxFailures
    this.#config.listener.onError?.(error, fatal)
    this.#restarting = fatal ? this.#giveUp(error) : this.#restart()
  }

  async #restart(): Promise<void> {
    this.#setState('rebalancing')
    await this.#closeThread()
    await new Promise(resolve => {
      setTimeout(resolve, restartDelayMs)
    })
    if (this.#stopping.signal.aborted) return
    await this.#startThread().catch(error => this.#onFailure(error))
  }

  async #giveUp(error: unknown): Promise<void> {
    this.#failure = error
    await this.#closeThread()
    this.#setState('failed')
  }

  async #closeThread(): Promise<void> {
    const counters = this.counters()
    const thread = this.#thread
    this.#thread = undefined
    this.#past = counters
    await thread?.close().catch(error => this.#config.listener.onError?.(error, false))
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

function add(a: StreamsCounters, b: StreamsCounters): StreamsCounters {
  return {
    recordsIn: a.recordsIn + b.recordsIn,
    recordsOut: a.recordsOut + b.recordsOut,
    deadLetters: a.deadLetters + b.deadLetters,
    commits: a.commits + b.commits,
    restoredRecords: a.restoredRecords + b.restoredRecords,
    rebalances: a.rebalances + b.rebalances,
  }
}
