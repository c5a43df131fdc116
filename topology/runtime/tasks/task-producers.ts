import { env, messageOf, pause, SluiceError, type TopicPartition } from '../../../base/index.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import type { TaskId } from '../../queryable-streams.ts'
import {
  type GroupMember,
  endFormerTransactions,
  endThreadTransactions,
  fenceTaskOwners,
  hasStableOffsets,
  memberTransactionalId,
  openPlainProducer,
  openTransactionalProducer,
  outputPartitions,
  type TaskProducer,
  taskTransactionalId,
  ThreadTransactions,
  untilStable,
  writeMissingEnds,
} from '../commit/index.ts'
import type { StreamsConfig } from '../config/index.ts'
import type { OffsetsOfMember, TopicPartitions } from '../group/index.ts'
import { type Cluster, type Kafka, newCluster } from '../kafka/index.ts'
import { changelogTopic, taskOf, type TopicLayout } from '../topics/index.ts'
import { refuseMoved } from './refuse-moved.ts'

export interface TaskProducersParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly member: () => GroupMember | undefined
  /** For commits without transactions. */
  readonly plain: OffsetsOfMember
  /** Called when the thread can commit nothing any more although no commit has failed: it must be restarted. */
  onFailure(error: unknown): void
}

/** The members of the group, and the tasks and inputs that this member takes over. */
export interface Takeover {
  readonly members: readonly string[]
  readonly tasks: readonly TaskId[]
  readonly inputs: TopicPartitions
  /** The connections of the group's member. */
  readonly cluster: Cluster
  /** Sub-topologies that wait for those of another version under other ids; see `movedSubTopologies`. */
  readonly moved: readonly string[]
}

/** How often to look for outputs in which a broker has forgotten the end of a transaction, ms. */
const missingEndsMs = 10_000

/**
 * The producers of a thread's tasks. Under exactly_once they share the thread's transactions; if the cluster does not support their protocol, each
 * task has a transactional producer. Under at_least_once each task has a plain producer.
 */
export class TaskProducers {
  readonly #parts: TaskProducersParts
  #transactions: ThreadTransactions | undefined
  /** Whether the thread's transactions are used; undefined: not known yet. */
  #shared: boolean | undefined

  #transactionalId: string
  readonly #closed = new AbortController()
  #watch: Promise<void> | undefined
  /** The transactional ids of the tasks that were taken over, where each task has one. */
  readonly #taken = new Set<string>()
  /** The transactional ids of the other members, where the group's leader tells them. */
  #others: ReadonlySet<string> = new Set()

  constructor(parts: TaskProducersParts) {
    this.#parts = parts
    this.#transactionalId = memberTransactionalId(parts.config.applicationId, env.uuid())
    if (parts.config.guarantee !== 'exactly_once') this.#shared = false
  }

  /** Whether all tasks commit in the same transactions. Known after the first `prepare`. */
  get shared(): boolean {
    return this.#shared === true
  }

  /** Whether the thread's transactions exist and have not failed, so that producers can still commit. */
  get usable(): boolean {
    return this.#transactions?.failed === false
  }

  /** The transactional id of the thread, for its member's metadata. */
  get transactionalId(): string {
    return this.#transactionalId
  }

