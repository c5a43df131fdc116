import { asBuffer } from '../../proto/serde.ts'
import { messageOf, SluiceError } from '../../proto/sluice-error.ts'
import type { Kafka, Message, Producer } from './kafka-clients.ts'
import { partitionForKey } from './murmur2.ts'

export interface WriterRecord {
  readonly key?: Uint8Array | null | undefined
  readonly value: Uint8Array | null
  /** Epoch ms; default: when it is sent. */
  readonly timestamp?: number | undefined
  readonly headers?: Record<string, Buffer | string> | undefined
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
  waiting: Message[]
  bytes: number[]
  /** The send that runs, and those that follow it until nothing waits. */
  running: Promise<void> | undefined
}

const maxSendBytes = 512 * 1024
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
  readonly #lanes: readonly Lane[]
  readonly #written: WrittenRange[] = []
  #waitingBytes = 0
  #next = 0
  #failure: SluiceError | undefined

  /** Throws SluiceError TOPIC_MISSING, BROKER_UNREACHABLE. */
  static async open(kafka: Kafka, topic: string): Promise<TopicWriter> {
    const partitions = await countPartitions(kafka, topic)
    const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false })
    try {
      await producer.connect()
    } catch (error) {
      await producer.disconnect().catch(() => undefined)
      throw unreachable(error)
    }
    return new TopicWriter(producer, topic, partitions)
  }

  private constructor(producer: Producer, topic: string, partitions: number) {
    this.#producer = producer
    this.#topic = topic
    this.#lanes = Array.from({ length: partitions }, (_, partition) => ({ partition, waiting: [], bytes: [], running: undefined }))
  }

  get partitions(): number {
    return this.#lanes.length
  }

  /**
   * Takes a record. The partition: as given, else by the key's hash as Kafka's own clients do it, else round robin.
   * Resolves at once while little waits, else when a send has made room. The bytes must not change until `flush` has settled.
   */
  write(record: WriterRecord): void | Promise<void> {
    if (this.#failure) throw this.#failure
    const lane = this.#laneOf(record)
    const size = sizeOf(record)
    lane.waiting.push(messageOfRecord(record, lane.partition))
    lane.bytes.push(size)
    this.#waitingBytes += size
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
    if (!lane) throw new SluiceError('INPUT_INVALID', `topic ${this.#topic} has no partition ${partition}, only ${count}`)
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
      while (lane.waiting.length > 0 && !this.#failure) await this.#send(lane)
    } catch (error) {
      this.#failure ??= sendFailed(this.#topic, lane.partition, error)
    } finally {
      lane.running = undefined
      if (this.#failure) this.#discard()
    }
  }

  async #send(lane: Lane): Promise<void> {
    let bytes = 0
    let count = 0
    while (count < lane.bytes.length && (count === 0 || bytes + (lane.bytes[count] as number) <= maxSendBytes))
      bytes += lane.bytes[count++] as number
    const messages = lane.waiting.slice(0, count)
    lane.waiting = lane.waiting.slice(count)
    lane.bytes = lane.bytes.slice(count)
    const acknowledged = await this.#producer.send({ topic: this.#topic, acks: -1, messages })
    const [only] = acknowledged
    // kafkajs resolves a send that lost its records when a partition moves: the acknowledgement is the only proof.
    if (acknowledged.length !== 1 || !only || only.partition !== lane.partition || only.errorCode !== 0) {
      throw new Error(`the broker acknowledged ${acknowledged.length} partitions, not the one that was sent to`)
    }
    this.#written.push({ partition: lane.partition, offset: Number(only.baseOffset ?? only.offset), count })
    this.#waitingBytes -= bytes
  }

  #discard(): void {
    for (const lane of this.#lanes) {
      lane.waiting = []
      lane.bytes = []
    }
    this.#waitingBytes = 0
  }
}

/** About what it takes in a request. */
function sizeOf({ key, value, headers }: WriterRecord): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0) + 32
  for (const name in headers) size += name.length + (headers[name]?.length ?? 0) + 4
  return size
}

function messageOfRecord(record: WriterRecord, partition: number): Message {
  const message: Message = { partition, key: record.key ? asBuffer(record.key) : null, value: record.value ? asBuffer(record.value) : null }
  if (record.timestamp !== undefined) message.timestamp = String(record.timestamp)
  if (record.headers) message.headers = record.headers
  return message
}

async function countPartitions(kafka: Kafka, topic: string): Promise<number> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions.length ?? 0
  } catch (error) {
    if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') {
      throw new SluiceError('TOPIC_MISSING', `topic ${topic} does not exist`, { cause: error })
    }
    throw unreachable(error)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

function unreachable(cause: unknown): SluiceError {
  return new SluiceError('BROKER_UNREACHABLE', `cannot reach Kafka: ${messageOf(cause)}`, { cause })
}

function sendFailed(topic: string, partition: number, cause: unknown): SluiceError {
  return new SluiceError('SEND_FAILED', `cannot write to partition ${partition} of topic ${topic}: ${messageOf(cause)}`, { cause })
}
