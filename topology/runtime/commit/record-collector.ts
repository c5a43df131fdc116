import { SluiceError } from '../../../base/index.ts'
import { type Collector, type CollectorMark, type OutputRecord, TopicGate, topicLimits, type TopicLimits } from '../../output/index.ts'
import { partitionForKey, Outgoing, type OutgoingBatch } from '../topics/index.ts'

/** The buffered records of one topic. */
interface OutputTopic {
  readonly gate: TopicGate
  /** Number of partitions; undefined for an unknown topic. */
  readonly count: number | undefined
  readonly partitions: Map<number, Outgoing>
}

const kafkasLimits = topicLimits()

/** Buffers the records that a task writes until its next commit takes them. */
export class RecordCollector implements Collector {
  readonly #partitionCounts: ReadonlyMap<string, number>
  readonly #inputPartition: number
  readonly #limits: ReadonlyMap<string, TopicLimits>
  readonly #topics = new Map<string, OutputTopic>()
  #lastTopic: OutputTopic | undefined
  #last: { topic: OutputTopic; key: Uint8Array; partition: number } | undefined
  /** Number and size of the buffered records. */
  pendingRecords = 0
  pendingBytes = 0

  /** Records without a key go to the input's partition, modulo the topic's partitions. Topics that `limits` does not name have Kafka's defaults. */
  constructor(partitionCounts: ReadonlyMap<string, number>, inputPartition: number, limits: ReadonlyMap<string, TopicLimits> = new Map()) {
    this.#partitionCounts = partitionCounts
    this.#inputPartition = inputPartition
    this.#limits = limits
  }

  send(topic: string, partition: number | undefined, record: OutputRecord): void {
    const output = this.#lastTopic?.gate.topic === topic ? this.#lastTopic : this.#topic(topic)
    const { gate, partitions } = output
    gate.check(record)
    const { key, value, timestamp } = record
    const target = partition ?? this.#partitionOf(output, key)
    let outgoing = partitions.get(target)
    if (outgoing === undefined) partitions.set(target, (outgoing = new Outgoing(topic, target, gate.limits.maxMessageBytes)))
    outgoing.add({ key, value, partition: target, timestamp, headers: gate.headers }, gate.size)
    this.pendingRecords++
    this.pendingBytes += gate.size
  }

  /** Number of partitions with buffered records. */
  get pendingPartitions(): number {
    let count = 0
    for (const { partitions } of this.#topics.values()) count += partitions.size
    return count
  }

  /** The gate with the limits of a topic. */
  gate(topic: string): TopicGate {
    return this.#topic(topic).gate
  }

  mark(): CollectorMark {
    const lengths = new Map<Outgoing, number>()
    for (const { partitions } of this.#topics.values())
      for (const outgoing of partitions.values()) if (outgoing.messages.length > 0) lengths.set(outgoing, outgoing.messages.length)
    return lengths
  }

  rollback(mark: CollectorMark): void {
    const lengths = mark as ReadonlyMap<Outgoing, number>
    for (const { partitions } of this.#topics.values()) {
      for (const outgoing of partitions.values()) {
        const kept = lengths.get(outgoing) ?? 0
        this.pendingRecords -= Math.max(0, outgoing.messages.length - kept)
        this.pendingBytes -= outgoing.truncate(kept)
      }
    }
  }

  /** Removes and returns the buffered records; records that are sent from now on belong to the next batch. */
  drain(): OutgoingBatch {
    const batch: Outgoing[] = []
    for (const { partitions } of this.#topics.values()) {
      for (const outgoing of partitions.values()) if (outgoing.messages.length > 0) batch.push(outgoing)
      partitions.clear()
    }
    this.pendingRecords = 0
    this.pendingBytes = 0
    return batch
  }

  /**
   * Before rows are added for a commit without a transaction: the outputs, which are acknowledged before the rows that say they were made. The next owner
   * takes rows of the changelog at their word.
   */
  drainAhead(guarantee: 'exactly_once' | 'at_least_once'): OutgoingBatch {
    return guarantee === 'at_least_once' ? this.drain() : []
  }

  /** A batch of only these records; the buffered records stay. */
  batchOf(records: readonly { readonly topic: string; readonly partition: number; readonly record: OutputRecord }[]): OutgoingBatch {
    const apart = new RecordCollector(this.#partitionCounts, this.#inputPartition, this.#limits)
    for (const { topic, partition, record } of records) apart.send(topic, partition, record)
    return apart.drain()
  }

  #topic(name: string): OutputTopic {
    let topic = this.#topics.get(name)
    if (topic === undefined) {
      const gate = new TopicGate(name, this.#limits.get(name) ?? kafkasLimits)
      this.#topics.set(name, (topic = { gate, count: this.#partitionCounts.get(name), partitions: new Map() }))
    }
    this.#lastTopic = topic
    return topic
  }

  #partitionOf(topic: OutputTopic, key: Uint8Array | null): number {
    const { count, gate } = topic
    if (count === undefined) throw new SluiceError('TOPIC_MISSING', `topic "${gate.topic}" did not exist when the application started`)
    if (key === null) return this.#inputPartition % count
    const last = this.#last
    if (last !== undefined && last.topic === topic && sameKey(last.key, key)) return last.partition
    const partition = partitionForKey(key, count)
    this.#last = { topic, key, partition }
    return partition
  }
}

/** The bytes that differ most often are compared before the call into native code. */
function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  const last = a.length - 1
  return a === b || (last === b.length - 1 && a[last] === b[last] && Buffer.compare(a, b) === 0)
}
