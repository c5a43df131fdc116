import { ByteReader } from '../../../../base/index.ts'
import { crc32c } from '../../../../topology/runtime/kafka/kafkajs-mends/crc32c.ts'

/** A record batch (format v2) in a partition's log, and what its head says. */
export interface Batch {
  readonly bytes: Buffer
  readonly baseOffset: number
  readonly lastOffset: number
  readonly records: number
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly epoch: number
  /** −1: of a producer without sequences. */
  readonly firstSequence: number
  readonly compressed: boolean
  readonly transactional: boolean
  /** A marker that ends a transaction. */
  readonly control: boolean
}

export interface RecordOfBatch {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[]
  /** The record as it stands in the batch, its length before it. */
  readonly bytes: Buffer
}

export const batchHead = 61
const crcAt = 17
const attributesAt = 21
const high = 0x1_0000_0000

function int64At(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * high + bytes.readUInt32BE(at + 4)
}

function putInt64(bytes: Buffer, value: number, at: number): void {
  const upper = Math.floor(value / high)
  bytes.writeInt32BE(upper, at)
  bytes.writeUInt32BE(value - upper * high, at + 4)
}

/** The bytes as a batch whose first offset is this one: it is written into them. */
export function batchAt(bytes: Buffer, baseOffset: number): Batch {
  putInt64(bytes, baseOffset, 0)
  const attributes = bytes.readInt16BE(attributesAt)
  return {
    bytes,
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(23),
    firstTimestamp: int64At(bytes, 27),
    maxTimestamp: int64At(bytes, 35),
    producerId: int64At(bytes, 43),
    epoch: bytes.readInt16BE(51),
    firstSequence: bytes.readInt32BE(53),
    records: bytes.readInt32BE(57),
    compressed: (attributes & 0x07) !== 0,
    transactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) !== 0,
  }
}

/** Only of batches that are not compressed. */
export function recordsOf(batch: Batch): RecordOfBatch[] {
  if (batch.compressed) throw new Error(`the batch at offset ${batch.baseOffset} is compressed: its records cannot be read here`)
  const reader = new ByteReader(batch.bytes, batchHead)
  const records: RecordOfBatch[] = []
  for (let left = batch.records; left > 0; left--) {
    const start = reader.at
    const length = reader.varint()
    const end = reader.at + length
    reader.at++
    const timestamp = batch.firstTimestamp + reader.varlong()
    const offset = batch.baseOffset + reader.varint()
    const key = reader.varbytes()
    const value = reader.varbytes()
    const headers = Array.from({ length: reader.varint() }, () => ({
      key: (reader.varbytes() as Buffer).toString(),
      value: reader.varbytes(),
    }))
    reader.at = end
    records.push({ offset, timestamp, key, value, headers, bytes: batch.bytes.subarray(start, end) })
  }
  return records
}

/** The batch with these of its records alone: as compaction leaves it. Offsets stay, those of its ends too. */
export function batchWithout(batch: Batch, kept: readonly RecordOfBatch[]): Batch {
  const bytes = Buffer.concat([batch.bytes.subarray(0, batchHead), ...kept.map(record => record.bytes)])
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt32BE(kept.length, 57)
  sealed(bytes)
  return batchAt(bytes, batch.baseOffset)
}

export interface Marker {
  readonly producerId: number
  readonly epoch: number
  readonly committed: boolean
  readonly coordinatorEpoch: number
}

const markerLength = 78

/** A control batch, as Kafka writes it. */
export function markerBytes({ producerId, epoch, committed, coordinatorEpoch }: Marker, timestamp: number): Buffer {
  const bytes = Buffer.alloc(markerLength)
  bytes.writeInt32BE(markerLength - 12, 8)
  bytes.writeInt8(2, 16)
  bytes.writeInt16BE(0x30, attributesAt)
  putInt64(bytes, timestamp, 27)
  putInt64(bytes, timestamp, 35)
  putInt64(bytes, producerId, 43)
  bytes.writeInt16BE(epoch, 51)
  bytes.writeInt32BE(-1, 53)
  bytes.writeInt32BE(1, 57)
  // The record: its length 16, no attributes, both deltas 0; a key of 4 bytes, a value of 6, no headers.
  bytes.writeUInt8(32, 61)
  bytes.writeUInt8(8, 65)
  bytes.writeInt16BE(committed ? 1 : 0, 68)
  bytes.writeUInt8(12, 70)
  bytes.writeInt32BE(coordinatorEpoch, 73)
  sealed(bytes)
  return bytes
}

function sealed(bytes: Buffer): void {
  bytes.writeUInt32BE(crc32c(bytes, attributesAt), crcAt)
}
