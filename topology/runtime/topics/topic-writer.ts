import { asBuffer } from '../../../records/index.ts'
import { messageOf, SluiceError } from '../../../base/index.ts'
import type { Headers } from '../../record-headers.ts'
import { TopicGate, topicLimits, type TopicLimits } from '../../output/index.ts'
import { existingTopics } from './topic-admin.ts'
import { isPassing, type Kafka, type Message, type Producer } from '../kafka/index.ts'
import { partitionForKey } from './default-partitioner.ts'
import { Outgoing, sendFailed } from './send-batch.ts'
import { readTopicLimits } from './topic-setting.ts'

export interface WriterRecord {
  readonly key?: Uint8Array | null | undefined
  readonly value: Uint8Array | null
  /** Epoch ms; default: when it is sent. */
  readonly timestamp?: number | undefined
  readonly headers?: Headers | undefined
  readonly partition?: number | undefined
}

/** What one acknowledged send wrote: `count` records from `offset` on. */
export interface WrittenRange {
  readonly partition: number
  readonly offset: number
  readonly count: number
}

interface Lane {
  readonly partition: number
  waiting: Outgoing
  /** The send that runs, and those that follow it until nothing waits. */
  running: Promise<void> | undefined
}

/** Whether the topic takes a record is left to its broker: a refusal fails the writer. */
const anyRecord: TopicLimits = { maxMessageBytes: Infinity, sizeSetting: '', compacted: false, maxAheadMs: Infinity, maxBehindMs: Infinity }
/** Above this much unsent, `write` waits. */
const maxWaitingBytes = 8 * 1024 * 1024

/**
 * Produces to one topic, for programs that only write. Idempotent; each send is of one partition, and a partition's next send
 * begins when the last is acknowledged, so records of one partition keep their order and none is written twice.
 * After a failed send nothing more is written: every call throws SluiceError SEND_FAILED.
 */
export class TopicWriter {
  readonly #producer: Producer
  readonly #topic: string
  readonly #gate: TopicGate
  readonly #maxBatchBytes: number
  readonly #lanes: readonly Lane[]
  readonly #written: WrittenRange[] = []
  #waitingBytes = 0
  #next = 0
  #failure: SluiceError | undefined

