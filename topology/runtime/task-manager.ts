import type { StateDirectory } from '../../stores/index.ts'
import type { TaskId } from '../queryable-streams.ts'
import type { StreamRecord } from '../stream-record.ts'
import type { TopologyDefinition } from '../topology-definition.ts'
import type { Kafka } from './kafka-clients.ts'
import type { RecordQueue } from './record-queue.ts'
import { StateManager } from './state-manager.ts'
import { StreamTask } from './stream-task.ts'
import type { StreamsConfig } from './streams-config.ts'
import { openPlainProducer, openTransactionalProducer, type ConsumedOffset, type TaskProducer } from './task-producer.ts'
import type { TopicLayout } from './topic-layout.ts'

export interface TaskManagerParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  /** undefined: state in memory. */
  readonly directory: StateDirectory | undefined
  commitOffsets(offsets: readonly ConsumedOffset[]): Promise<void>
  onDeadLetter(task: TaskId, record: StreamRecord, cause: unknown): void
}

/** Makes, restores, suspends and closes the tasks of one stream thread. */
export class TaskManager {
  readonly #parts: TaskManagerParts
  readonly #tasks = new Map<TaskId, StreamTask>()
  /** Restores under way, and what ends them. */
  #restoring = new AbortController()
  #restores: Promise<void>[] = []
  /** Counts of tasks that are gone. */
  readonly #past = { recordsIn: 0, recordsOut: 0, deadLetters: 0, commits: 0, restoredRecords: 0 }

  constructor(parts: TaskManagerParts) {
    this.#parts = parts
  }

  get tasks(): readonly StreamTask[] {
    return [...this.#tasks.values()]
  }

  get ids(): readonly TaskId[] {
    return [...this.#tasks.keys()]
  }

  counts(): { recordsIn: number; recordsOut: number; deadLetters: number; commits: number; restoredRecords: number } {
    const sum = { ...this.#past }
    for (const task of this.#tasks.values()) add(sum, task)
    return sum
  }

  /** Before the group rebalances: commits every task and stops it. A task whose commit fails is closed: what it had is read again. */
  async suspendAll(): Promise<void> {
    await this.#endRestores()
    await Promise.all(
      this.tasks.map(async task => {
        try {
          if (task.state === 'running') await task.commitAll()
          task.suspend()
        } catch {
          await this.#close(task)
        }
      }),
    )
  }

  /**
   * After a rebalance: closes the tasks that are gone, makes the new ones, and makes this instance the only writer of each.
   * Tasks that stay keep their stores open.
   */
  async takeOver(ids: readonly TaskId[]): Promise<void> {
    await Promise.all(this.tasks.filter(task => !ids.includes(task.id)).map(task => this.#close(task)))
    await Promise.all(ids.map(async id => (this.#tasks.get(id) ?? (await this.#create(id))).takeOver()))
  }

  /** Gives each task its input, as it was committed, and restores them all in the background: another may have written meanwhile. */
  assign(inputs: ReadonlyMap<TaskId, readonly RecordQueue[]>, onFailure: (error: unknown) => void, onRunning: () => void): void {
    this.#restoring = new AbortController()
    const { signal } = this.#restoring
    this.#restores = this.tasks.map(async task => {
      task.assign(inputs.get(task.id) ?? [])
      await this.#restore(task, signal).then(onRunning, onFailure)
    })
  }

  /** Closes every task; what was not committed will be read again. */
  async closeAll(): Promise<void> {
    await this.#endRestores()
    const results = await Promise.allSettled(this.tasks.map(task => this.#close(task)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #endRestores(): Promise<void> {
    this.#restoring.abort()
    await Promise.all(this.#restores)
  }

  async #restore(task: StreamTask, signal: AbortSignal): Promise<void> {
    await task.stateManager.restore(this.#parts.kafka, signal)
    if (!signal.aborted) await task.run()
  }

  async #create(id: TaskId): Promise<StreamTask> {
    const { config, topology, layout, directory } = this.#parts
    const [subId, partition] = id.split('_').map(Number) as [number, number]
    const sub = topology.subTopologies.find(candidate => candidate.id === subId)
    if (sub === undefined) throw new RangeError(`no sub-topology ${subId}`)
    const state = await StateManager.open({
      applicationId: config.applicationId,
      task: id,
      partition,
      sub,
      directoryOf: store => directory?.storeDirectory(id, store),
      onRestore: progress => config.listener.onRestore?.(progress),
      onCorrupt: (store, reason) =>
        config.listener.log?.('warn', 'state was not usable and is rebuilt from the changelog', { task: id, store, reason }),
    })
    const task = new StreamTask({
      id,
      sub,
      partition,
      config,
      state,
      openProducer: () => this.#openProducer(id),
      partitionCounts: layout.partitionCounts,
      onDeadLetter: (record, cause) => this.#parts.onDeadLetter(id, record, cause),
    })
    this.#tasks.set(id, task)
    return task
  }

  #openProducer(id: TaskId): Promise<TaskProducer> {
    const { kafka, config } = this.#parts
    if (config.guarantee === 'exactly_once') return openTransactionalProducer(kafka, `${config.applicationId}-${id}`, config.applicationId)
    return openPlainProducer(kafka, offsets => this.#parts.commitOffsets(offsets))
  }

  async #close(task: StreamTask): Promise<void> {
    this.#tasks.delete(task.id)
    add(this.#past, task)
    await task.close()
  }
}

function add(
  sum: { recordsIn: number; recordsOut: number; deadLetters: number; commits: number; restoredRecords: number },
  task: StreamTask,
): void {
  sum.recordsIn += task.counts.recordsIn
  sum.recordsOut += task.counts.recordsOut
  sum.deadLetters += task.counts.deadLetters
  sum.commits += task.counts.commits
  sum.restoredRecords += task.stateManager.restored.records
}
