import { topicPartition, messageOf, SluiceError } from '../../../base/index.ts'
import { batchedGrowth, batchHeadBytes } from '../../output/index.ts'
import { protocolErrorOf, type Message, type ProducerRecord, type RecordMetadata } from '../kafka/index.ts'
import { messageBytes, type ProducedMessage } from '../kafka/kafkajs-mends/index.ts'

/** A record with its target partition. */
export interface OutgoingMessage extends ProducedMessage {
  readonly partition: number
}

/** Records for one topic-partition, in order. */
export interface Unsent {
  readonly topic: string
  readonly partition: number
  readonly messages: OutgoingMessage[]
}

/** The most bytes of records in one produce request, even if the topic accepts more; below the broker's default of 1 MB per batch. */
const maxRequestBytes = 900_000

/** Records for one topic-partition with the size of each record, by which they are split into batches. */
export class Outgoing implements Unsent {
  readonly topic: string
  readonly partition: number
  readonly messages: OutgoingMessage[] = []
  readonly #sizes: number[] = []
  readonly #maxBytes: number

  /** `maxBatchBytes`: the largest record batch that the topic accepts. */
  constructor(topic: string, partition: number, maxBatchBytes: number) {
    this.topic = topic
    this.partition = partition
    this.#maxBytes = Math.min(maxRequestBytes, maxBatchBytes) - batchHeadBytes
  }

  static of({ topic, partition, messages }: Unsent): Outgoing {
    const outgoing = new Outgoing(topic, partition, maxRequestBytes)
    for (const message of messages) outgoing.add(message, messageBytes(message))
    return outgoing
  }

  /** `size`: as `messageBytes` counts it. */
  add(message: OutgoingMessage, size: number): void {
    this.messages.push(message)
    this.#sizes.push(size)
  }

  /** Adds the records of another batch for the same topic-partition. */
  append(other: Outgoing): void {
    for (const message of other.messages) this.messages.push(message)
    for (const size of other.#sizes) this.#sizes.push(size)
  }

  /** Keeps the first `length` records; returns the size of the removed ones. */
  truncate(length: number): number {
    let bytes = 0
    for (let at = length; at < this.#sizes.length; at++) bytes += this.#sizes[at] as number
    if (length < this.#sizes.length) {
      this.messages.length = length
      this.#sizes.length = length
    }
    return bytes
  }

  /** The bytes of the records from `from` up to `end`. */
  bytesBetween(from: number, end: number): number {
    let bytes = 0
    for (let at = from; at < end; at++) bytes += this.#sizes[at] as number
    return bytes
  }

  /** The end (exclusive) of the batch that begins at `from`: before the first record that does not fit. A batch has at least one record. */
  batchEnd(from: number): number {
    let bytes = this.#sizes[from] as number
    let end = from + 1
    for (; end < this.#sizes.length; end++) {
      bytes += (this.#sizes[end] as number) + batchedGrowth
      if (bytes > this.#maxBytes) break
    }
    return end
  }
}

export type OutgoingBatch = readonly Unsent[]

/** The offset after the last sent record of each topic-partition, by "topic-partition". */
export type SentOffsets = ReadonlyMap<string, number>

type Send = (request: ProducerRecord) => Promise<RecordMetadata[]>

/**
 * Sends a batch; resolves when every record is acknowledged by all in-sync replicas. Throws SEND_FAILED: then some records may have been written.
 * A request holds one topic-partition, and the next request for a partition follows the acknowledgement of the last: otherwise kafkajs loses and
 * duplicates records (upstream issue 1303, pull request 1798).
 */
export async function sendBatch(batch: OutgoingBatch, send: Send): Promise<SentOffsets> {
  const sent = new Map<string, number>()
  // Wait for all before a failure is thrown: the producer is discarded then, and no request may still be in flight.
  const settled = await Promise.allSettled(
    batch.map(async outgoing => sent.set(topicPartition(outgoing.topic, outgoing.partition), await sendAll(outgoing, send))),
  )
  for (const result of settled) if (result.status === 'rejected') throw result.reason
  return sent
}

async function sendAll(unsent: Unsent, send: Send): Promise<number> {
  const outgoing = unsent instanceof Outgoing ? unsent : Outgoing.of(unsent)
  const { messages } = outgoing
  let end = 0
  for (let first = 0; first < messages.length;) {
    const next = outgoing.batchEnd(first)
    const request = first === 0 && next === messages.length ? messages : messages.slice(first, next)
    end = (await sendOne(outgoing, request, send)) + request.length
    first = next
  }
  return end
}

/** Sends one request; returns the offset of its first record. */
async function sendOne({ topic, partition }: Unsent, messages: OutgoingMessage[], send: Send): Promise<number> {
  let acknowledged
  try {
    // Our encoder accepts timestamps as numbers and headers as bytes; kafkajs' types have strings and objects.
    acknowledged = await send({ topic, messages: messages as unknown as Message[], acks: -1 })
  } catch (error) {
    throw sendFailed(topic, `${messages.length} records could not be written to ${topicPartition(topic, partition)}`, error)
  }
  const [only] = acknowledged
  if (acknowledged.length !== 1 || only?.partition !== partition || only.errorCode !== 0) {
    throw new SluiceError(
      'SEND_FAILED',
      `${messages.length} records for ${topicPartition(topic, partition)} were not acknowledged: the partition's leader moved`,
    )
  }
  return Number(only.baseOffset)
}

/** A SEND_FAILED error for a failed write, with a remedy if the right WRITE is missing. */
export function sendFailed(topic: string, what: string, cause: unknown): SluiceError {
  const remedy =
    protocolErrorOf(cause) === 'TOPIC_AUTHORIZATION_FAILED'
      ? ` The user of this application lacks the right WRITE on topic "${topic}": kafka-acls --add --allow-principal User:… --operation Write --topic ${topic}`
      : ''
  return new SluiceError('SEND_FAILED', `${what}: ${messageOf(cause)}${remedy}`, { cause })
}
