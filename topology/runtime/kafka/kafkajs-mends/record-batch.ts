import { type Bytes, ByteWriter, env, varbytesSize, varintSize, varlongSize } from '../../../../base/index.ts'
import { headerBytes } from '../../../record-headers.ts'
import { batchHeadBytes, recordBytes } from '../../../output/index.ts'
import { crc32c } from './crc32c.ts'

/** A message as `producer.send` accepts it. */
export interface ProducedMessage {
  readonly key?: Bytes
  readonly value: Bytes
  /** Epoch ms; default: now. */
  readonly timestamp?: string | number | undefined | null
  /** Headers by name; or the bytes of a record's headers (their number, then the headers), which are written without a check. */
  readonly headers?: Uint8Array | Readonly<Record<string, Bytes | readonly Bytes[]>> | undefined
}

export interface BatchFields {
  readonly compression: number
  readonly transactional: boolean
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly firstSequence: number
}

/** Compresses the bytes of the records, which it gets as `encoder.buffer`, like kafkajs' codecs. */
export type Compress = (encoder: { readonly buffer: Buffer }) => Promise<Buffer>

const crcAt = 17
const attributesAt = 21
const magic = 2
const transactionalBit = 0x10
const compressionBits = 0x07

/** The values and sizes of the records, computed before they are written. */
interface Counted {
  readonly timestamps: readonly number[]
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly headers: readonly (Uint8Array | undefined)[]
  /** The bytes of each record without its length field. */
  readonly sizes: readonly number[]
  readonly size: number
}

/**
 * Encodes a record batch (format v2) to one Buffer of its exact size. Timestamps are relative to the smallest, compared as numbers; 0 is a valid
 * timestamp. `compress` is given if and only if `fields.compression` is not 0.
 */
export async function encodeRecordBatch(messages: readonly ProducedMessage[], fields: BatchFields, compress?: Compress): Promise<Buffer> {
  const counted = count(messages)
  if (!compress) {
    const writer = new ByteWriter(batchHeadBytes + counted.size)
    writer.at = batchHeadBytes
    writeRecords(writer, messages, counted)
    return finish(writer, fields, counted)
  }
  const plain = new ByteWriter(counted.size)
  writeRecords(plain, messages, counted)
  const packed = await compress(plain)
  const writer = new ByteWriter(batchHeadBytes + packed.length)
  writer.buffer.set(packed, batchHeadBytes)
  return finish(writer, fields, counted)
}

function count(messages: readonly ProducedMessage[]): Counted {
  const now = env.now()
  const timestamps = messages.map(({ timestamp }) => (timestamp === undefined || timestamp === null ? now : toTimestamp(timestamp)))
  let firstTimestamp = timestamps[0] ?? now
  let maxTimestamp = firstTimestamp
  for (const timestamp of timestamps) {
    if (timestamp < firstTimestamp) firstTimestamp = timestamp
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
  }
  const headers = messages.map(message => (message.headers instanceof Uint8Array ? message.headers : headerBytes(message.headers)))
  let size = 0
  const sizes = messages.map((message, index) => {
    const delta = (timestamps[index] as number) - firstTimestamp
    const own = varbytesSize(message.key) + varbytesSize(message.value) + (headers[index]?.length ?? 1)
    const body = 1 + varlongSize(delta) + varintSize(index) + own
    size += varintSize(body) + body
    return body
  })
  return { timestamps, firstTimestamp, maxTimestamp, headers, sizes, size }
}

/** The bytes of the message as the only record of a batch, without the batch's header. */
export function messageBytes({ key, value, headers }: ProducedMessage): number {
  return recordBytes(key, value, headers instanceof Uint8Array ? headers : headerBytes(headers))
}

function toTimestamp(value: string | number): number {
  const timestamp = Number(value)
  if (!Number.isSafeInteger(timestamp) || value === '')
    throw new TypeError(`a message's timestamp is not a whole number of milliseconds: "${value}"`)
  return timestamp
}

function writeRecords(writer: ByteWriter, messages: readonly ProducedMessage[], counted: Counted): void {
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as ProducedMessage
    writer.varint(counted.sizes[index] as number)
    writer.int8(0)
    writer.varlong((counted.timestamps[index] as number) - counted.firstTimestamp)
    writer.varint(index)
    writer.varbytes(message.key)
    writer.varbytes(message.value)
    const headers = counted.headers[index]
    if (headers === undefined) writer.varint(0)
    else writer.bytes(headers)
  }
}

/** Writes the header of the batch; the checksum last. */
function finish(writer: ByteWriter, fields: BatchFields, counted: Counted): Buffer {
  const { buffer } = writer
  writer.at = 0
  writer.int64(0n) // base offset: set by the broker
  writer.int32(buffer.length - 12)
  writer.int32(0) // partition leader epoch: set by the broker
  writer.int8(magic)
  writer.at = attributesAt
  writer.int16((fields.compression & compressionBits) | (fields.transactional ? transactionalBit : 0))
  writer.int32(counted.sizes.length - 1)
  writer.int64(BigInt(counted.firstTimestamp))
  writer.int64(BigInt(counted.maxTimestamp))
  writer.int64(fields.producerId)
  writer.int16(fields.producerEpoch)
  writer.int32(fields.firstSequence)
  writer.int32(counted.sizes.length)
  buffer.writeUInt32BE(crc32c(buffer, attributesAt), crcAt)
  return buffer
}
