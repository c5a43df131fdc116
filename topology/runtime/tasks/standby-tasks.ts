import { messageOf } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import { ChangelogEndOffsets, type StateManager } from '../state/index.ts'
import type { Kafka } from '../kafka/index.ts'
import { StandbyTask } from './standby-task.ts'
import type { StreamsConfig } from '../config/index.ts'
import { taskOf, TopicConnection } from '../topics/index.ts'

export interface StandbyTasksParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  openState(id: TaskId): Promise<StateManager>
  /** Called when a standby task failed, before its next attempt. */
  onRetry(error: unknown): void
}

/** The standby tasks of one stream thread. */
export class StandbyTasks {
  readonly #parts: StandbyTasksParts
  readonly #tasks = new Map<TaskId, StandbyTask>()
  readonly #ends: ChangelogEndOffsets
  readonly #connection: TopicConnection

  constructor(parts: StandbyTasksParts) {
    this.#parts = parts
    this.#ends = new ChangelogEndOffsets(parts.kafka, parts.config.listener.log)
    this.#connection = new TopicConnection(parts.kafka)
  }

  get all(): readonly StandbyTask[] {
    return [...this.#tasks.values()]
  }

  /** Starts a standby task for each of these tasks that has none. */
  follow(ids: readonly TaskId[]): void {
    for (const id of ids) {
      if (this.#tasks.has(id)) continue
      const task = this.#make(id)
      this.#tasks.set(id, task)
      task.start()
    }
  }

  /** Closes the standby tasks of all other tasks. */
  async keep(ids: readonly TaskId[]): Promise<void> {
    await Promise.all(this.all.filter(({ id }) => !ids.includes(id)).map(task => this.#close(task)))
  }

  /** Ends the standby task and returns its open stores; undefined if there are none. */
  async handOver(id: TaskId): Promise<StateManager | undefined> {
    const task = this.#tasks.get(id)
    this.#tasks.delete(id)
    return task?.handOver()
  }

  async close(): Promise<void> {
    await this.keep([])
    await this.#ends.close()
    this.#connection.close()
  }

  /** Logs a failure to close: the stores are checked when they are opened again. */
  async #close(task: StandbyTask): Promise<void> {
    this.#tasks.delete(task.id)
    try {
      await task.close()
    } catch (error) {
      this.#parts.config.listener.log?.('warn', 'a standby task did not close cleanly', { task: task.id, error: messageOf(error) })
    }
  }

  #make(id: TaskId): StandbyTask {
    const { config, topology } = this.#parts
    const { sub, partition } = taskOf(topology, id)
    return new StandbyTask({
      id,
      applicationId: config.applicationId,
      sub,
      partition,
      connection: this.#connection,
      ends: this.#ends,
      openState: () => this.#parts.openState(id),
      log: config.listener.log,
      onRetry: error => this.#parts.onRetry(error),
    })
  }
}
