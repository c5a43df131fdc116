import { crc32 } from 'node:zlib'
import { RowDigest } from './row-digest.ts'
import type { ChangelogStanding, Checkpoint } from '../state-store.ts'

/** Length without the standing, which older builds did not write. The CRC is the last four bytes. */
const LENGTH = 24
const STANDING_AT = 20
const ID_LENGTH = 16
const LONG_LENGTH = LENGTH + 8 + ID_LENGTH
/** What follows the standing if there is a commit: its offset, and its note to the end. */
const COMMIT_AT = LONG_LENGTH - 4
const NO_ID = Buffer.alloc(ID_LENGTH)

/** Stored in the same batch as the rows: the changelog offset and the digest of all rows, with a CRC of its own. */
export interface CheckpointRecord {
  readonly checkpoint: Checkpoint
  readonly digest: RowDigest
}

export function encodeCheckpoint({ checkpoint, digest }: CheckpointRecord): Buffer {
  const { changelogOffset, standing, commit } = checkpoint
  const note = Buffer.from(commit?.note ?? '')
  const long = standing !== undefined || commit !== undefined
  const bytes = Buffer.alloc(commit !== undefined ? LONG_LENGTH + 8 + note.length : long ? LONG_LENGTH : LENGTH)
  bytes.writeDoubleBE(changelogOffset, 0)
  bytes.writeDoubleBE(digest.count, 8)
  bytes.writeUInt32BE(digest.hash, 16)
  if (standing !== undefined) {
    bytes.writeDoubleBE(standing.asOf, STANDING_AT)
    bytes.write(standing.topicId ?? '', STANDING_AT + 8, ID_LENGTH, 'base64url')
  }
  if (commit !== undefined) {
    bytes.writeDoubleBE(commit.offset, COMMIT_AT)
    note.copy(bytes, COMMIT_AT + 8)
  }
  const end = bytes.length - 4
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end)
  return bytes
}

/** Decodes a checkpoint; undefined: the bytes are not a checkpoint, or are damaged. */
export function decodeCheckpoint(bytes: Buffer): CheckpointRecord | undefined {
  if (bytes.length !== LENGTH && bytes.length !== LONG_LENGTH && bytes.length < LONG_LENGTH + 8) return undefined
  const end = bytes.length - 4
  if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(0, end))) return undefined
  const changelogOffset = bytes.readDoubleBE(0)
  return {
    checkpoint: { changelogOffset, ...(bytes.length === LENGTH ? {} : { standing: standingOf(bytes) }), ...commitOf(bytes, end) },
    digest: new RowDigest(bytes.readDoubleBE(8), bytes.readUInt32BE(16)),
  }
}

function standingOf(bytes: Buffer): ChangelogStanding {
  const id = bytes.subarray(STANDING_AT + 8, STANDING_AT + 8 + ID_LENGTH)
  return { asOf: bytes.readDoubleBE(STANDING_AT), topicId: id.equals(NO_ID) ? undefined : id.toString('base64url') }
}

function commitOf(bytes: Buffer, end: number): Pick<Checkpoint, 'commit'> {
  if (bytes.length <= LONG_LENGTH) return {}
  return { commit: { offset: bytes.readDoubleBE(COMMIT_AT), note: bytes.toString('utf8', COMMIT_AT + 8, end) } }
}
