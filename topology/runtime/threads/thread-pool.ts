import { mergeMetrics, type MetricFamily } from '../../metrics/index.ts'
import type {
  KeyVersions,
  KeyVersionsQuery,
  PartitionQuery,
  PartitionShare,
  ReadOptions,
  StaleValue,
  StreamsCounters,
  TaskStatus,
} from '../../queryable-streams.ts'
import { latestOf, notHere, type KeyLocator, type ThreadQueries } from '../queries/index.ts'
import { addCounts, noCounts, threadsFamily } from '../metrics/index.ts'
import type { ThreadEvents, ThreadHandle } from './thread-handle.ts'
import { ThreadSupervisor, type SupervisorParts } from './thread-supervisor.ts'

export interface ThreadPoolParts extends Pick<SupervisorParts, 'metrics' | 'untilReachable' | 'onError'> {
  /** How many threads; at least one. */
  readonly size: number
  readonly stores: KeyLocator
  makeThread(events: ThreadEvents): ThreadHandle
  /** Called when threads, their tasks, or the states of tasks have changed. */
  onChange(): void
}

const inOrder = new Intl.Collator('en', { numeric: true })

/** The stream threads of an instance, each with its supervisor. If one supervisor gives up, all threads are stopped. */
export class ThreadPool implements ThreadQueries {
  readonly #stores: KeyLocator
  readonly #supervisors: readonly ThreadSupervisor[]
  /** The wait for a broker that all failed threads share. */
  #reachable: Promise<void> | undefined

  constructor(parts: ThreadPoolParts) {
    this.#stores = parts.stores
    this.#supervisors = Array.from({ length: parts.size }, (_, at) => this.#supervisor(parts, at === 0))
  }

  /** The error for which a supervisor gave up; undefined if none has. */
  get failure(): unknown {
    return this.#supervisors.find(({ failure }) => failure !== undefined)?.failure
  }

  /** Whether a thread is joining the group, or is being replaced. */
  get joining(): boolean {
    return this.#supervisors.some(({ thread }) => thread?.status.joining ?? true)
  }

  /** Whether all tasks are where they are to be: they run, or follow. */
  get settled(): boolean {
    return this.#threads.every(({ status }) => status.tasks.every(({ state }) => state === 'running' || state === 'standby'))
  }

  get tasks(): readonly TaskStatus[] {
    const all = this.#threads.flatMap(({ status }) => status.tasks)
    return all.toSorted((a, b) => inOrder.compare(a.task, b.task))
  }

  counters(): StreamsCounters {
    return this.#supervisors.reduce((sum, supervisor) => addCounts(sum, supervisor.counters()), noCounts)
  }

  /** The metrics of all threads, added up. */
  async metrics(): Promise<readonly MetricFamily[]> {
    const joined = this.#supervisors.filter(({ thread }) => thread?.status.joining === false).length
    const threads = threadsFamily(joined, this.#supervisors.length - joined)
    return mergeMetrics([[threads], ...(await Promise.all(this.#supervisors.map(supervisor => supervisor.metrics())))])
  }

  /** Resolves once all threads have joined the group. */
  async start(): Promise<void> {
    await Promise.all(this.#supervisors.map(supervisor => supervisor.start()))
  }

  /** Stops all threads at the same time: they commit and leave the group. When all have ended, throws the first failure. */
  async stop(): Promise<void> {
    const results = await Promise.allSettled(this.#supervisors.map(supervisor => supervisor.stop()))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async query(store: string, key: string, options?: ReadOptions): Promise<unknown> {
    return this.#owner(store, key).query(store, key, options)
  }

  async queryStale(store: string, key: string): Promise<StaleValue> {
    return this.#follower(store, key).queryStale(store, key)
  }

  async queryVersions(store: string, key: string, query: KeyVersionsQuery): Promise<KeyVersions> {
    const thread = query.standby ? this.#follower(store, key) : this.#owner(store, key)
    return thread.queryVersions(store, key, query)
  }

  async queryPartitions(store: string, query: PartitionQuery): Promise<readonly PartitionShare[]> {
    this.#stores.store(store)
    const shares = (await Promise.all(this.#threads.map(thread => thread.queryPartitions(store, query)))).flat()
    return shares.toSorted((a, b) => a.partition - b.partition)
  }

  async queryLatest(store: string, key?: string): Promise<unknown> {
    this.#stores.store(store)
    return latestOf(await Promise.all(this.#threads.map(thread => thread.queryLatest(store, key))))
  }

  /** The thread that runs the key's task. Throws STORE_UNKNOWN, STORE_NOT_READY. */
  #owner(store: string, key: string): ThreadHandle {
    return this.#threadWith(store, key, 'running') ?? this.#nobody(store, key)
  }

  /** The thread that has the standby of the key's task, or else has the task suspended. Throws STORE_UNKNOWN, STORE_NOT_READY. */
  #follower(store: string, key: string): ThreadHandle {
    return this.#threadWith(store, key, 'standby') ?? this.#threadWith(store, key, 'suspended') ?? this.#nobody(store, key)
  }

  /** The thread that has the key's task in that state. Throws STORE_UNKNOWN, STORE_NOT_READY. */
  #threadWith(store: string, key: string, state: string): ThreadHandle | undefined {
    const task = this.#stores.taskOf(store, key)
    return this.#threads.find(({ status }) => status.tasks.some(each => each.task === task && each.state === state))
  }

  #nobody(store: string, key: string): never {
    throw notHere(store, this.#stores.partitionOf(store, key))
  }

  get #threads(): readonly ThreadHandle[] {
    return this.#supervisors.flatMap(({ thread }) => thread ?? [])
  }

  #supervisor(parts: ThreadPoolParts, watchesInputs: boolean): ThreadSupervisor {
    return new ThreadSupervisor({
      metrics: parts.metrics,
      makeThread: onFailure => parts.makeThread({ watchesInputs, onFailure, onTasks: () => parts.onChange() }),
      untilReachable: signal => (this.#reachable ??= parts.untilReachable(signal).finally(() => (this.#reachable = undefined))),
      onChange: () => parts.onChange(),
      onError: (error, fatal) => {
        parts.onError(error, fatal)
        if (fatal) void this.stop().catch(failure => parts.onError(failure, false))
      },
    })
  }
}