  /**
   * Called before a join: changes the id of transactions that have failed. Under the same id, the end of the next transaction could also end records
   * of the failed one to which a broker has not written the end marker, with another outcome.
   */
  renew(): void {
    if (this.#transactions?.failed === true) this.#transactionalId = memberTransactionalId(this.#parts.config.applicationId, env.uuid())
  }

  /**
   * Opens the thread's transactions, also again after they have failed and `renew` has changed their id. To be awaited before `open`. Throws COMMIT_FAILED, also
   * if they have failed since then: who takes an id makes its coordinator forget how the last transaction ended, and others leave the id of a
   * member alone, so nobody could write an end that is missing. Under the id of another thread, they do.
   */
  async prepare(): Promise<void> {
    if (this.#shared === false || this.usable) return
    this.#refuseFailed()
    await this.#transactions?.close()
    const { kafka, config, member } = this.#parts
    const transactionalId = this.#transactionalId
    const { applicationId: groupId, transactionTimeoutMs: timeoutMs, listener } = config
    this.#transactions = await ThreadTransactions.open(kafka, { transactionalId, groupId, timeoutMs, member, log: listener.log })
    this.#shared = this.#transactions !== undefined
  }

  /**
   * Makes this thread the only writer of the tasks. Resolves when everything that their former owners have committed can be read. Throws
   * COMMIT_FAILED; TASK_FENCED if the group has gone on without this member; and CONFIG_INVALID if each task has its own transactional id, which cannot end transactions that a task with another id has left
   * open.
   */
  async takeOver({ members, tasks, inputs, moved }: Takeover): Promise<void> {
    const { kafka, topology, config } = this.#parts
    const { applicationId, transactionTimeoutMs: timeoutMs, listener, guarantee } = config
    if (guarantee !== 'exactly_once') return
    this.#others = new Set(members.filter(id => id !== this.#transactionalId))
    const common = { applicationId, timeoutMs, member: this.#parts.member(), log: listener.log }
    const former = { ...common, members, own: this.#transactionalId, inputs, changelogs: changelogsOf(topology, applicationId, tasks) }
    if (this.#transactions === undefined) {
      refuseMoved(moved)
      await endThreadTransactions(kafka, former)
      // Where each task has a transactional id, all tasks are taken over at each assignment; those that have gone are others' now.
      this.#taken.clear()
      for (const task of tasks) this.#taken.add(taskTransactionalId(applicationId, task))
      this.#watch ??= this.#watchOutputs()
      return
    }
    const { cluster } = this.#transactions
    await this.#transactions.settle()
    // The watch may have settled at the same time, and failed.
    this.#refuseFailed()
    // Tasks that stay need no takeover; but what this member committed last may not be among the committed offsets yet.
    if (tasks.length === 0 && (await hasStableOffsets(cluster, { applicationId, inputs, timeoutMs }))) return
    await fenceTaskOwners(cluster, { ...common, tasks, targetsOf: task => this.#targetsOf(task) })
    await endFormerTransactions(cluster, { ...former, tasks })
    this.#watch ??= this.#watchOutputs()
  }

  /**
   * After the producers of the tasks were opened: resolves when the committed offsets of the inputs are the last ones, or the signal aborts. With the thread's
   * transactions, `takeOver` has waited for that. Throws COMMIT_FAILED.
   */
  async untilStable({ inputs, cluster }: Pick<Takeover, 'inputs' | 'cluster'>, signal?: AbortSignal): Promise<void> {
    const { applicationId, transactionTimeoutMs: timeoutMs, guarantee } = this.#parts.config
    if (guarantee !== 'exactly_once' || this.#transactions !== undefined) return
    await untilStable(cluster, { applicationId, inputs, timeoutMs }, signal)
  }

  /** Opens the producer of a task; see `openTransactionalProducer`. */
  async open(id: TaskId): Promise<TaskProducer> {
    if (this.#transactions !== undefined) return this.#transactions.producer()
    const { kafka, config, plain } = this.#parts
    const { applicationId, guarantee, transactionTimeoutMs: timeoutMs } = config
    if (guarantee !== 'exactly_once') return openPlainProducer(kafka, plain)
    const transactionalId = taskTransactionalId(applicationId, id)
    const { log } = config.listener
    return openTransactionalProducer(kafka, { transactionalId, groupId: applicationId, timeoutMs, targets: this.#targetsOf(id), log })
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#watch
    await this.#transactions?.close()
  }

  /**
   * Until the thread closes: readers of an output would wait for a forgotten end for ever. Where each task has a transactional id, its next transaction writes the end;
   * but a task whose inputs rest has none. Its id is then taken, and it begins anew.
   */
  async #watchOutputs(): Promise<void> {
    const { config, layout } = this.#parts
    const { applicationId, transactionTimeoutMs: timeoutMs } = config
    const { log } = config.listener
    const outputs = Object.fromEntries([...layout.partitionCounts].map(([topic, count]) => [topic, [...Array(count).keys()]]))
    // Another member sees to its own end.
    const isOwn = (id: string): boolean =>
      this.#taken.has(id) || (id.startsWith(memberTransactionalId(applicationId, '')) && !this.#others.has(id))
    for (;;) {
      await pause(missingEndsMs, this.#closed.signal)
      if (this.#closed.signal.aborted) return
      // Where a commit has failed, the thread fails too, or its next join begins others.
      if (this.shared && !this.usable) continue
      await this.#transactions?.settle().catch((error: unknown) => this.#lost(error))
      if (this.shared && !this.usable) continue
      const look = (cluster: Cluster): Promise<void> =>
        writeMissingEnds({ cluster, groupId: applicationId, timeoutMs, isOwn, log }, outputs)
      await this.#withCluster(look).catch((error: unknown) =>
        log?.('debug', 'outputs could not be looked at for missing ends of transactions', { error: messageOf(error) }),
      )
    }
  }

  /** The thread could not write its own last end once more: it can commit nothing, but as long as its inputs rest, no commit would fail. */
  #lost(error: unknown): void {
    if (this.#closed.signal.aborted) return
    const said =
      'the end of the last transaction, which its coordinator may have forgotten, could not be written once more: the thread starts anew'
    this.#parts.config.listener.log?.('warn', said, { error: messageOf(error) })
    this.#parts.onFailure(error)
  }

  /** Throws COMMIT_FAILED if the transactions have failed under the id that the thread's member tells. */
  #refuseFailed(): void {
    if (this.#transactions?.failed !== true || this.#transactions.transactionalId !== this.#transactionalId) return
    const { failure } = this.#transactions
    throw new SluiceError('COMMIT_FAILED', `the thread's transactions have failed while it joined the group: ${messageOf(failure)}`, {
      cause: failure,
    })
  }

  async #withCluster(work: (cluster: Cluster) => Promise<void>): Promise<void> {
    if (this.#transactions !== undefined) return work(this.#transactions.cluster)
    const cluster = newCluster(this.#parts.kafka)
    try {
      await cluster.connect()
      await work(cluster)
    } finally {
      await cluster.disconnect().catch(() => undefined)
    }
  }

  #targetsOf(task: TaskId): readonly TopicPartition[] {
    const { config, topology, layout } = this.#parts
    const { applicationId, deadLetterTopic } = config
    return outputPartitions({ topology, layout, task, applicationId, deadLetterTopic })
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
