import { asBuffer } from '../../../records/index.ts'
import { env, messageOf, nextTurn, SluiceError } from '../../../base/index.ts'
import type { Headers } from '../../record-headers.ts'
import { TopicGate, topicLimits, type TopicLimits } from '../../output/index.ts'
import { existingTopics } from './topic-admin.ts'
import { isPassing, type Kafka, type Message, type Producer } from '../kafka/index.ts'
import { partitionForKey } from './default-partitioner.ts'
import { Outgoing, sendFailed } from './send-batch.ts'
import { readTopicLimits } from './topic-setting.ts'
import { type Wait, WaitTeller } from './wait-teller.ts'

export interface WriterRecord {
  readonly key?: Uint8Array | null | undefined
  readonly value: Uint8Array | null
  /** Event time, epoch ms; default: the time when it is sent. */
  readonly timestamp?: number | undefined
  readonly headers?: Headers | undefined
  readonly partition?: number | undefined
}

/** The records of one acknowledged send: `count` records from `offset` on. */
export interface WrittenRange {
  readonly partition: number
  readonly offset: number
  readonly count: number
}

export interface TopicWriterOptions {
  /** Called while Kafka is waited for, to be connected or to acknowledge: see `WaitTeller`. */
  readonly onWait?: ((wait: Wait) => void) | undefined
}

interface Lane {
  readonly partition: number
  waiting: Outgoing
  /** Sends until no record of the partition waits; undefined if none does. */
  running: Promise<void> | undefined
}

/** The limits of a topic whose configuration may not be read: the broker checks them, and its refusal fails the writer. */
const anyRecord: TopicLimits = { maxMessageBytes: Infinity, sizeSetting: '', compacted: false, maxAheadMs: Infinity, maxBehindMs: Infinity }
/** If more bytes than this are unsent, `write` waits. */
const maxWaitingBytes = 8 * 1024 * 1024

/**
 * Writes records to one topic, for programs that do not run a topology. The producer is idempotent; a send holds records of one partition, and the next one
 * for that partition begins when the last is acknowledged. So records of one partition keep their order, and none is written twice.
 * After a failed send nothing more is written: every call throws SluiceError SEND_FAILED.
 */
export class TopicWriter {
  readonly #producer: Producer
  readonly #topic: string
  readonly #gate: TopicGate
  readonly #maxBatchBytes: number
  readonly #lanes: readonly Lane[]
  readonly #written: WrittenRange[] = []
  readonly #waits: WaitTeller | undefined
  #waitingBytes = 0
  #unacknowledged = 0
  #next = 0
  #acknowledged = 0
  #failure: SluiceError | undefined

  /** Throws SluiceError TOPIC_MISSING, BROKER_UNREACHABLE. */
  static async open(kafka: Kafka, topic: string, { onWait }: TopicWriterOptions = {}): Promise<TopicWriter> {
    const waits = onWait === undefined ? undefined : new WaitTeller(onWait)
    waits?.begin(() => `what it knows of topic ${topic}`)
    try {
      const described = await describe(kafka, topic)
      const producer = await connectedProducer(kafka)
      waits?.end()
      return new TopicWriter({ producer, waits }, topic, described)
    } catch (error) {
      waits?.giveUp()
      throw error
    }
  }

