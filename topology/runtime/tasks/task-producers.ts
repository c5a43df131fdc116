import type { TopologyDefinition } from '../../topology-definition.ts'
import type { TaskId } from '../../queryable-streams.ts'
import {
  type GroupMember,
  endFormerTransactions,
  openPlainProducer,
  openTransactionalProducer,
  outputPartitions,
  type TaskProducer,
  ThreadTransactions,
} from '../commit/index.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { ConsumedOffset, TopicPartitions } from '../group/index.ts'
import type { Kafka } from '../kafka/index.ts'
import type { TopicLayout } from '../topics/index.ts'

export interface TaskProducersParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  /** The id of the thread's transactions. */
  readonly transactionalId: string
  readonly member: () => GroupMember | undefined
  readonly commitOffsets: (offsets: readonly ConsumedOffset[]) => Promise<void>
}

/** Who else is in the group, and what this member takes over. */
export interface Takeover {
  readonly members: readonly string[]
  readonly tasks: readonly TaskId[]
  readonly inputs: TopicPartitions
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

  constructor(parts: TaskProducersParts) {
    this.#parts = parts
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

  /** Opens the thread's transactions, again if they have failed. Await it before `open`. Throws COMMIT_FAILED. */
  async prepare(): Promise<void> {
    if (this.#shared === false || this.usable) return
    await this.#transactions?.close()
    const { kafka, config, transactionalId, member } = this.#parts
    const { applicationId: groupId, transactionTimeoutMs: timeoutMs } = config
    this.#transactions = await ThreadTransactions.open(kafka, { transactionalId, groupId, timeoutMs, member })
    this.#shared = this.#transactions !== undefined
  }

  /** Makes this thread the tasks' only writer; resolves when what their former owners have committed can be read. Throws COMMIT_FAILED. */
  async takeOver({ members, tasks, inputs }: Takeover): Promise<void> {
    if (this.#transactions === undefined || tasks.length === 0) return
    const { config, transactionalId: own } = this.#parts
    const { applicationId, transactionTimeoutMs: timeoutMs } = config
    const { log } = config.listener
    await endFormerTransactions(this.#transactions.cluster, { applicationId, members, own, tasks, inputs, timeoutMs, log })
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
}
