import type { SimHost, Timing } from '../options.ts'
import { errors } from './errors.ts'
import { Partition } from './partition.ts'
import { TopicConfigs } from './topic-configs.ts'

export interface Broker {
  readonly id: number
  readonly host: string
  readonly port: number
  alive: boolean
  /** The others do without it. */
  fenced: boolean
  /** How often it was started. */
  life: number
}

export interface Topic {
  readonly name: string
  /** 16 bytes. */
  readonly id: Buffer
  readonly internal: boolean
  readonly partitions: Partition[]
  readonly configs: TopicConfigs
}

export interface TopicOptions {
  readonly partitions: number
  readonly replication?: number
  readonly config?: Readonly<Record<string, string>>
}

export const offsetsTopic = '__consumer_offsets'
export const transactionsTopic = '__transaction_state'

/** Brokers, topics, and which broker leads what. All brokers learn of a change at once. */
export class Cluster {
  readonly host: SimHost
  readonly timing: Timing
  readonly brokers: readonly Broker[]
  readonly topics = new Map<string, Topic>()
  /** The leader of a partition is another one, or the same in another life. */
  onElected: (partition: Partition) => void = () => undefined
  onDeleted: (topic: Topic) => void = () => undefined
  /** `transaction.partition.verification.enable`: whether writers are asked to have added their partitions to their transaction. */
  verifies = true
  #made = 0

  constructor(host: SimHost, timing: Timing, addresses: readonly { readonly host: string; readonly port: number }[]) {
    this.host = host
    this.timing = timing
    this.brokers = addresses.map((address, index) => ({ id: index + 1, ...address, alive: true, fenced: false, life: 1 }))
  }

  broker(id: number): Broker {
    const found = this.brokers[id - 1]
    if (found === undefined) throw new Error(`there is no broker ${id}`)
    return found
  }

  /** Whether the broker is there, and was all the time since. */
  lives(id: number, life: number): boolean {
    const { alive, life: now } = this.broker(id)
    return alive && now === life
  }

  /** Kafka's error of a broker that is asked to read or write a partition; 0: it leads it. */
  leaderRefusal(partition: Partition | undefined, broker: number): number {
    if (partition === undefined) return errors.unknownTopicOrPartition
    return partition.leader === broker && this.host.now() >= partition.readyAt ? errors.none : errors.notLeaderOrFollower
  }

  partition(topic: string, index: number): Partition | undefined {
    return this.topics.get(topic)?.partitions[index]
  }

  /** Every partition there is. */
  *partitions(): Generator<Partition> {
    for (const topic of this.topics.values()) yield* topic.partitions
  }

  /** Kafka's error; 0: it is made. */
  createTopic(name: string, { partitions, replication = this.#replication(), config = {} }: TopicOptions): number {
    if (this.topics.has(name)) return errors.topicAlreadyExists
    if (!/^[\w.-]{1,249}$/.test(name) || name === '.' || name === '..') return errors.invalidTopic
    if (partitions < 1) return errors.invalidPartitions
    if (replication < 1 || replication > this.brokers.length) return errors.invalidReplicationFactor
    if (Object.keys(config).some(key => !TopicConfigs.knows(key))) return errors.invalidConfig
    const minInSync = this.brokers.length > 2 && replication > 2 ? { 'min.insync.replicas': '2' } : {}
    const topic: Topic = {
      name,
      id: Buffer.from(Array.from({ length: 16 }, () => Math.floor(this.host.random() * 256))),
      internal: name === offsetsTopic || name === transactionsTopic,
      partitions: [],
      configs: new TopicConfigs({ ...minInSync, ...config }),
    }
    this.topics.set(name, topic)
    this.addPartitions(topic, partitions, replication)
    return errors.none
  }

  /** So many in all. */
  addPartitions(topic: Topic, count: number, replication = topic.partitions[0]?.replicas.length ?? this.#replication()): void {
    while (topic.partitions.length < count) {
      const first = this.#made++
      const replicas = Array.from({ length: replication }, (_none, each) => ((first + each) % this.brokers.length) + 1)
      const partition = new Partition(topic.name, topic.partitions.length, replicas)
      topic.partitions.push(partition)
      partition.readyAt = topic.internal ? 0 : this.host.now() + this.timing.creation
      for (const { id } of this.brokers.filter(broker => broker.fenced)) this.#withdraw(partition, id)
    }
  }

  #replication(): number {
    return Math.min(3, this.brokers.length)
  }

  deleteTopic(name: string): number {
    const topic = this.topics.get(name)
    if (topic === undefined) return errors.unknownTopicOrPartition
    this.topics.delete(name)
    for (const partition of topic.partitions) {
      partition.leader = -1
      partition.changed()
    }
    this.onDeleted(topic)
    return errors.none
  }

  /** Whether acknowledged records can be written to it now. */
  hasQuorum(partition: Partition): boolean {
    return partition.isr.length >= (this.topics.get(partition.topic)?.configs.applied.minInSync ?? 1)
  }

  /** What was appended reaches the in-sync replicas. */
  replicate(partition: Partition): void {
    if (this.timing.replication === 0) {
      this.#advance(partition, partition.log.end)
      return
    }
    const { leaderEpoch } = partition
    const { end } = partition.log
    this.host.after(this.timing.replication, () => {
      if (partition.leaderEpoch === leaderEpoch && partition.leader > 0 && this.broker(partition.leader).alive)
        this.#advance(partition, end)
    })
  }

  #advance(partition: Partition, to: number): void {
    if (!partition.isr.every(id => this.broker(id).alive)) return
    if (to > partition.log.highWatermark) partition.log.highWatermark = to
    partition.changed()
  }

  /** The process is gone. `lost`: with what only its memory had. */
  kill(id: number, lost: boolean): void {
    const broker = this.broker(id)
    if (!broker.alive) return
    broker.alive = false
    const { life } = broker
    if (lost)
      for (const each of this.partitions())
        if (each.leader === id && !this.topics.get(each.topic)?.internal) each.log.truncate(each.log.highWatermark)
    this.host.after(this.timing.session, () => {
      if (broker.alive || broker.life !== life) return
      broker.fenced = true
      for (const each of this.partitions()) this.#withdraw(each, id)
    })
  }

  /** It leads no longer; the last in-sync replica stays that. */
  #withdraw(partition: Partition, id: number): void {
    if (partition.isr.length > 1) partition.isr = partition.isr.filter(each => each !== id)
    if (partition.leader === id) this.#elect(partition)
    else if (partition.leader > 0) this.#advance(partition, partition.log.end)
  }

  #elect(partition: Partition): void {
    const chosen = partition.replicas.find(id => partition.isr.includes(id) && this.broker(id).alive) ?? -1
    this.lead(partition, chosen)
  }

  lead(partition: Partition, leader: number): void {
    partition.leader = leader
    partition.leaderEpoch++
    if (leader > 0) this.#advance(partition, partition.log.end)
    this.onElected(partition)
    partition.changed()
  }

  start(id: number): void {
    const broker = this.broker(id)
    if (broker.alive) return
    broker.alive = true
    broker.fenced = false
    broker.life++
    const { life } = broker
    for (const each of this.partitions()) {
      if (each.leader === id) this.lead(each, id)
      else if (each.leader < 0) this.#elect(each)
      else if (each.isr.includes(id)) this.#advance(each, each.log.end)
    }
    this.host.after(this.timing.sync, () => {
      if (!this.lives(id, life)) return
      for (const each of this.partitions()) {
        if (each.replicas.includes(id) && !each.isr.includes(id))
          each.isr = each.replicas.filter(other => other === id || each.isr.includes(other))
      }
    })
  }
}