  private constructor(
    { producer, waits }: { readonly producer: Producer; readonly waits: WaitTeller | undefined },
    topic: string,
    { partitions, limits }: Described,
  ) {
    this.#producer = producer
    this.#waits = waits
    this.#topic = topic
    this.#gate = new TopicGate(topic, limits ?? anyRecord)
    this.#maxBatchBytes = (limits ?? topicLimits()).maxMessageBytes
    this.#lanes = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      waiting: this.#outgoing(partition),
      running: undefined,
    }))
  }

  get partitions(): number {
    return this.#lanes.length
  }

  /** The number of records that brokers have acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /**
   * Adds a record. Its partition is the given one, else that of the key's hash (as in Kafka's default partitioner), else the next one in turn.
   * Returns a promise only if more than 8 MB are unsent; it resolves when there is room again. Do not change the bytes until `flush` has settled.
   * Throws SluiceError KEY_INVALID, KEY_MISSING, VALUE_INVALID, TIMESTAMP_INVALID, HEADERS_INVALID, RECORD_TOO_LARGE (by the topic's configuration when
   * the writer was opened), INPUT_INVALID (no such partition): the record is not written, and others can be.
   */
  write(record: WriterRecord): void | Promise<void> {
    if (this.#failure) throw this.#failure
    const { key = null, value, timestamp, headers } = record
    const gate = this.#gate
    gate.check({ key, value, timestamp: timestamp ?? env.now(), headers })
    const lane = this.#laneOf(record)
    const { partition } = lane
    const bytes = { key: key && asBuffer(key), value: value && asBuffer(value) }
    lane.waiting.add({ ...bytes, partition, timestamp, headers: gate.headers }, gate.size)
    this.#waitingBytes += gate.size
    this.#unacknowledged++
    this.#waits?.begin(this.#waitedFor)
    // Starts after the current turn of the event loop, so that records written in the same turn share a batch.
    lane.running ??= nextTurn().then(() => this.#drain(lane))
    if (this.#waitingBytes > maxWaitingBytes) return this.#room(lane)
  }

  /** Resolves once all records are acknowledged, with what was written since the last flush, ordered by partition and offset. Throws SEND_FAILED. */
  async flush(): Promise<readonly WrittenRange[]> {
    for (const lane of this.#lanes) while (lane.running) await lane.running
    if (this.#failure) throw this.#failure
    return this.#written.splice(0).sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** Flushes, then disconnects, even if the flush fails. */
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

  /** Waits for sends, of the record's own lane first, until there is room again. Throws SEND_FAILED. */
  async #room(lane: Lane): Promise<void> {
    while (this.#waitingBytes > maxWaitingBytes) {
      const running = lane.running ?? this.#lanes.find(other => other.running)?.running
      if (!running) break
      await running
    }
    if (this.#failure) throw this.#failure
  }

  /** Sends the lane's waiting records, one send after the other. Never rejects: the failure is kept and thrown by the next calls. */
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

  /** Sends the records that wait now, split into batches. */
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
    // If a partition's leader moves, kafkajs may resolve a send whose records were lost: only the acknowledgement proves the write.
    if (acknowledged.length !== 1 || !only || only.partition !== partition || only.errorCode !== 0) {
      throw new Error(`the broker acknowledged ${acknowledged.length} partitions instead of the one that was written`)
    }
    this.#written.push({ partition, offset: Number(only.baseOffset ?? only.offset), count: messages.length })
    this.#acknowledged += messages.length
    this.#unacknowledged -= messages.length
    if (this.#unacknowledged > 0) this.#waits?.progress()
    else this.#waits?.end()
  }

  readonly #waitedFor = (): string => {
    const count = this.#unacknowledged
    return `the acknowledgement of ${count} ${count === 1 ? 'record' : 'records'} of topic ${this.#topic}`
  }

  #discard(): void {
    this.#waits?.giveUp()
    for (const lane of this.#lanes) lane.waiting = this.#outgoing(lane.partition)
    this.#waitingBytes = 0
  }

  #outgoing(partition: number): Outgoing {
    return new Outgoing(this.#topic, partition, this.#maxBatchBytes)
  }
}

/** Throws BROKER_UNREACHABLE. */
async function connectedProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false })
  try {
    await producer.connect()
    return producer
  } catch (error) {
    await producer.disconnect().catch(() => undefined)
    throw isPassing(error) ? unreachable(error) : error
  }
}

interface Described {
  readonly partitions: number
  /** undefined: they may not be read (right DESCRIBE_CONFIGS). */
  readonly limits: TopicLimits | undefined
}

async function describe(kafka: Kafka, topic: string): Promise<Described> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const partitions = (await existingTopics(admin, [topic])).get(topic)
    if (partitions !== undefined) {
      const { limits } = await readTopicLimits(admin, [topic])
      return { partitions, limits: limits.get(topic) }
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
