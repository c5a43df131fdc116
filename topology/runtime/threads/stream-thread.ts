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
  groupProtocol,
  tasksOf,
  type MemberFacts,
  MembershipLease,
  type ThreadMembership,
} from '../group/index.ts'
import { RecordIntake } from './record-intake.ts'
import { outageRetry, type Consumer, type Kafka } from '../kafka/index.ts'
import type { ConsumerGroup, JoinedGroup } from '../kafka/kafkajs-mends/index.ts'
import { StreamLoop } from './stream-loop.ts'
import type { StreamsConfig } from '../config/index.ts'
import { taskInputs, TaskManager } from '../tasks/index.ts'
import { ThreadMetrics } from '../metrics/index.ts'
import type { TopicLayout } from '../topics/index.ts'

/** kafkajs joins within one of these; it sends heartbeats between fetches, which last at most `fetchWaitMs`. */
const heartbeatMs = 200
const fetchWaitMs = 100
/** How long the group waits for its members when it rebalances. */
const rebalanceTimeoutMs = 30_000
/** Partitions whose batches are taken over at the same time: taking over is quick, so all. */
const concurrentPartitions = 64

export type PeerFacts = Required<Pick<MemberFacts, 'peerPort' | 'boot' | 'network'>>

export interface StreamThreadParts {
  readonly kafka: Kafka
  readonly config: StreamsConfig
  readonly topology: TopologyDefinition
  readonly layout: TopicLayout
  readonly directory: TaskDirectories | undefined
  readonly instance: string
  /** Where the instance listens for the others. */
  readonly peer: PeerFacts
  readonly membership: ThreadMembership
  /** The thread cannot go on: close it and start another. */
  onFailure(error: unknown): void
  /** Tasks came, went, or began to run. */
  onTasks(): void
  onDeadLetter(task: TaskId, record: StreamRecord, cause: unknown): void
}

/** A member of the group with its own tasks, stores and Kafka clients. */
export class StreamThread {
  readonly tasks: TaskManager
  readonly #metrics = new ThreadMetrics()
  /** Assignments so far. */
  rebalances = 0
  /** Whether the group is being joined, for the first time or again. */
  joining = true
  /** The coordinator's name for it; '' before the first join. */
  memberId = ''
  readonly #parts: StreamThreadParts
  readonly #consumer: Consumer
  readonly #loop: StreamLoop
  readonly #input: RecordIntake
  /** Knows the member's name from the moment that the coordinator gave it, which is before the join has ended. */
  #group: ConsumerGroup | undefined
  #held = false
  #failed = false
  /** A join may end while the thread is being closed: it must not open anything any more. */
  #closing = false
  readonly #signs: MembershipLease

