import { Cluster, offsetsTopic, type TopicOptions, transactionsTopic } from './cluster/index.ts'
import type { CommittedOffset } from './coordinators/group-offsets.ts'
import { GroupCoordinator } from './coordinators/group-coordinator.ts'
import { Markers } from './coordinators/markers.ts'
import { TransactionCoordinator } from './coordinators/transaction-coordinator.ts'
import type { LoggedRecord } from './log/index.ts'
import { defaultLimits, defaultTiming, type SimKafkaOptions } from './options.ts'
import { Connections } from './requests/connections.ts'
import { makeFetch } from './requests/fetch.ts'
import { offsetHandlers } from './requests/group-offsets.ts'
import { groupHandlers } from './requests/groups.ts'
import type { Handlers } from './requests/handlers.ts'
import { makeApiVersions, makeMetadata } from './requests/metadata.ts'
import { makeDeleteRecords, makeDescribeProducers, makeListOffsets } from './requests/offsets.ts'
import { makeProduce } from './requests/produce.ts'
import { makeAlterConfigs, makeCreatePartitions, makeCreateTopics, makeDeleteTopics, makeDescribeConfigs } from './requests/topics.ts'
import { transactionHandlers } from './requests/transactions.ts'

/** The effects of a kill on records that not all in-sync replicas have, and on transactions that are being ended. */
export interface Kill {
  /** `lost`: the machine failed, and records that were in its memory only are gone. Default: `kept`, only the process ended. */
  readonly unflushed?: 'lost' | 'kept'
  /** Transactions that this broker is ending are recorded as ended though some of their partitions have no marker. The partitions are drawn at random, from all or from some. */
  readonly forgetMarkers?: boolean | ((partition: string) => boolean)
}

/** A partition's log, for judges. */
export interface SeenLog {
  readonly start: number
  readonly end: number
  readonly highWatermark: number
  readonly lastStable: number
  readonly leader: number
  readonly records: readonly LoggedRecord[]
}

/** The offsets of a group, for judges. */
export interface SeenOffsets {
  /** Committed offsets, by topic and partition. */
  readonly committed: ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>>
  /** Offsets that open transactions have written but not committed. */
  readonly open: readonly { readonly producerId: number; readonly topic: string; readonly partition: number; readonly offset: number }[]
}

/** A transaction that is told to end. */
export interface Ending {
  readonly transactionalId: string
  readonly commit: boolean
  /** The broker that coordinates it. */
  readonly broker: number
}

/** A cluster of Kafka brokers in memory that speaks the wire protocol. Time and random numbers come only from its host, so the same requests get the same answers. */
export class SimKafka {
  /** Called before anything of an end is in a partition. */
  onEnding: (ending: Ending) => void = () => undefined
  readonly #cluster: Cluster
  readonly #groups: GroupCoordinator
  readonly #transactions: TransactionCoordinator
  readonly #connections: Connections

  constructor({ brokers, host, transactionVersion = 2, ...options }: SimKafkaOptions) {
    const timing = { ...defaultTiming, ...options.timing }
    const limits = { ...defaultLimits, ...options.limits }
    const addresses = options.addresses ?? Array.from({ length: brokers }, (_none, index) => ({ host: `broker-${index + 1}`, port: 9092 }))
    // Kafka counts whole milliseconds.
    const clock = { now: () => Math.floor(host.now()), after: host.after.bind(host), random: host.random.bind(host) }
    this.#cluster = new Cluster(clock, timing, addresses)
    for (const topic of [offsetsTopic, transactionsTopic])
      this.#cluster.createTopic(topic, { partitions: limits.coordinatorPartitions, config: { 'cleanup.policy': 'compact' } })
    this.#groups = new GroupCoordinator(this.#cluster, limits)
    const markers = new Markers(this.#cluster)
    this.#transactions = new TransactionCoordinator(this.#cluster, markers, {
      transactionVersion,
      maxTimeoutMs: limits.transactionTimeoutMs,
    })
    markers.onOffsets = (partition, marker) => this.#groups.marked(partition, marker)
    this.#transactions.onEnding = ({ id, state }) =>
      this.onEnding({ transactionalId: id, commit: state === 'PrepareCommit', broker: this.coordinator('transaction', id).leader })
    this.#cluster.onElected = partition => {
      if (this.#groups.partitions.owns(partition)) this.#groups.moved(partition)
      if (this.#transactions.partitions.owns(partition)) this.#transactions.moved(partition)
    }
    this.#cluster.onDeleted = ({ name }) => this.#groups.forgetTopic(name)
    this.#connections = new Connections(this.#handlers(transactionVersion))
  }

