import limitConcurrency from 'p-limit'
import { messageOf } from '../../../base/index.ts'
import type { TaskDirectories } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { HeldTask, OffsetsOfMember } from '../group/index.ts'
import { orAborted, type Kafka } from '../kafka/index.ts'
import type { RecordQueue } from './record-queue.ts'
import type { StandbyTask } from './standby-task.ts'
import { LostOffsets } from './lost-offsets.ts'
import { openState, openUnlocked } from './open-state.ts'
import { CommitSchedule } from './commit-schedule.ts'
import { StandbyTasks } from './standby-tasks.ts'
import { type Takeover, TaskProducers } from './task-producers.ts'
import { type GlobalStore, GlobalStores, type StateManager } from '../state/index.ts'
import { StreamTask } from './stream-task.ts'
import { Tenure } from './tenure.ts'
import type { StreamsConfig } from '../config/index.ts'
import { addTask, noTaskCounts, type TaskCounts, type ThreadMetrics } from '../metrics/index.ts'
import type { GroupMember, TaskProducer } from '../commit/index.ts'
import { taskOf, TopicConnection, type TopicLayout } from '../topics/index.ts'

export interface TaskManagerParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  /** undefined: stores are in memory. */
  readonly directory: TaskDirectories | undefined
  /** See `GlobalStoresParts`. */
  readonly copies: string | undefined
  readonly instance: string
  readonly metrics: ThreadMetrics
  /** For commits without transactions. */
  readonly plain: OffsetsOfMember
  /** The present membership; undefined if the thread is no member. */
  member(): GroupMember | undefined
  onDeadLetter(task: TaskId, record: StreamRecord, cause: unknown): void
  /** Called for a failure that belongs to no task: the thread must be restarted. */
  onFailure(error: unknown): void
}

/** How many tasks open their stores, or are restored, at the same time. */
const atOnce = 8
/** How long a restore may wait for records, ms: it waits only for transactions that are open, and the other restores wait with it. */
const restoreWaitMs = 50

/** Creates, restores, suspends and closes the tasks of one stream thread. */
export class TaskManager {
  readonly #parts: TaskManagerParts
  readonly #tasks = new Map<TaskId, StreamTask>()
  readonly #standbys: StandbyTasks
  readonly #globalStores: GlobalStores
  readonly #producers: TaskProducers
  /** When the tasks commit. */
  readonly commits: CommitSchedule
  readonly #tenure = new Tenure()
  #held: readonly HeldTask[] = []
  /** Ends the restores in progress. */
  #restoring = new AbortController()
  #restores: Promise<void>[] = []
  /** Counts of closed tasks. */
  readonly #past = { ...noTaskCounts }