  constructor(parts: StreamThreadParts) {
    this.#parts = parts
    const { kafka, config, topology, layout, directory } = parts
    const offsetsOfGroup = new OffsetCommits(config.sessionTimeoutMs)
    this.tasks = new TaskManager({
      kafka,
      config,
      topology,
      layout,
      directory,
      metrics: this.#metrics,
      commitOffsets: offsets => offsetsOfGroup.commit(this.#group, offsets),
      onDeadLetter: (task, record, cause) => parts.onDeadLetter(task, record, cause),
      onFailure: error => this.#fail(error),
    })
    this.#loop = new StreamLoop({
      tasks: () => this.tasks.tasks.filter(task => task.state === 'running'),
      onProgress: () => this.#input.resumeWhereRoom(),
      onFailure: error => this.#fail(error),
    })
    this.#input = new RecordIntake({
      config,
      queues: () => this.tasks.tasks.flatMap(task => task.inputs.queues),
      pause: topicPartitions => this.#consumer.pause(topicPartitions),
      resume: topicPartitions => this.#consumer.resume(topicPartitions),
    })
    this.#consumer = this.#newConsumer()
    this.#consumer.on(this.#consumer.events.CRASH, ({ payload }) => this.#fail(payload.error))
    this.#signs = new MembershipLease({
      consumer: this.#consumer,
      sessionTimeoutMs: config.sessionTimeoutMs,
      patienceMs: rebalanceTimeoutMs + config.sessionTimeoutMs,
      joining: () => this.joining,
      onSilence: milliseconds => this.#metrics.brokerSilent(milliseconds),
      onStuck: error => this.#fail(error),
    })
    // Batches of nothing but markers and aborted records do not come to `eachBatch`, but the position moves.
    this.#consumer.on(this.#consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      this.#input.passed(payload.topic, payload.partition, Number(payload.lastOffset ?? -1))
      this.#loop.notify()
    })
  }

  #newConsumer(): Consumer {
    const { kafka, config, topology } = this.#parts
    return kafka.consumer({
      groupId: config.applicationId,
      sessionTimeout: config.sessionTimeoutMs,
      metadataMaxAge: config.metadataMaxAgeMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: heartbeatMs,
      maxWaitTimeInMs: fetchWaitMs,
      maxBytesPerPartition: 2 * 1024 * 1024,
      maxBytes: 16 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { ...outageRetry, restartOnFailure: () => Promise.resolve(false) },
      partitionAssigners: [
        groupProtocol(
          topology,
          () => this.#facts(),
          {
            onPartitionsRevoked: group => this.#onPartitionsRevoked(group),
            onPartitionsAssigned: joined => this.#onPartitionsAssigned(joined),
          },
          config.standbyReplicas,
        ),
      ],
    })
  }

  /** What it has recorded, and how its tasks stand. */
  metrics(): MetricFamily[] {
    return this.#metrics.families(this.tasks)
  }

  /** Whether its tasks cannot be another member's yet. */
  get leased(): boolean {
    return this.#signs.leased
  }

  /** Joins the group and starts to process; resolves once it has joined. */
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

  /** Commits, closes the tasks, leaves the group. After a failure nothing is committed. */
  async close(): Promise<void> {
    this.#closing = true
    this.#signs.stop()
    const memberId = this.#group?.memberId ?? this.memberId
    if (this.#failed) {
      // First: without a broker the rest takes its time. What follows this thread is not to wait for its member, nor to meet it again.
      await this.#left(memberId)
      await this.#group?.cluster.disconnect().catch(() => undefined)
    }
    if (!this.#held) await this.#loop.hold().catch(error => this.#fail(error))
    this.#held = true
    if (!this.#failed) await this.tasks.suspendAll()
    await this.#loop.stop()
    try {
      await this.tasks.closeAll()
    } finally {
      await this.#consumer.disconnect()
      // What a join that was under way had opened before it could see that the thread closes.
      await this.tasks.closeAll()
      await this.#left(memberId)
    }
  }

  async #left(memberId: string): Promise<void> {
    if (memberId !== '') await this.#parts.membership.left(memberId, !this.#failed)
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
      ...peer,
    }
  }

  /** 1 no record in the middle, 2 everything committed: only then may another own the partitions. */
  async #onPartitionsRevoked(group: ConsumerGroup): Promise<void> {
    this.#group = group
    this.#signs.joins()
    this.joining = true
    this.#parts.onTasks()
    this.#metrics.rebalancing()
    if (this.#held) return
    this.#held = true
    await this.#loop.hold()
    await this.tasks.suspendAll()
    this.#parts.onTasks()
  }

  /** 1 the only writer of each task, 2 then what is committed, 3 then the input, from there on. */
  async #onPartitionsAssigned({ memberId, assignment, encoded, group }: JoinedGroup): Promise<void> {
    this.memberId = memberId
    this.#signs.joined()
    if (this.#closing) return
    checkAssignment(this.#parts.topology, this.#parts.config.applicationId, encoded)
    this.#parts.onTasks()
    await this.#parts.membership.joined(memberId)
    this.#input.reset()
    const ids = tasksOf(this.#parts.topology, assignment)
    const standbys = decodeStandbys(encoded)
    refuseAddedPartitions(ids, assignment, {
      topology: this.#parts.topology,
      layout: this.#parts.layout,
      applicationId: this.#parts.config.applicationId,
    })
    await this.tasks.handleAssignment(ids, standbys)
    const inputs = await taskInputs(this.#parts.topology, ids, { assignment, group }, this.#parts.config.listener.log)
    if (this.#closing) return
    this.rebalances++
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

  #fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#parts.onFailure(error)
  }
}