  #handlers(transactionVersion: number): Handlers {
    const cluster = this.#cluster
    return {
      produce: makeProduce(cluster, this.#transactions),
      fetch: makeFetch(cluster),
      listOffsets: makeListOffsets(cluster),
      deleteRecords: makeDeleteRecords(cluster),
      describeProducers: makeDescribeProducers(cluster),
      metadata: makeMetadata(cluster),
      apiVersions: makeApiVersions(transactionVersion),
      createTopics: makeCreateTopics(cluster),
      deleteTopics: makeDeleteTopics(cluster),
      createPartitions: makeCreatePartitions(cluster),
      describeConfigs: makeDescribeConfigs(cluster),
      alterConfigs: makeAlterConfigs(cluster),
      ...groupHandlers(cluster, this.#groups, this.#transactions),
      ...offsetHandlers(cluster, this.#groups, this.#transactions),
      ...transactionHandlers(cluster, this.#transactions, this.#groups),
    }
  }

  /** One whole request, without the length before it, has arrived at a broker. `reply` gets the answer, without its length, at most once. */
  receive(broker: number, connection: object, request: Buffer, reply: (response: Buffer) => void): void {
    if (this.#cluster.broker(broker).alive) this.#connections.receive(broker, connection, request, reply)
  }

  connectionClosed(connection: object): void {
    this.#connections.close(connection)
  }

  isAlive(broker: number): boolean {
    return this.#cluster.broker(broker).alive
  }

  createTopic(name: string, options: TopicOptions): void {
    const error = this.#cluster.createTopic(name, options)
    if (error !== 0) throw new Error(`topic ${name} cannot be made: Kafka's error ${error}`)
  }

  deleteTopic(name: string): void {
    this.#cluster.deleteTopic(name)
  }

  /** Adds partitions to a topic; `count` is the new total. */
  addPartitions(name: string, count: number): void {
    this.#cluster.addPartitions(this.#topic(name), count)
  }

  /** Deletes the records before an offset, as retention does. */
  deleteRecordsBefore(topic: string, partition: number, offset: number): void {
    this.#partition(topic, partition).log.deleteBefore(offset)
  }

  /** Compacts a partition, as the log cleaner does. A deletion is removed `delete.retention.ms` after the cleaner has first seen it. */
  compact(topic: string): void {
    const { partitions, configs } = this.#topic(topic)
    for (const { log } of partitions) log.compact(this.#cluster.host.now(), Number(configs.get('delete.retention.ms')))
  }

  /** The number of partitions of a topic; 0: there is no such topic. */
  partitions(topic: string): number {
    return this.#cluster.topics.get(topic)?.partitions.length ?? 0
  }

  /** Stops a broker. The caller closes the broker's connections. */
  kill(broker: number, { unflushed = 'kept', forgetMarkers = false }: Kill = {}): void {
    this.#connections.closeOf(broker)
    if (forgetMarkers !== false) this.#transactions.forgetMarkers(broker, forgetMarkers === true ? undefined : forgetMarkers)
    this.#groups.stopped(broker)
    this.#cluster.kill(broker, unflushed === 'lost')
  }

  start(broker: number): void {
    this.#cluster.start(broker)
  }

  /** Throws if the broker is not in sync. */
  moveLeader(topic: string, partition: number, broker: number): void {
    const found = this.#partition(topic, partition)
    if (!found.isr.includes(broker) || !this.isAlive(broker)) throw new Error(`broker ${broker} is not in sync with ${found.name}`)
    this.#cluster.lead(found, broker)
  }

  moveCoordinator(type: 'group' | 'transaction', id: string, broker: number): void {
    const { topic, index } = this.coordinator(type, id)
    this.moveLeader(topic, index, broker)
  }

  /** The partition of an internal topic that belongs to the coordinator of a key, and the leader of that partition. */
  coordinator(type: 'group' | 'transaction', id: string): { readonly topic: string; readonly index: number; readonly leader: number } {
    return (type === 'group' ? this.#groups : this.#transactions).partitions.of(id)
  }

  /** All records of a partition from an offset on, whether committed, aborted or open. */
  log(topic: string, partition: number, from = 0): SeenLog {
    const { log, leader } = this.#partition(topic, partition)
    const { start, end, highWatermark } = log
    return { start, end, highWatermark, lastStable: log.lastStable(), leader, records: log.records(Math.max(from, start)) }
  }

  offsets(group: string): SeenOffsets {
    const offsets = this.#groups.find(group)?.offsets
    if (offsets === undefined) return { committed: new Map(), open: [] }
    const open = [...offsets.open()].map(([producerId, topic, partition, { offset }]) => ({ producerId, topic, partition, offset }))
    return { committed: offsets.committed, open }
  }

  /** The group's offset of a partition is again what it was before the last commit, as where a broker has forgotten the end of a transaction. false: there was none. */
  loseOffset(group: string, topic: string, partition: number): boolean {
    return this.#groups.find(group)?.offsets.lose(topic, partition) === true
  }

  /** The state of the last transaction of a transactional id; undefined: there was none. */
  transaction(
    id: string,
  ): { readonly state: string; readonly producerId: number; readonly epoch: number; readonly partitions: readonly string[] } | undefined {
    const found = this.#transactions.find(id)
    return found && { state: found.state, producerId: found.producerId, epoch: found.epoch, partitions: [...found.partitions] }
  }

  #topic(name: string) {
    const found = this.#cluster.topics.get(name)
    if (found === undefined) throw new Error(`there is no topic ${name}`)
    return found
  }

  #partition(topic: string, index: number) {
    const found = this.#cluster.partition(topic, index)
    if (found === undefined) throw new Error(`topic ${topic} has no partition ${index}`)
    return found
  }
}
