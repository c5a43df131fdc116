import type { TaskDirectories } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { MetricFamily } from '../../metrics/index.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { TopologyDefinition } from '../../topology-definition.ts'
import {
  refuseAddedPartitions,
  OffsetCommits,
  checkAssignment,
  decodeStandbys,
  decodeTransactionalIds,
  DivisionLog,
  movedSubTopologies,
  tasksOf,
  type MemberFacts,
  MembershipLease,
  type ThreadMembership,
} from '../group/index.ts'
import { RecordIntake } from './record-intake.ts'
import type { Consumer, Kafka } from '../kafka/index.ts'
import type { ConsumerGroup, JoinedGroup } from '../kafka/kafkajs-mends/index.ts'
import { groupConsumer, rebalanceTimeoutMs, whileBeating } from './group-consumer.ts'
import { StreamLoop } from './stream-loop.ts'
import type { StreamsConfig } from '../config/index.ts'
import { taskInputs, TaskManager } from '../tasks/index.ts'
import { ThreadMetrics } from '../metrics/index.ts'
import type { TopicLayout } from '../topics/index.ts'

/** How many partitions are handled at the same time; adding records to a queue is fast. */
const concurrentPartitions = 64

export type PeerFacts = Required<Pick<MemberFacts, 'peerPort' | 'boot' | 'network'>>

export interface StreamThreadParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly directory: TaskDirectories | undefined
  /** See `GlobalStoresParts`. */
  readonly copies: string | undefined
  readonly instance: string
  /** Where this instance listens for other instances, for its members' metadata. */
  readonly peer: PeerFacts
  readonly membership: ThreadMembership
  /** Called once, when the thread cannot go on: close it and start another. */
  onFailure(error: unknown): void
  /** Called when tasks were added, removed, or began to run. */
  onTasks(): void
  onDeadLetter(task: TaskId, record: StreamRecord, cause: unknown): void
}

/** One member of the consumer group, with its own tasks, stores and consumer. */
export class StreamThread {
  readonly tasks: TaskManager
  readonly #metrics = new ThreadMetrics()
  /** Number of assignments so far. */
  rebalances = 0
  /** Whether the thread is joining the group, for the first time or again. */
  joining = true
  /** The member id; '' before the first join. */
  memberId = ''
  readonly #parts: StreamThreadParts
  readonly #consumer: Consumer
  readonly #loop: StreamLoop
  readonly #input: RecordIntake
  /** kafkajs' group. It has the member id as soon as the coordinator has assigned it, before the join ends. */
  #group: ConsumerGroup | undefined
  #held = false
  #failed = false
  /** Whether the thread is closing. A join that ends after that must not open anything. */
  #closing = false
  readonly #signs: MembershipLease
  readonly #division: DivisionLog

