import { ByteReader } from '../../../../base/index.ts'
import { UnreadableBatch, type BatchFailure } from '../codecs/index.ts'
import { ConsumerBatch } from './consumer-batch.ts'
import { FetchedRecord, type BatchContext, type BatchStart } from './fetched-record.ts'
import type { Mend } from './mend.ts'

/** The records of one partition in a fetch answer, including control records. */
export type FetchedRecords = FetchedRecord[] & {
  /** The offset after the last record batch, from which compaction may have removed the last or all records. 0: there was no batch. */
  nextOffset: number
  /** The bytes of memory of which the records are views. They are freed when the last of the records is freed. */
  size: number
  /** Why the first record batch cannot be read; there are no records then. ConsumerBatch, which knows the topic, tells it. */
  failure?: BatchFailure
}

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>
}
type LookupCodec = (attributes: number) => Codec | null

/** The part of kafkajs' Decoder that is used. */
interface Decoder {
  readonly buffer: Buffer
  offset: number
  readInt32(): number
  canReadBytes(length: number): boolean
  readBytes(length: number): Buffer
}

/**
 * When a partition's part of an answer has unpacked to this many bytes, the rest is left for the next fetch, because small answers can unpack to very
 * much.
 */
const enoughUnpacked = 64 * 1024 * 1024

/**
 * A partition's part that is below this share of the answer is copied; otherwise one waiting record would keep the bytes of all other partitions in
 * memory.
 */
const smallShare = 1 / 4

const headSize = 61
const magicAt = 16
const transactionalBit = 0x10
const controlBit = 0x20
const appendTimeBit = 0x08

/**
 * Decodes whole record batches (format v2). An incomplete batch at the end is left for the next fetch. So are a batch that cannot be unpacked and all
 * after it; if it is the first batch, the result has a `failure`.
 */
export async function decodeRecordBatches(bytes: Buffer, lookupCodec: LookupCodec): Promise<FetchedRecords> {
  const records: FetchedRecords = Object.assign([], { nextOffset: 0, size: 0 })
  let unpacked = 0
  for (let at = 0; at + headSize <= bytes.length && unpacked < enoughUnpacked;) {
    const end = at + 12 + bytes.readInt32BE(at + 8)
    if (end > bytes.length) break
    const firstOffset = Number(bytes.readBigInt64BE(at))
    const context = readContext(bytes, at)
    const appendTimestamp = context.timestampType === 1 ? Number(context.maxTimestamp) : undefined
    const codec = lookupCodec(bytes.readInt16BE(at + 21))
    const content = await contentOf(bytes.subarray(at + headSize, end), codec)
    const batch = { context, firstOffset, firstTimestamp: Number(context.firstTimestamp), appendTimestamp }
    const error = content instanceof UnreadableBatch ? content : addRecords(records, content, bytes.readInt32BE(at + 57), batch)
    if (error !== undefined) {
      const last = firstOffset + context.lastOffsetDelta
      if (at === 0) records.failure = { error, offset: firstOffset, last, timestamp: Number(context.maxTimestamp) }
      break
    }
    if (codec) unpacked += (content as Buffer).length
    records.size += (content as Buffer).length
    records.nextOffset = firstOffset + context.lastOffsetDelta + 1
    at = end
  }
  return records
}

/** Adds the records of one batch; if they do not fill it, adds none and returns the error. */
function addRecords(records: FetchedRecord[], content: Buffer, count: number, batch: BatchStart): UnreadableBatch | undefined {
  const reader = new ByteReader(content)
  const before = records.length
  try {
    for (let left = count; left > 0; left--) {
      const length = reader.varint()
      const recordEnd = reader.at + length
      if (length < 0 || recordEnd > reader.buffer.length) throw new RangeError('one of its records ends beyond it')
      records.push(new FetchedRecord(reader, recordEnd, batch))
    }
    return undefined
  } catch (cause) {
    records.length = before
    if (cause instanceof RangeError) return new UnreadableBatch(`its records are damaged: ${cause.message}`, { cause })
    throw cause
  }
}

/** The bytes of one partition; copied if they are a small share of the whole answer. */
function ownBytes(part: Buffer): Buffer {
  if (part.length >= part.buffer.byteLength * smallShare) return part
  const own = Buffer.allocUnsafeSlow(part.length)
  part.copy(own)
  return own
}

/** The unpacked bytes of the records, or the error for a batch that cannot be unpacked. */
async function contentOf(content: Buffer, codec: Codec | null): Promise<Buffer | UnreadableBatch> {
  if (!codec || content.length === 0) return content
  try {
    return await codec.decompress(content)
  } catch (error) {
    if (error instanceof UnreadableBatch) return error
    throw error
  }
}

function readContext(bytes: Buffer, at: number): BatchContext {
  const attributes = bytes.readInt16BE(at + 21)
  return {
    firstOffset: String(bytes.readBigInt64BE(at)),
    lastOffsetDelta: bytes.readInt32BE(at + 23),
    firstTimestamp: String(bytes.readBigInt64BE(at + 27)),
    maxTimestamp: String(bytes.readBigInt64BE(at + 35)),
    timestampType: attributes & appendTimeBit ? 1 : 0,
    partitionLeaderEpoch: bytes.readInt32BE(at + 12),
    producerId: String(bytes.readBigInt64BE(at + 43)),
    producerEpoch: bytes.readInt16BE(at + 51),
    firstSequence: bytes.readInt32BE(at + 53),
    inTransaction: (attributes & transactionalBit) !== 0,
    isControlBatch: (attributes & controlBit) !== 0,
    magicByte: bytes.readInt8(at + magicAt),
  }
}

/**
 * kafkajs decodes each record through BigInts and strings, which is a third of a consumer's time. It overflows the stack on batches of more than
 * about 100,000 records. It does not know the end of a batch whose last records were compacted away, so that the position advances slowly or not at
 * all.
 */
export const fetchDecodeMend: Mend = {
  defect: 'slow fetch decoding, stack overflow on large batches, positions that stand still after compaction',
  apply(modules) {
    const { lookupCodecByAttributes } = modules.load('src/protocol/message/compression/index.js') as {
      lookupCodecByAttributes: LookupCodec
    }
    const path = 'src/protocol/requests/fetch/v4/decodeMessages.js'
    const decodeOld = modules.load(path) as (decoder: Decoder) => Promise<unknown[]>
    modules.replace(path, async (decoder: Decoder) => {
      const start = decoder.offset
      const size = decoder.readInt32()
      if (size <= 0 || !decoder.canReadBytes(size)) return []
      const bytes = ownBytes(decoder.readBytes(size))
      if (size <= magicAt) return []
      if (bytes.readInt8(magicAt) === 2) return decodeRecordBatches(bytes, lookupCodecByAttributes)
      decoder.offset = start
      return decodeOld(decoder)
    })
    modules.replace('src/consumer/batch.js', ConsumerBatch)
  },
}
