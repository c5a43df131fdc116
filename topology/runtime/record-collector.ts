import { SluiceError, messageOf } from '../../proto/sluice-error.ts'
import type { Collector, CollectorMark, OutputRecord } from '../collector.ts'
import type { IHeaders, Message, Producer } from './kafka-clients.ts'
import { partitionForKey } from './murmur2.ts'

/** Bytes of records in one produce request: below the broker's default limit of 1 MB a batch. */
const maxRequestBytes = 900_000
/** Kafka's overhead a record, about. */
const recordOverhead = 32

interface Outgoing {
  readonly topic: string
  readonly partition: number
  readonly messages: Message[]
}

/** What a flush sent to one topic-partition: the offset after its last record. */
export type SentOffsets = ReadonlyMap<string, number>

export interface RecordCollectorParts {
  readonly producer: Producer
  /** Partitions of each topic that is written to. */
  readonly partitionCounts: ReadonlyMap<string, number>
  /** Where records without a key go, modulo the topic's partitions: the input's. */
  readonly inputPartition: number
}

/**
 * Buffers what a task writes and sends it when told.
 * One topic-partition a request, and the next request of a partition only after the acknowledgement of the last: kafkajs loses and doubles records otherwise
 * (upstream issue 1303, pull request 1798).
 */
export class RecordCollector implements Collector {
  readonly #parts: RecordCollectorParts
  #pending = new Map<string, Outgoing>()
  #last: { topic: string; key: Uint8Array; partition: number } | undefined
  /** Records and bytes that wait for the next flush. */
  pendingRecords = 0
  pendingBytes = 0

  constructor(parts: RecordCollectorParts) {
    this.#parts = parts
  }

  send(topic: string, partition: number | undefined, record: OutputRecord): void {
    const target = partition ?? this.#partitionOf(topic, record.key)
    const { key, value, timestamp, headers } = record
    const message = { key, value, partition: target, timestamp: String(timestamp) } as Message
    if (headers !== undefined) message.headers = headers as IHeaders
    this.#outgoing(topic, target).messages.push(message)
    this.pendingRecords++
    this.pendingBytes += (key?.length ?? 0) + (value?.length ?? 0) + recordOverhead
  }

  mark(): CollectorMark {
    return { lengths: new Map([...this.#pending].map(([name, outgoing]) => [name, outgoing.messages.length])) }
  }

  rollback(mark: CollectorMark): void {
    for (const [name, outgoing] of this.#pending) {
      const kept = mark.lengths.get(name) ?? 0
      this.pendingRecords -= outgoing.messages.length - kept
      outgoing.messages.length = kept
    }
  }

  /** Takes what waits; records sent from now on belong to the next batch. */
  take(): OutgoingBatch {
    const batch = [...this.#pending.values()].filter(outgoing => outgoing.messages.length > 0)
    this.#pending = new Map()
    this.pendingRecords = 0
    this.pendingBytes = 0
    return batch
  }

  /** Sends a batch; resolves when every record is acknowledged by all in-sync replicas. Throws SEND_FAILED: then some may have been written. */
  async flush(batch: OutgoingBatch): Promise<SentOffsets> {
    const sent = new Map<string, number>()
    // All have settled before a failure is told: the producer is discarded then, and nothing may still be under way.
    const settled = await Promise.allSettled(
      batch.map(async outgoing => sent.set(`${outgoing.topic}-${outgoing.partition}`, await this.#sendAll(outgoing))),
    )
    for (const result of settled) if (result.status === 'rejected') throw result.reason
    return sent
  }

  async #sendAll({ topic, partition, messages }: Outgoing): Promise<number> {
    let next = 0
    let end = 0
    while (next < messages.length) {
      const first = next
      let bytes = 0
      do bytes += sizeOf(messages[next++] as Message)
      while (next < messages.length && bytes + sizeOf(messages[next] as Message) <= maxRequestBytes)
      const request = first === 0 && next === messages.length ? messages : messages.slice(first, next)
      end = (await this.#request(topic, partition, request)) + request.length
    }
    return end
  }

  /** The first record's offset. */
  async #request(topic: string, partition: number, messages: Message[]): Promise<number> {
    let acknowledged
    try {
      acknowledged = await this.#parts.producer.send({ topic, messages, acks: -1 })
    } catch (error) {
      throw new SluiceError(
        'SEND_FAILED',
        `${messages.length} records could not be written to ${topic}-${partition}: ${messageOf(error)}`,
        { cause: error },
      )
    }
    const [only] = acknowledged
    if (acknowledged.length !== 1 || only?.partition !== partition || only.errorCode !== 0) {
      throw new SluiceError(
        'SEND_FAILED',
        `${messages.length} records for ${topic}-${partition} were not acknowledged: the partition's leader moved`,
      )
    }
    return Number(only.baseOffset)
  }

  #outgoing(topic: string, partition: number): Outgoing {
    const name = `${topic}-${partition}`
    let outgoing = this.#pending.get(name)
    if (outgoing === undefined) this.#pending.set(name, (outgoing = { topic, partition, messages: [] }))
    return outgoing
  }

  #partitionOf(topic: string, key: Uint8Array | null): number {
    const count = this.#parts.partitionCounts.get(topic)
    if (count === undefined) throw new SluiceError('TOPIC_MISSING', `the topic "${topic}" was not there when the application started`)
    if (key === null) return this.#parts.inputPartition % count
    const last = this.#last
    if (last !== undefined && last.topic === topic && (last.key === key || Buffer.compare(last.key, key) === 0)) return last.partition
    const partition = partitionForKey(key, count)
    this.#last = { topic, key, partition }
    return partition
  }
}

export type OutgoingBatch = readonly Outgoing[]

function sizeOf(message: Message): number {
  return (message.key?.length ?? 0) + (message.value?.length ?? 0) + recordOverhead
}
