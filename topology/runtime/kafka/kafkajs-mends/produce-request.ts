import { ByteWriter } from '../../../../base/index.ts'
import type { KafkaJsModules, Mend } from './mend.ts'
import { encodeRecordBatch, type BatchFields, type Compress, type ProducedMessage } from './record-batch.ts'

interface ProduceRequest {
  readonly acks: number
  readonly timeout: number
  readonly transactionalId?: string | null
  /** kafkajs passes a number, a string or its own Long. */
  readonly producerId?: number | string | bigint | { readonly value: bigint }
  readonly producerEpoch?: number
  readonly compression?: number
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[]
}

interface PartitionData {
  readonly partition: number
  readonly firstSequence?: number
  readonly messages: readonly ProducedMessage[]
}

type LookupCodec = (type: number) => { compress(...args: Parameters<Compress>): ReturnType<Compress> } | null

const produceApiKey = 0

/** Makes kafkajs' `produce/v3/request`. Later versions only change the version number. */
export function makeProduceRequest(lookupCodec: LookupCodec) {
  return (request: ProduceRequest) => ({
    apiKey: produceApiKey,
    apiVersion: 3,
    apiName: 'Produce',
    expectResponse: () => request.acks !== 0,
    encode: () => encode(request, lookupCodec),
  })
}

async function encode(request: ProduceRequest, lookupCodec: LookupCodec): Promise<ByteWriter> {
  const compression = request.compression ?? 0
  const codec = compression === 0 ? null : lookupCodec(compression)
  if (compression !== 0 && !codec) throw new TypeError(`there is no compression ${compression}`)
  const common = {
    compression,
    transactional: Boolean(request.transactionalId),
    producerId: toBigInt(request.producerId ?? -1),
    producerEpoch: request.producerEpoch ?? 0,
  }
  const parts: Uint8Array[] = [requestHead(request)]
  for (const { topic, partitions } of request.topicData) {
    parts.push(topicHead(topic, partitions.length))
    for (const { partition, firstSequence = 0, messages } of partitions) {
      const fields: BatchFields = { ...common, firstSequence }
      const batch = await encodeRecordBatch(messages, fields, codec ? encoder => codec.compress(encoder) : undefined)
      parts.push(partitionHead(partition, batch.length), batch)
    }
  }
  return joined(parts)
}

function requestHead({ transactionalId, acks, timeout, topicData }: ProduceRequest): Buffer {
  const id = transactionalId === null || transactionalId === undefined ? undefined : Buffer.from(transactionalId)
  const head = new ByteWriter(12 + (id?.length ?? 0))
  string(head, id)
  head.int16(acks)
  head.int32(timeout)
  head.int32(topicData.length)
  return head.buffer
}

function topicHead(topic: string, partitions: number): Buffer {
  const name = Buffer.from(topic)
  const head = new ByteWriter(6 + name.length)
  string(head, name)
  head.int32(partitions)
  return head.buffer
}

function partitionHead(partition: number, bytes: number): Buffer {
  const head = new ByteWriter(8)
  head.int32(partition)
  head.int32(bytes)
  return head.buffer
}

function string(writer: ByteWriter, bytes: Buffer | undefined): void {
  writer.int16(bytes?.length ?? -1)
  if (!bytes) return
  writer.bytes(bytes)
}

function toBigInt(value: NonNullable<ProduceRequest['producerId']>): bigint {
  return typeof value === 'object' ? value.value : BigInt(value)
}

function joined(parts: readonly Uint8Array[]): ByteWriter {
  const writer = new ByteWriter(parts.reduce((size, part) => size + part.length, 0))
  for (const part of parts) writer.bytes(part)
  return writer
}

interface EncodedRequest {
  readonly correlationId: number
  readonly clientId: string
  readonly request: { readonly apiKey: number; readonly apiVersion: number; encode(): Promise<{ readonly buffer: Buffer }> }
}

/** Encodes a whole request to one Buffer. kafkajs copies it through two more growing Buffers. */
export async function encodeRequest({ correlationId, clientId, request }: EncodedRequest): Promise<ByteWriter> {
  const payload = (await request.encode()).buffer
  const client = Buffer.from(clientId)
  const head = new ByteWriter(14 + client.length)
  head.int32(head.buffer.length - 4 + payload.length)
  head.int16(request.apiKey)
  head.int16(request.apiVersion)
  head.int32(correlationId)
  string(head, client)
  return joined([head.buffer, payload])
}

/**
 * kafkajs encodes each record through about ten small growing Buffers, sorts timestamps as strings (10 before 9), and replaces timestamp 0 by the
 * present time.
 */
export const produceRequestMend: Mend = {
  defect: 'slow record batches, timestamps sorted as strings, timestamp 0 lost',
  apply(modules: KafkaJsModules) {
    const { lookupCodec } = modules.load('src/protocol/message/compression/index.js') as { lookupCodec: LookupCodec }
    modules.replace('src/protocol/requests/produce/v3/request.js', makeProduceRequest(lookupCodec))
    modules.replace('src/protocol/request.js', encodeRequest)
  },
}
