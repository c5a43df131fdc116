import { messageOf, SluiceError } from '../../proto/sluice-error.ts'
import type { Message, ProducerRecord, RecordMetadata } from './kafka-clients.ts'

/** Records for one topic-partition, in order. */
export interface Outgoing {
  readonly topic: string
  readonly partition: number
  readonly messages: Message[]
}

export type OutgoingBatch = readonly Outgoing[]

/** What was sent to each topic-partition ("topic-partition"): the offset after its last record. */
export type SentOffsets = ReadonlyMap<string, number>

type Send = (request: ProducerRecord) => Promise<RecordMetadata[]>

/** Bytes of records in one produce request: below the broker's default limit of 1 MB a batch. */
const maxRequestBytes = 900_000
/** Kafka's overhead a record, about. */
export const recordOverhead = 32

/**
 * Sends a batch; resolves when every record is acknowledged by all in-sync replicas. Throws SEND_FAILED: then some may have been written.
 * One topic-partition a request, and a partition's next request only after the acknowledgement of the last: kafkajs loses and doubles
 * records otherwise (upstream issue 1303, pull request 1798).
 */
export async function sendBatch(batch: OutgoingBatch, send: Send): Promise<SentOffsets> {
  const sent = new Map<string, number>()
  // All have settled before a failure is told: the producer is discarded then, and nothing may still be under way.
  const settled = await Promise.allSettled(
    batch.map(async outgoing => sent.set(`${outgoing.topic}-${outgoing.partition}`, await sendAll(outgoing, send))),
  )
  for (const result of settled) if (result.status === 'rejected') throw result.reason
  return sent
}

async function sendAll({ topic, partition, messages }: Outgoing, send: Send): Promise<number> {
  let next = 0
  let end = 0
  while (next < messages.length) {
    const first = next
    let bytes = 0
    do bytes += sizeOf(messages[next++] as Message)
    while (next < messages.length && bytes + sizeOf(messages[next] as Message) <= maxRequestBytes)
    const request = first === 0 && next === messages.length ? messages : messages.slice(first, next)
    end = (await sendOne({ topic, partition, messages: request }, send)) + request.length
  }
  return end
}

/** The first record's offset. */
async function sendOne({ topic, partition, messages }: Outgoing, send: Send): Promise<number> {
  let acknowledged
  try {
    acknowledged = await send({ topic, messages, acks: -1 })
  } catch (error) {
    throw new SluiceError('SEND_FAILED', `${messages.length} records could not be written to ${topic}-${partition}: ${messageOf(error)}`, {
      cause: error,
    })
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

function sizeOf(message: Message): number {
  return (message.key?.length ?? 0) + (message.value?.length ?? 0) + recordOverhead
}
