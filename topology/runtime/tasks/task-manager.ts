import { messageOf, SluiceError } from '../../../base/index.ts'
import type { TaskDirectories } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { HeldTask, ConsumedOffset } from '../group/index.ts'
import { orAborted, pause, type Kafka } from '../kafka/index.ts'
import type { RecordQueue } from './record-queue.ts'
import type { StandbyTask } from './standby-task.ts'
import { StandbyTasks } from './standby-tasks.ts'
import { StateManager, type GlobalStore, GlobalStores } from '../state/index.ts'
import { StreamTask } from './stream-task.ts'
import type { StreamsConfig } from '../config/index.ts'
import { addTask, noTaskCounts, type TaskCounts, type ThreadMetrics } from '../metrics/index.ts'
import { openPlainProducer, openTransactionalProducer, type TaskProducer, outputPartitions } from '../commit/index.ts'
import { taskOf, type TopicLayout } from '../topics/index.ts'

export interface TaskManagerParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  /** undefined: stores are in memory. */
  readonly directory: TaskDirectories | undefined
  readonly metrics: ThreadMetrics
  commitOffsets(offsets: readonly ConsumedOffset[]): Promise<void>
  onDeadLetter(task: TaskId, record: StreamRecord, cause: unknown): void
  /** Called for a failure that belongs to no task: the thread must be restarted. */
  onFailure(error: unknown): void
}

/**
 * How often, and after which pause, to try to open a store that another thread of this instance still holds: it closes the store in the
 * same rebalance.
 */
const lockedTries = 50
const lockedPauseMs = 100

/** Creates, restores, suspends and closes the tasks of one stream thread. */
export class TaskManager {
  readonly #parts: TaskManagerParts
  readonly #tasks = new Map<TaskId, StreamTask>()
  readonly #standbys: StandbyTasks
  readonly #globalStores: GlobalStores
  #held: readonly HeldTask[] = []
  /** Ends the restores in progress. */
  #restoring = new AbortController()
  #restores: Promise<void>[] = []
  /** Counts of closed tasks. */
  readonly #past = { ...noTaskCounts }

