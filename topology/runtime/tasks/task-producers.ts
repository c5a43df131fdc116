import { env, SluiceError } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { TaskId } from '../../queryable-streams.ts'
import {
  type GroupMember,
  endFormerTransactions,
  memberTransactionalId,
  openPlainProducer,
  openTransactionalProducer,
  outputPartitions,
  type TaskProducer,
  ThreadTransactions,
} from '../commit/index.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { ConsumedOffset, TopicPartitions } from '../group/index.ts'
import type { Kafka } from '../kafka/index.ts'
import { changelogTopic, taskOf, type TopicLayout } from '../topics/index.ts'

export interface TaskProducersParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly member: () => GroupMember | undefined
  readonly commitOffsets: (offsets: readonly ConsumedOffset[]) => Promise<void>
}

/** Who else is in the group, and what this member takes over. */
export interface Takeover {
  readonly members: readonly string[]
  readonly tasks: readonly TaskId[]
  readonly inputs: TopicPartitions
  /** Sub-topologies that wait for those of another version under other ids; see `movedSubTopologies`. */
  readonly moved: readonly string[]
}

/**
 * The producers of a thread's tasks: under exactly_once those of the thread's transactions, or, where the cluster does not speak their protocol, one
 * transactional producer a task; otherwise one plain producer a task.
 */
export class TaskProducers {
  readonly #parts: TaskProducersParts
  #transactions: ThreadTransactions | undefined
  /** Whether the cluster speaks the protocol of the thread's transactions; undefined: not asked yet. */
  #shared: boolean | undefined

  #transactionalId: string

  constructor(parts: TaskProducersParts) {
    this.#parts = parts
    this.#transactionalId = memberTransactionalId(parts.config.applicationId, env.uuid())
    if (parts.config.guarantee !== 'exactly_once') this.#shared = false
  }

  /** Whether all tasks commit in the same transactions. Known after the first `prepare`. */
  get shared(): boolean {
    return this.#shared === true
  }

  /** Whether the producers that were given out can still commit. */
  get usable(): boolean {
    return this.#transactions?.failed === false
  }

  /** The id of the thread's transactions, for its member's metadata. */
  get transactionalId(): string {
    return this.#transactionalId
  }

  /**
   * Before a join: transactions that have failed go on under another id. Under the same one, the end of the next transaction could end what a broker has
   * forgotten to end of the failed one, and otherwise than that one ended.
   */
  renew(): void {
    if (this.#transactions?.failed === true) this.#transactionalId = memberTransactionalId(this.#parts.config.applicationId, env.uuid())
  }

  /** Opens the thread's transactions, again if they have failed. Await it before `open`. Throws COMMIT_FAILED. */
  async prepare(): Promise<void> {
    if (this.#shared === false || this.usable) return
    await this.#transactions?.close()
    const { kafka, config, member } = this.#parts
    const transactionalId = this.#transactionalId
    const { applicationId: groupId, transactionTimeoutMs: timeoutMs } = config
    this.#transactions = await ThreadTransactions.open(kafka, { transactionalId, groupId, timeoutMs, member })
    this.#shared = this.#transactions !== undefined
  }

  /**
   * Makes this thread the tasks' only writer; resolves when what their former owners have committed can be read. Throws COMMIT_FAILED, TASK_FENCED, and CONFIG_INVALID
   * where a transactional id for each task could not end what a task of another name has left open.
   */
  async takeOver({ members, tasks, inputs, moved }: Takeover): Promise<void> {
    if (this.#transactions === undefined) this.#refuseMoved(moved)
    if (this.#transactions === undefined || tasks.length === 0) return
    const { topology, config, member } = this.#parts
    const { applicationId, transactionTimeoutMs: timeoutMs } = config
    await endFormerTransactions(this.#transactions.cluster, {
      applicationId,
      members,
      own: this.#transactionalId,
      tasks,
      inputs,
      changelogs: changelogsOf(topology, applicationId, tasks),
      timeoutMs,
      member: member(),
      log: config.listener.log,
    })
  }

  /** Opens the producer of a task; see `openTransactionalProducer`. */
  async open(id: TaskId): Promise<TaskProducer> {
    if (this.#transactions !== undefined) return this.#transactions.producer()
    const { kafka, config, topology, layout, commitOffsets } = this.#parts
    const { applicationId, guarantee, deadLetterTopic, transactionTimeoutMs: timeoutMs } = config
    if (guarantee !== 'exactly_once') return openPlainProducer(kafka, commitOffsets)
    return openTransactionalProducer(kafka, {
      transactionalId: `${applicationId}-${id}`,
      groupId: applicationId,
      timeoutMs,
      targets: outputPartitions({ topology, layout, task: id, applicationId, deadLetterTopic }),
    })
  }

  async close(): Promise<void> {
    await this.#transactions?.close()
  }

  #refuseMoved(moved: readonly string[]): void {
    if (moved.length === 0 || this.#parts.config.guarantee !== 'exactly_once') return
    throw new SluiceError(
      'CONFIG_INVALID',
      `the members of the running version have inputs or changelogs under other ids of sub-topologies than this version: ${moved.join('; ')}. ` +
        'These brokers lack transaction.version 2, so that transactions are named by task, and what a task of another name left open could not be ended. ' +
        'Keep the ids: add new sources behind the existing ones. Or stop all members of the old version first, or set the feature transaction.version to 2',
    )
  }
}

function changelogsOf(topology: TopologyDefinition, applicationId: string, tasks: readonly TaskId[]): TopicPartitions {
  const partitions: Record<string, number[]> = {}
  for (const task of tasks) {
    const { sub, partition } = taskOf(topology, task)
    for (const { builder } of sub.stores)
      if (builder.logged) (partitions[changelogTopic(applicationId, builder.name)] ??= []).push(partition)
  }
  return partitions
}