  /** Throws SluiceError TOPIC_MISSING, BROKER_UNREACHABLE. */
  static async open(kafka: Kafka, topic: string): Promise<TopicWriter> {
    const described = await describe(kafka, topic)
    const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false })
    try {
      await producer.connect()
    } catch (error) {
      await producer.disconnect().catch(() => undefined)
      throw isPassing(error) ? unreachable(error) : error
    }
    return new TopicWriter(producer, topic, described)
  }

  private constructor(producer: Producer, topic: string, { partitions, maxBatchBytes }: Described) {
    this.#producer = producer
    this.#topic = topic
    this.#gate = new TopicGate(topic, anyRecord)
    this.#maxBatchBytes = maxBatchBytes
    this.#lanes = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      waiting: this.#outgoing(partition),
      running: undefined,
    }))
  }

  get partitions(): number {
    return this.#lanes.length
  }

  /**
   * Takes a record. The partition: as given, else by the key's hash as Kafka's own clients do it, else round robin.
   * Resolves at once while little waits, else when a send has made room. The bytes must not change until `flush` has settled.
   * Throws SluiceError KEY_INVALID, VALUE_INVALID, TIMESTAMP_INVALID, HEADERS_INVALID for what is no record: it is not written, and others can be.
   */
  write(record: WriterRecord): void | Promise<void> {
    if (this.#failure) throw this.#failure
    const { key = null, value, timestamp, headers } = record
    const gate = this.#gate
    gate.check({ key, value, timestamp: timestamp ?? Date.now(), headers })
    const lane = this.#laneOf(record)
    const { partition } = lane
    const bytes = { key: key && asBuffer(key), value: value && asBuffer(value) }
    lane.waiting.add({ ...bytes, partition, timestamp, headers: gate.headers }, gate.size)
    this.#waitingBytes += gate.size
    // Starts after the current turn, so that records written in one go travel together.
    lane.running ??= new Promise<void>(resolve => setImmediate(resolve)).then(() => this.#drain(lane))
    if (this.#waitingBytes > maxWaitingBytes) return this.#room(lane)
  }

  /** Resolves once everything written is acknowledged: what was written since the last flush, by partition and offset. */
  async flush(): Promise<readonly WrittenRange[]> {
    for (const lane of this.#lanes) while (lane.running) await lane.running
    if (this.#failure) throw this.#failure
    return this.#written.splice(0).sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Writes what waits, then disconnects, in case of failure too. */
  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.#producer.disconnect()
    }
  }

  #laneOf(record: WriterRecord): Lane {
    const count = this.#lanes.length
    const partition = record.partition ?? (record.key ? partitionForKey(record.key, count) : this.#next++ % count)
    const lane = this.#lanes[partition]
    if (!lane) throw new SluiceError('INPUT_INVALID', `topic ${this.#topic} has no partition ${partition}: it has ${count} partitions`)
    return lane
  }

  /** Waits for the lane in which the record went until there is room again, or for a failure to tell. */
  async #room(lane: Lane): Promise<void> {
    while (this.#waitingBytes > maxWaitingBytes) {
      const running = lane.running ?? this.#lanes.find(other => other.running)?.running
      if (!running) break
      await running
    }
    if (this.#failure) throw this.#failure
  }

  /** Sends what waits, one send after the other. Never rejects: a failure is kept for the callers. */
  async #drain(lane: Lane): Promise<void> {
    try {
      while (lane.waiting.messages.length > 0 && !this.#failure) await this.#sendAll(lane)
    } catch (error) {
      this.#failure ??= sendFailed(this.#topic, `cannot write to partition ${lane.partition} of topic ${this.#topic}`, error)
    } finally {
      lane.running = undefined
      if (this.#failure) this.#discard()
    }
  }

  /** What waits now, in as many batches as it takes. */
  async #sendAll(lane: Lane): Promise<void> {
    const outgoing = lane.waiting
    lane.waiting = this.#outgoing(lane.partition)
    for (let first = 0; first < outgoing.messages.length;) {
      const next = outgoing.batchEnd(first)
      await this.#send(lane.partition, outgoing.messages.slice(first, next) as unknown as Message[])
      first = next
    }
    this.#waitingBytes -= outgoing.truncate(0)
  }

  async #send(partition: number, messages: Message[]): Promise<void> {
    const acknowledged = await this.#producer.send({ topic: this.#topic, acks: -1, messages })
    const [only] = acknowledged
    // kafkajs resolves a send that lost its records when a partition moves: the acknowledgement is the only proof.
    if (acknowledged.length !== 1 || !only || only.partition !== partition || only.errorCode !== 0) {
      throw new Error(`the broker acknowledged ${acknowledged.length} partitions instead of the one that was written`)
    }
    this.#written.push({ partition, offset: Number(only.baseOffset ?? only.offset), count: messages.length })
  }

  #discard(): void {
    for (const lane of this.#lanes) lane.waiting = this.#outgoing(lane.partition)
    this.#waitingBytes = 0
  }

  #outgoing(partition: number): Outgoing {
    return new Outgoing(this.#topic, partition, this.#maxBatchBytes)
  }
}

interface Described {
  readonly partitions: number
  /** The largest that the topic takes. */
  readonly maxBatchBytes: number
}

async function describe(kafka: Kafka, topic: string): Promise<Described> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const partitions = (await existingTopics(admin, [topic])).get(topic)
    if (partitions !== undefined) {
      const { limits } = await readTopicLimits(admin, [topic])
      return { partitions, maxBatchBytes: (limits.get(topic) ?? topicLimits()).maxMessageBytes }
    }
  } catch (error) {
    throw isPassing(error) ? unreachable(error) : error
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
  throw new SluiceError('TOPIC_MISSING', `topic ${topic} does not exist`)
}

function unreachable(cause: unknown): SluiceError {
  return new SluiceError('BROKER_UNREACHABLE', `cannot reach Kafka: ${messageOf(cause)}`, { cause })
}
