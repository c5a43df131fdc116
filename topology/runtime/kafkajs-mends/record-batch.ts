import { ByteWriter, varbytesSize, varintSize, varlongSize, type Bytes } from './byte-writer.ts'
import { crc32c } from './crc32c.ts'

type HeaderValues = Bytes | readonly Bytes[]

/** A message as `producer.send` takes it. */
export interface ProducedMessage {
  readonly key?: Bytes
  readonly value: Bytes
  /** Epoch ms; default: now. */
  readonly timestamp?: string | number | undefined | null
  readonly headers?: Readonly<Record<string, HeaderValues>> | undefined
}

export interface BatchFields {
  readonly compression: number
  readonly transactional: boolean
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly firstSequence: number
}

/** Compresses the bytes of the records. It gets them as kafkajs' codecs do: `encoder.buffer`. */
export type Compress = (encoder: { readonly buffer: Buffer }) => Promise<Buffer>

const headSize = 61
const crcAt = 17
const attributesAt = 21
const magic = 2
const transactionalBit = 0x10
const compressionBits = 0x07

/** Records as they are counted before they are written. */
interface Counted {
  readonly timestamps: readonly number[]
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  /** Of each record, without the length before it. */
  readonly sizes: readonly number[]
  readonly size: number
}

/**
 * One record batch (format v2) in one Buffer of its exact size. Timestamps count from the least, are compared as numbers, and 0 is 0.
 * `compress` is given if and only if `fields.compression` is not 0.
 */
export async function encodeRecordBatch(messages: readonly ProducedMessage[], fields: BatchFields, compress?: Compress): Promise<Buffer> {
  const counted = count(messages)
  if (!compress) {
    const writer = new ByteWriter(headSize + counted.size)
    writer.at = headSize
    writeRecords(writer, messages, counted)
    return finish(writer, fields, counted)
  }
  const plain = new ByteWriter(counted.size)
  writeRecords(plain, messages, counted)
  const packed = await compress(plain)
  const writer = new ByteWriter(headSize + packed.length)
  writer.buffer.set(packed, headSize)
  return finish(writer, fields, counted)
}

function count(messages: readonly ProducedMessage[]): Counted {
  const now = Date.now()
  const timestamps = messages.map(({ timestamp }) => (timestamp === undefined || timestamp === null ? now : toTimestamp(timestamp)))
  let firstTimestamp = timestamps[0] ?? now
  let maxTimestamp = firstTimestamp
  for (const timestamp of timestamps) {
    if (timestamp < firstTimestamp) firstTimestamp = timestamp
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
  }
  let size = 0
  const sizes = messages.map((message, index) => {
    const delta = (timestamps[index] as number) - firstTimestamp
    const body =
      1 + varlongSize(delta) + varintSize(index) + varbytesSize(message.key) + varbytesSize(message.value) + headersSize(message.headers)
    size += varintSize(body) + body
    return body
  })
  return { timestamps, firstTimestamp, maxTimestamp, sizes, size }
}

function toTimestamp(value: string | number): number {
  const timestamp = Number(value)
  if (!Number.isSafeInteger(timestamp) || value === '')
    throw new TypeError(`a message's timestamp is no whole number of milliseconds: "${value}"`)
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
    writeHeaders(writer, message.headers)
  }
}

/** Everything before the records; the checksum last. */
function finish(writer: ByteWriter, fields: BatchFields, counted: Counted): Buffer {
  const { buffer } = writer
  writer.at = 0
  writer.int64(0n) // base offset: the broker's
  writer.int32(buffer.length - 12)
  writer.int32(0) // partition leader epoch: the broker's
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

function headersSize(headers: ProducedMessage['headers']): number {
  if (headers === undefined) return 1
  let number = 0
  let size = 0
  for (const name of Object.keys(headers)) {
    for (const value of valuesOf(headers[name])) {
      number++
      size += varbytesSize(name) + varbytesSize(value)
    }
  }
  return varintSize(number) + size
}

function writeHeaders(writer: ByteWriter, headers: ProducedMessage['headers']): void {
  if (headers === undefined) return writer.varint(0)
  const names = Object.keys(headers)
  writer.varint(names.reduce((number, name) => number + valuesOf(headers[name]).length, 0))
  for (const name of names) {
    for (const value of valuesOf(headers[name])) {
      writer.varbytes(name)
      writer.varbytes(value)
    }
  }
}

function valuesOf(values: HeaderValues): readonly Bytes[] {
  return Array.isArray(values) ? (values as readonly Bytes[]) : [values as Bytes]
}
