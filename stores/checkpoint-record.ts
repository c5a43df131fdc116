import { crc32 } from 'node:zlib'
import { RowDigest } from './row-digest.ts'
import type { Checkpoint } from './state-store.ts'

const LENGTH = 24

/** What is stored beside the rows, in the same batch: the changelog offset and the rows' digest, closed by a CRC of its own. */
export interface CheckpointRecord {
  readonly checkpoint: Checkpoint
  readonly digest: RowDigest
}

export function encodeCheckpoint({ checkpoint, digest }: CheckpointRecord): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH)
  bytes.writeDoubleBE(checkpoint.changelogOffset, 0)
  bytes.writeDoubleBE(digest.count, 8)
  bytes.writeUInt32BE(digest.hash, 16)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 20)), 20)
  return bytes
}

/** undefined: these bytes are no checkpoint. */
export function decodeCheckpoint(bytes: Buffer): CheckpointRecord | undefined {
  if (bytes.length !== LENGTH || bytes.readUInt32BE(20) !== crc32(bytes.subarray(0, 20))) return undefined
  return {
    checkpoint: { changelogOffset: bytes.readDoubleBE(0) },
    digest: new RowDigest(bytes.readDoubleBE(8), bytes.readUInt32BE(16)),
  }
}