  constructor(parts: TaskManagerParts) {
    this.#parts = parts
    const { kafka, config, topology, layout, metrics } = parts
    const common = { kafka, config, topology }
    this.#standbys = new StandbyTasks({
      ...common,
      openState: id => this.#openState(id),
      onRetry: error => metrics.followerFailed('standby', error),
    })
    this.#globalStores = new GlobalStores({
      ...common,
      layout,
      onFailure: error => parts.onFailure(error),
      onRetry: error => metrics.followerFailed('global_store', error),
    })
  }

  get tasks(): readonly StreamTask[] {
    return [...this.#tasks.values()]
  }

  get ids(): readonly TaskId[] {
    return [...this.#tasks.keys()]
  }

  get standbys(): readonly StandbyTask[] {
    return this.#standbys.all
  }

  get globalStores(): readonly GlobalStore[] {
    return this.#globalStores.all
  }

  /** The tasks whose stores were open when the rebalance began. Fixed until the next one, so that repeated joins send the same metadata. */
  get held(): readonly HeldTask[] {
    return this.#held
  }

  counts(): TaskCounts {
    const sum = { ...this.#past }
    for (const task of this.#tasks.values()) addTask(sum, task)
    return sum
  }

  /**
   * Before a rebalance: commits and suspends every task; standbys go on. A task that cannot commit is closed: its records since the last
   * commit are consumed again.
   */
  async suspendAll(): Promise<void> {
    await this.#endRestores()
    await Promise.all(
      this.tasks.map(async task => {
        try {
          await task.suspend()
        } catch (error) {
          this.#abandoned(task, error)
          await this.#close(task)
        }
      }),
    )
    this.#held = [...this.#tasks.values(), ...this.standbys].flatMap(({ id, stateManager }) =>
      stateManager === undefined ? [] : [{ task: id, position: positionOf(stateManager) }],
    )
  }

  /**
   * After a rebalance: closes the tasks that were revoked, creates the new ones, and makes this instance the only writer of each.
   * Tasks that stay keep their stores open, and so do standbys that become tasks. Standby tasks for `standbys` are started last.
   */
  async handleAssignment(ids: readonly TaskId[], standbys: readonly TaskId[] = []): Promise<void> {
    const gone = this.tasks.filter(task => !ids.includes(task.id))
    await Promise.all([this.#standbys.keep([...ids, ...standbys]), ...gone.map(task => this.#close(task))])
    // Wait for all before a failure is thrown: otherwise a task could open a store after the thread has closed its tasks.
    const settled = await Promise.allSettled(ids.map(async id => (this.#tasks.get(id) ?? (await this.#create(id))).initialize()))
    for (const result of settled) if (result.status === 'rejected') throw result.reason
    this.#standbys.follow(standbys)
  }

  /**
   * Gives each task its input queues at the committed offsets, and restores all tasks in the background, including those that stayed: another instance may
   * have written to their changelogs meanwhile.
   */
  assign(inputs: ReadonlyMap<TaskId, readonly RecordQueue[]>, onFailure: (error: unknown) => void, onRunning: () => void): void {
    this.#restoring = new AbortController()
    const { signal } = this.#restoring
    this.#restores = this.tasks.map(async task => {
      task.assign(inputs.get(task.id) ?? [])
      await this.#restore(task, signal).then(onRunning, onFailure)
    })
  }

  /** Closes every task, standby task and global store. Uncommitted work is dropped; its records are consumed again. */
  async closeAll(): Promise<void> {
    await this.#endRestores()
    const results = await Promise.allSettled([
      this.#standbys.close(),
      this.#globalStores.close(),
      ...this.tasks.map(task => this.#close(task)),
    ])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #endRestores(): Promise<void> {
    this.#restoring.abort()
    await Promise.all(this.#restores)
  }

  async #restore(task: StreamTask, signal: AbortSignal): Promise<void> {
    await task.stateManager.restore(this.#parts.kafka, signal)
    await orAborted(this.#globalStores.caughtUp(task.subTopology), signal)
    if (!signal.aborted) await task.run()
  }

  /** Fences the former owner and opens the stores at the same time: the two are independent. */
  async #create(id: TaskId): Promise<StreamTask> {
    let producer: Promise<TaskProducer> | undefined = this.#openProducer(id)
    producer.catch(() => undefined)
    try {
      return await this.#make(id, () => {
        const opened = producer ?? this.#openProducer(id)
        producer = undefined
        return opened
      })
    } catch (error) {
      await producer?.then(
        opened => opened.close(),
        () => undefined,
      )
      throw error
    }
  }

  async #make(id: TaskId, openProducer: () => Promise<TaskProducer>): Promise<StreamTask> {
    const { config, topology, layout, metrics } = this.#parts
    const { sub, partition } = taskOf(topology, id)
    const task = new StreamTask({
      id,
      sub,
      partition,
      config,
      state: (await this.#standbys.handOver(id)) ?? (await this.#openUnlocked(id)),
      globalStores: await this.#globalStores.open(sub),
      openProducer,
      partitionCounts: layout.partitionCounts,
      limits: layout.limits,
      metrics: metrics.recorder,
      onDeadLetter: (record, cause) => this.#parts.onDeadLetter(id, record, cause),
    })
    this.#tasks.set(id, task)
    return task
  }

  async #openUnlocked(id: TaskId): Promise<StateManager> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#openState(id)
      } catch (error) {
        if (!(error instanceof SluiceError && error.code === 'STATE_DIRECTORY_LOCKED') || tries === lockedTries) throw error
        await pause(lockedPauseMs)
      }
    }
  }

  #openState(id: TaskId): Promise<StateManager> {
    const { config, topology, layout, directory, metrics } = this.#parts
    return StateManager.open({
      applicationId: config.applicationId,
      task: id,
      tombstonesMs: layout.tombstonesMs,
      ...taskOf(topology, id),
      directoryOf: store => directory?.storeDirectory(id, store),
      onRestore: progress => {
        metrics.restored(progress)
        config.listener.onRestore?.(progress)
      },
      onRebuild: (store, reason, message) => {
        metrics.rebuilt(store, reason)
        config.listener.log?.('warn', 'a store was not usable: it is restored from the beginning of its changelog', {
          task: id,
          store,
          reason: message,
        })
      },
      onDropped: (store, writes) => {
        metrics.dropped(id, store, writes)
        config.listener.log?.('warn', "writes to a versioned store were dropped: they are older than the store's history", {
          task: id,
          store,
          writes,
        })
      },
    })
  }

  #openProducer(id: TaskId): Promise<TaskProducer> {
    const { kafka, config, topology, layout } = this.#parts
    const { applicationId, guarantee } = config
    if (guarantee === 'exactly_once') {
      return openTransactionalProducer(kafka, {
        transactionalId: `${applicationId}-${id}`,
        groupId: applicationId,
        targets: outputPartitions({ topology, layout, task: id, applicationId, deadLetterTopic: config.deadLetterTopic }),
      })
    }
    return openPlainProducer(kafka, offsets => this.#parts.commitOffsets(offsets))
  }

  #abandoned({ id }: StreamTask, error: unknown): void {
    const { metrics, config } = this.#parts
    metrics.abandoned(error)
    config.listener.log?.('warn', 'a task is closed without a commit: its records since the last commit are consumed again', {
      task: id,
      error: messageOf(error),
    })
  }

  async #close(task: StreamTask): Promise<void> {
    this.#tasks.delete(task.id)
    addTask(this.#past, task)
    await task.close()
  }
}

/** The sum of the changelog offsets up to which the stores have been restored or committed. */
function positionOf(state: StateManager): number {
  let position = 0
  for (const { checkpoint } of state.stores.values()) position += checkpoint?.changelogOffset ?? 0
  return position
}
