/** The entry module of a worker thread: it runs one stream thread, which the main thread controls by messages. */
import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { every, SluiceError } from '../../../base/index.ts'
import { TaskDirectories } from '../../../stores/index.ts'
import type { MetricFamily } from '../../metrics/index.ts'
import type { KeyVersions, KeyVersionsQuery, PartitionQuery, PartitionShare, ReadOptions, StaleValue } from '../../queryable-streams.ts'
import { limitFamily } from '../metrics/index.ts'
import { LocalQueries, KeyLocator } from '../queries/index.ts'
import { cutOffInTime, type KafkaLog, streamsKafka } from '../kafka/index.ts'
import { StreamThread } from './stream-thread.ts'
import { type StreamsConfig, loadTopology } from '../config/index.ts'
import { deadLetterLog } from './thread-handle.ts'
import { statusOf } from './thread-status.ts'
import type { HostMethods, WorkerMethods, WorkerThreadData } from './thread-messages.ts'
import { plainError, ThreadRpc, type Endpoint } from './thread-rpc.ts'

/** How often the status is sent to the main thread, ms. */
const statusEveryMs = 250

/** The methods that the main thread calls. */
class ThreadWorker implements WorkerMethods {
  readonly #data: WorkerThreadData
  readonly #host: ThreadRpc<HostMethods>
  #thread: StreamThread | undefined
  /** Bounds how long the thread's end waits for the brokers; returns what is to be called when it has ended. */
  #limitEnd: () => () => void = () => () => undefined
  #queries: LocalQueries | undefined
  #told = ''

  static listen(data: WorkerThreadData, endpoint: Endpoint): ThreadWorker {
    return new ThreadWorker(data, endpoint)
  }

  private constructor(data: WorkerThreadData, endpoint: Endpoint) {
    this.#data = data
    this.#host = new ThreadRpc<HostMethods>(endpoint, this)
  }

  async start(): Promise<void> {
    const { module, options, layout, directory, copies, instance, peer } = this.#data
    const config: StreamsConfig = {
      ...this.#data.config,
      listener: { log: this.#log, onRestore: progress => this.#host.tell('restored', progress) },
    }
    const topology = (await loadTopology(module, options)).build(config.applicationId)
    const kafka = streamsKafka(config)
    this.#limitEnd = () => cutOffInTime(kafka, config)
    const thread = new StreamThread({
      kafka,
      config,
      topology,
      layout,
      directory: directory === undefined ? undefined : new TaskDirectories(directory),
      copies,
      instance,
      peer,
      membership: {
        joined: memberId => this.#host.call('joined', memberId),
        left: (memberId, orderly) => this.#host.call('left', memberId, orderly),
      },
      onFailure: error => this.#host.tell('failed', plainError(error)),
      onTasks: () => this.#tellStatus(),
      onDeadLetter: deadLetterLog(this.#log),
    })
    this.#thread = thread
    this.#queries = new LocalQueries(new KeyLocator(config.applicationId, topology, layout), thread.tasks, () => thread.leased)
    every(statusEveryMs, () => this.#tellStatus())
    await thread.start()
    this.#tellStatus()
  }

  async metrics(): Promise<readonly MetricFamily[]> {
    return this.#thread === undefined ? [] : this.#families(this.#thread)
  }

  async close(): Promise<void> {
    const ended = this.#limitEnd()
    try {
      await this.#thread?.close()
    } finally {
      ended()
      this.tellFigures()
    }
  }

  /** Tells status and metrics: the last ones of a thread that ends. Never throws. */
  tellFigures(): void {
    try {
      this.#tellStatus()
      if (this.#thread !== undefined) this.#host.tell('metrics', this.#families(this.#thread))
    } catch {
      // An error that nothing caught may have left the tasks in any state: what was told before stays.
    }
  }

  async query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return this.#started.query(store, key, options)
  }

  async queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#started.queryStale(store, key)
  }

  async queryVersions(store: string, key: string, query: KeyVersionsQuery): Promise<KeyVersions> {
    return this.#started.queryVersions(store, key, query)
  }

  async queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]> {
    return this.#queries === undefined ? [] : this.#queries.queryPartitions(store, query)
  }

  async queryLatest(store: string, key?: string): Promise<unknown> {
    return this.#queries?.queryLatest(store, key)
  }

  #families(thread: StreamThread): readonly MetricFamily[] {
    return [...thread.metrics(), limitFamily()]
  }

  get #started(): LocalQueries {
    if (this.#queries === undefined) throw new SluiceError('STORE_NOT_READY', 'the stream thread has not started yet')
    return this.#queries
  }

  #tellStatus(): void {
    if (this.#thread === undefined) return
    const status = statusOf(this.#thread)
    const text = JSON.stringify(status)
    if (text === this.#told) return
    this.#told = text
    this.#host.tell('status', status)
  }

  readonly #log: KafkaLog = (level, message, fields) =>
    this.#host.tell('log', level, message, Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)])))
}

/** The value of a log field in a form that can be sent to another thread. */
function plain(value: unknown): unknown {
  return value !== null && (typeof value === 'object' || typeof value === 'function') ? inspect(value) : value
}

const worker = ThreadWorker.listen(workerData as WorkerThreadData, parentPort as Endpoint)
// Also after an error that nothing caught, and `process.exit`; what is sent here still arrives.
process.once('exit', () => worker.tellFigures())