  constructor(parts: TaskManagerParts) {
    this.#parts = parts
    const { kafka, config, topology, layout, copies, metrics } = parts
    const common = { kafka, config, topology }
    this.#producers = new TaskProducers({
      ...common,
      layout,
      member: () => parts.member(),
      plain: parts.plain,
      onFailure: error => parts.onFailure(error),
    })
    this.commits = new CommitSchedule({
      commitIntervalMs: config.commitIntervalMs,
      shared: () => this.#producers.shared,
      tasks: () => this.tasks,
    })
    this.#standbys = new StandbyTasks({
      ...common,
      openState: id => openState(parts, id),
      onRetry: error => metrics.followerFailed('standby', error),
    })
    this.#globalStores = new GlobalStores({
      ...common,
      layout,
      copies,
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

  /** The transactional id of the thread. `suspendAll` may change it. */
  get transactionalId(): string {
    return this.#producers.transactionalId
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
   * Called before a rebalance: commits and suspends every task; standbys continue. A task that cannot commit is closed; its records since the last
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
    this.#producers.renew()
    this.#held = [...this.#tasks.values(), ...this.standbys].flatMap(({ id, stateManager }) =>
      stateManager === undefined ? [] : [{ task: id, position: stateManager.position }],
    )
  }

  /**
   * Called after a rebalance: closes the tasks that were revoked, creates the new ones, and makes this instance the only writer of each. Tasks that
   * stay, and standbys that become tasks, keep their stores open. Standby tasks for `standbys` are started last. Once `overtaken` is aborted, nothing more
   * is opened, because another assignment follows.
   */
  async handleAssignment(
    ids: readonly TaskId[],
    standbys: readonly TaskId[],
    takeover: Omit<Takeover, 'tasks'>,
    overtaken?: AbortSignal,
  ): Promise<void> {
    const gone = this.tasks.filter(task => !ids.includes(task.id))
    const kept = this.keptInputs(ids)
    await Promise.all([this.#producers.prepare(), this.#standbys.keep([...ids, ...standbys]), ...gone.map(task => this.#close(task))])
    const taken = ids.filter(id => !kept.has(id))
    this.#tenure.take(taken)
    const opening = limitConcurrency(atOnce)
    // Wait for all before a failure is thrown: otherwise a task could open a store after the thread has closed its tasks.
    const settled = await Promise.allSettled([
      this.#producers.takeOver({ ...takeover, tasks: taken }),
      ...taken.map(id => opening(async () => overtaken?.aborted || (this.#tasks.get(id) ?? (await this.#create(id))).initialize())),
    ])
    for (const result of settled) if (result.status === 'rejected') throw result.reason
    await this.#producers.untilStable(takeover, overtaken)
    // Tasks that are not here any more were closed, and those that were to be taken over are not resumed.
    if (overtaken?.aborted) this.#tenure.overtaken(this.#parts.member())
    else this.#standbys.follow(standbys)
  }

  /**
   * The input queues of the tasks that continue unchanged: the same member had them in the previous generation, with the same transactions, so that
   * no other member can have owned them in between; see `Tenure`.
   */
  keptInputs(ids: readonly TaskId[]): ReadonlyMap<TaskId, readonly RecordQueue[]> {
    if (!this.#tenure.lasts(this.#parts.member()) || !this.#producers.usable) return new Map()
    const kept = this.tasks.filter(({ id, resumable }) => ids.includes(id) && resumable && this.#tenure.has(id))
    return new Map(kept.map(task => [task.id, task.inputs.queues]))
  }

  /**
   * Resumes the tasks that keep their input queues. All others get new queues at the committed offsets and are restored in the background, also if
   * they were here before, because another instance may have written to their changelogs.
   */
  assign(inputs: ReadonlyMap<TaskId, readonly RecordQueue[]>, onFailure: (error: unknown) => void, onRunning: () => void): void {
    this.#tenure.assigned(this.#parts.member())
    this.#restoring = new AbortController()
    const { signal } = this.#restoring
    const restoring = limitConcurrency(atOnce)
    const lost: LostOffsets[] = []
    const onError = (error: unknown): void => (error instanceof LostOffsets ? void lost.push(error) : onFailure(error))
    const connection = new TopicConnection(this.#parts.kafka, { readUncommitted: this.#producers.shared, waitMs: restoreWaitMs })
    this.#restores = this.tasks.map(async task => {
      const queues = inputs.get(task.id) ?? []
      if (queues === task.inputs.queues) return task.resume()
      task.assign(queues)
      await restoring(() => this.#restore(task, connection, signal)).then(onRunning, onError)
    })
    void Promise.allSettled(this.#restores).then(() => {
      connection.close()
      const [first, ...others] = lost
      if (first !== undefined && !signal.aborted) onFailure(LostOffsets.together([first, ...others]))
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
    await this.#producers.close()
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #endRestores(): Promise<void> {
    this.#restoring.abort()
    await Promise.all(this.#restores)
  }

  async #restore(task: StreamTask, connection: TopicConnection, signal: AbortSignal): Promise<void> {
    const state: StateManager = task.stateManager
    await state.restore(connection, signal)
    await orAborted(this.#globalStores.caughtUp(task.subTopology), signal)
    if (signal.aborted) return
    this.#settle(task)
    await task.run()
  }

  /** Throws OFFSETS_LOST, STATE_UNCERTAIN. */
  #settle(task: StreamTask): void {
    const { config, metrics } = this.#parts
    for (const [topic, { from, to, why }] of task.settlePositions()) {
      const fields = { task: task.id, topic, from, to }
      if (why === 'forward') metrics.broughtForward(task.id)
      const said =
        why === 'forward'
          ? 'the committed offset of an input was behind the rows that were committed with it: a broker has lost it. The task goes on where the rows stand'
          : 'somebody has set the offset of an input: it is read from there, on top of the rows that the task has'
      config.listener.log?.('warn', said, fields)
    }
  }

  /** Fences the former owner and opens the stores at the same time: the two are independent. */
  async #create(id: TaskId): Promise<StreamTask> {
    let producer: Promise<TaskProducer> | undefined = this.#producers.open(id)
    producer.catch(() => undefined)
    try {
      return await this.#make(id, () => {
        const opened = producer ?? this.#producers.open(id)
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
    const { config, topology, layout, metrics, instance } = this.#parts
    const { sub, partition } = taskOf(topology, id)
    const task = new StreamTask({
      id,
      instance,
      sub,
      partition,
      config,
      state: (await this.#standbys.handOver(id)) ?? (await openUnlocked(this.#parts, id)),
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
