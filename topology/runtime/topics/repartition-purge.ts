import { every, messageOf, type Timer, topicPartition } from '../../../base/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { Admin } from '../kafka/index.ts'
import { taskOf } from './topic-manager.ts'

const purgeEveryMs = 30_000

/** The tasks of the instance; undefined while they change. */
type Tasks = () => readonly TaskId[] | undefined

/**
 * Deletes the records of internal topics that the application has processed, of the partitions of this instance's tasks. Nothing else does: the topics keep
 * records for ever, because the event times of records that are sent through them may be older than any retention.
 */
export class RepartitionPurge {
  readonly #admin: Admin
  readonly #config: Pick<StreamsConfig, 'applicationId' | 'listener'>
  readonly #topology: TopologyDefinition
  readonly #tasks: Tasks
  /** The offset up to which each partition was purged, by `topic-partition`. */
  readonly #purged = new Map<string, number>()
  #timer: Timer | undefined
  #purging: Promise<void> | undefined
  #told = ''

  constructor(admin: Admin, config: Pick<StreamsConfig, 'applicationId' | 'listener'>, topology: TopologyDefinition, tasks: Tasks) {
    this.#admin = admin
    this.#config = config
    this.#topology = topology
    this.#tasks = tasks
  }

  /** Purges every 30 s until it is stopped. A topology without internal topics needs nothing. */
  start(): this {
    if (!this.#topology.subTopologies.some(({ nodes }) => nodes.some(node => node.kind === 'source' && node.internal))) return this
    this.#timer = every(purgeEveryMs, () => {
      this.#purging ??= this.purge().finally(() => (this.#purging = undefined))
    })
    this.#timer.unref()
    return this
  }

  /** Resolves when nothing is being deleted any more. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#purging
  }

  /** Deletes what may be deleted now. Never rejects: what could not be deleted is tried again. */
  async purge(): Promise<void> {
    try {
      const owned = this.#owned()
      if (owned.size === 0) return
      const topics = [...owned.keys()]
      for (const { topic, partitions } of await this.#admin.fetchOffsets({ groupId: this.#config.applicationId, topics }))
        await this.#delete(
          topic,
          partitions.filter(({ partition }) => owned.get(topic)?.has(partition)),
        )
    } catch (error) {
      this.#tell(messageOf(error))
    }
  }

  /** The partitions of internal topics that this instance's tasks read. */
  #owned(): Map<string, Set<number>> {
    const owned = new Map<string, Set<number>>()
    for (const task of this.#tasks() ?? []) {
      const { sub, partition } = taskOf(this.#topology, task)
      for (const topic of sub.nodes.flatMap(node => (node.kind === 'source' && node.internal ? node.topics : [])))
        owned.set(topic, (owned.get(topic) ?? new Set()).add(partition))
    }
    return owned
  }

  async #delete(topic: string, committed: readonly { readonly partition: number; readonly offset: string }[]): Promise<void> {
    const name = (partition: number): string => topicPartition(topic, partition)
    const partitions = committed.filter(({ partition, offset }) => Number(offset) > (this.#purged.get(name(partition)) ?? 0))
    if (partitions.length === 0) return
    await this.#admin.deleteTopicRecords({ topic, partitions: partitions.map(({ partition, offset }) => ({ partition, offset })) })
    for (const { partition, offset } of partitions) this.#purged.set(name(partition), Number(offset))
  }

  /** Warns once of each cause. */
  #tell(error: string): void {
    if (error === this.#told) return
    this.#told = error
    const remedy = 'the application needs the right DELETE on its internal topics, which grow until then'
    this.#config.listener.log?.('warn', 'cannot delete the processed records of internal topics; it is tried again', { error, remedy })
  }
}