  constructor(parts: StreamThreadParts) {
    this.#parts = parts
    const { kafka, config, topology, layout, directory, copies, instance } = parts
    this.#division = new DivisionLog(topology, config.listener.log)
    this.tasks = new TaskManager({
      kafka,
      config,
      topology,
      layout,
      directory,
      copies,
      instance,
      metrics: this.#metrics,
      plain: new OffsetCommits(config.sessionTimeoutMs).ofMember(() => this.#group),
      member: () => this.#member,
      onDeadLetter: (task, record, cause) => parts.onDeadLetter(task, record, cause),
      onFailure: error => this.#fail(error),
    })
    this.#loop = new StreamLoop({
      tasks: () => this.tasks.tasks.filter(task => task.state === 'running'),
      commits: this.tasks.commits,
      onProgress: () => this.#input.resumeWhereRoom(),
      onFailure: error => this.#fail(error),
    })
    this.#input = new RecordIntake({
      config,
      pause: topicPartitions => this.#consumer.pause(topicPartitions),
      resume: topicPartitions => this.#consumer.resume(topicPartitions),
      onUnreadable: ({ topic, partition, first, last, error }, policy) => {
        this.#metrics.unreadable(topic, policy)
        const what = policy === 'stop' ? 'a partition stands still: a batch cannot be read' : 'a batch that cannot be read is skipped'
        config.listener.log?.('error', what, { topic, partition, offset: first, lastOffset: last, error: error.message })
      },
    })
    this.#consumer = groupConsumer({ kafka, config, topology }, () => this.#facts(), {
      onPartitionsRevoked: group => this.#onPartitionsRevoked(group),
      onPartitionsAssigned: joined => this.#onPartitionsAssigned(joined),
    })
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => this.#fail(payload.error))
    this.#signs = new MembershipLease({
      consumer: this.#consumer,
      sessionTimeoutMs: config.sessionTimeoutMs,
      patienceMs: rebalanceTimeoutMs + config.sessionTimeoutMs,
      joining: () => this.joining,
      onSilence: milliseconds => this.#metrics.brokerSilent(milliseconds),
      onStuck: error => this.#fail(error),
    })
    // `eachBatch` is not called for a batch of only markers and aborted records, but the position moves past it.
    this.#consumer.on(this.#consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      this.#input.passed(payload.topic, payload.partition, Number(payload.lastOffset ?? -1))
      this.#loop.notify()
    })
  }

  /** The recorded metrics and the current gauges of the tasks. */
  metrics(): MetricFamily[] {
    return this.#metrics.families(this.tasks)
  }

  /** Whether no other member can own the thread's tasks yet; see `MembershipLease.leased`. */
  get leased(): boolean {
    return this.#signs.leased
  }

  /** Joins the group and starts to process records; resolves once it has joined. */
  async start(): Promise<void> {
    await this.#consumer.connect()
    const topics = this.#parts.topology.subTopologies.flatMap(sub => sub.sourceTopics)
    await this.#consumer.subscribe({ topics, fromBeginning: true })
    this.#loop.start()
    this.#signs.start()
    await this.#consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: concurrentPartitions,
      eachBatch: async ({ batch }) => {
        const waiting = this.#input.addRecords(batch)
        this.#loop.notify()
        await waiting
      },
    })
  }

  /** Commits, closes the tasks and leaves the group. After a failure it does not commit. */
  async close(): Promise<void> {
    this.#closing = true
    this.#signs.stop()
    const memberId = this.#group?.memberId ?? this.memberId
    if (this.#failed) {
      // This comes first, because the rest may take long without a broker: the next thread must neither wait for this member in a rebalance nor find
      // it in the group.
      await this.#left(memberId)
      await this.#group?.cluster.disconnect().catch(() => undefined)
    }
    // Also if a rebalance holds the loop already: it may still wait for records that are in the middle of their processing.
    await this.#loop.hold().catch(error => this.#fail(error))
    this.#held = true
    if (!this.#failed) await this.tasks.suspendAll()
    await this.#loop.stop()
    try {
      await this.tasks.closeAll()
    } finally {
      await this.#consumer.disconnect()
      // Again, for tasks that a concurrent join opened before it saw that the thread is closing.
      await this.tasks.closeAll()
      await this.#left(memberId)
    }
  }

  async #left(memberId: string): Promise<void> {
    if (memberId !== '') await this.#parts.membership.left(memberId, !this.#failed)
  }

  get #member(): { readonly memberId: string; readonly generationId: number } | undefined {
    const { memberId = null, generationId = null } = this.#group ?? {}
    return memberId === null || generationId === null ? undefined : { memberId, generationId }
  }

  #facts(): MemberFacts {
    const { config, topology, directory, instance, peer } = this.#parts
    const stores = topology.subTopologies.flatMap(sub => sub.stores.map(({ builder }) => builder.name))
    return {
      instance,
      host: config.advertise.host,
      port: config.advertise.port,
      stores,
      tasks: directory?.tasks() ?? [],
      active: this.tasks.ids,
      held: this.tasks.held,
      transactionalId: this.tasks.transactionalId,
      ...peer,
    }
  }

  /** Before a join: 1 no record is in the middle of its processing, 2 everything is committed. Only then may another member own the partitions. */
  async #onPartitionsRevoked(group: ConsumerGroup): Promise<void> {
    this.#group = group
    this.#signs.joins()
    this.joining = true
    this.#parts.onTasks()
    this.#metrics.rebalancing()
    if (this.#held) return
    this.#held = true
    // A record that is in the middle of its processing may take longer than the session.
    await whileBeating(group, async () => {
      await this.#loop.hold()
      await this.tasks.suspendAll()
    })
    this.#parts.onTasks()
  }

  /**
   * After a join: 1 become the only writer of each task, 2 then read the committed offsets, 3 then assign the inputs at these offsets. If the next rebalance
   * begins while stores are opened, the rest is left to it: the first of many members to join is given all tasks.
   */
  async #onPartitionsAssigned(joined: JoinedGroup): Promise<'again' | void> {
    const { memberId, assignment, encoded, group } = joined
    this.memberId = memberId
    this.#signs.joined()
    if (this.#closing) return
    checkAssignment(this.#parts.topology, this.#parts.config.applicationId, encoded)
    this.#division.joined(encoded)
    this.#parts.onTasks()
    await this.#parts.membership.joined(memberId)
    const ids = tasksOf(this.#parts.topology, assignment)
    const standbys = decodeStandbys(encoded)
    refuseAddedPartitions(ids, assignment, {
      topology: this.#parts.topology,
      layout: this.#parts.layout,
      applicationId: this.#parts.config.applicationId,
      countOf: topic => group.cluster.findTopicPartitionMetadata(topic).length,
      log: this.#parts.config.listener.log,
    })
    const kept = this.tasks.keptInputs(ids)
    if (await this.#take(ids, standbys, joined)) {
      if (this.#closing) return
      await this.tasks.suspendAll()
      return 'again'
    }
    const requireStable = this.#parts.config.guarantee === 'exactly_once'
    const inputs = await taskInputs(this.#parts.topology, ids, { assignment, group, kept, requireStable }, this.#parts.config.listener.log)
    if (this.#closing) return
    this.rebalances++
    this.#input.assign([...inputs.values()].flat())
    this.tasks.assign(
      inputs,
      error => this.#fail(error),
      () => {
        this.#loop.notify()
        this.#parts.onTasks()
      },
    )
    this.#parts.config.listener.log?.('info', 'assigned', { tasks: ids.join(' '), standbys: standbys.join(' ') })
    this.joining = false
    this.#metrics.rebalanced()
    this.#held = false
    this.#loop.release()
    this.#parts.onTasks()
  }

  /** Opens the tasks; true if another rebalance has begun meanwhile. */
  async #take(ids: readonly TaskId[], standbys: readonly TaskId[], { assignment, encoded, group }: JoinedGroup): Promise<boolean> {
    const overtaken = new AbortController()
    const work = (): Promise<void> => {
      const moved = movedSubTopologies(this.#parts.topology, encoded)
      const takeover = { members: decodeTransactionalIds(encoded), inputs: assignment, cluster: group.cluster, moved }
      return this.tasks.handleAssignment(ids, standbys, takeover, overtaken.signal)
    }
    // To open and check many stores may take longer than the session.
    await whileBeating(group, work, () => overtaken.abort())
    return overtaken.signal.aborted
  }

  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#parts.onFailure(error)
  }
}
