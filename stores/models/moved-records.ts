import { createHash } from 'node:crypto'
import type { sluice } from '../../proto/state-messages.js'
import { asBuffer } from '../../records/index.ts'
import { plainPlace, type RecordPlace } from './model-routing.ts'

/** A record of the models topic that was moved: where it says that it was before, and what it is. */
export interface MovedRecord extends RecordPlace {
  /** The first eight bytes of the SHA-256 of its value. */
  readonly digest: Uint8Array
}

/** What a state remembers of the moved records that were applied to it. */
export interface MovedRecords {
  /** The last of them, the newest last. Absent: none was moved. */
  readonly moved?: readonly MovedRecord[]
  /** For each partition: the place of the last one that an older build of Sluice has applied. Absent: it has applied none. */
  readonly movedUpTo?: readonly RecordPlace[]
}

const digestBytes = 8
/** Records of a data type that are remembered. A copy of an earlier one is applied again. */
export const mostMoved = 1024

/** The record with this value, which says that it was there. */
export function movedRecord({ partition, offset }: RecordPlace, value: Uint8Array | null): MovedRecord {
  // No value is another one than an empty value.
  return { partition, offset, digest: value === null ? new Uint8Array() : digestOf(value) }
}

/**
 * Whether another copy of a moved record was applied before: one with the same content from the same place. A place alone proves nothing, since any producer
 * can claim one, and would have what is really from there passed over.
 */
export function isMovedAgain({ moved = [], movedUpTo = [] }: MovedRecords, from: MovedRecord | undefined): boolean {
  if (from === undefined) return false
  const { partition, offset, digest } = from
  return (
    moved.some(each => each.offset === offset && each.partition === partition && asBuffer(each.digest).equals(digest)) ||
    movedUpTo.some(each => each.partition === partition && each.offset >= offset)
  )
}

/** What the state remembers after a record that was there before was applied; undefined: it was not moved. */
export function withMoved({ moved = [], movedUpTo = [] }: MovedRecords, from: MovedRecord | undefined): MovedRecords {
  const all = from === undefined ? moved : [...moved.slice(1 - mostMoved), from]
  return { ...(all.length === 0 ? {} : { moved: all }), ...(movedUpTo.length === 0 ? {} : { movedUpTo }) }
}

/** Those of a stored state. */
export function plainMoved({ moved, movedUpTo }: sluice.ModelState.$Properties): MovedRecords {
  const records = (moved ?? []).map(each => ({ ...plainPlace(each), digest: new Uint8Array(each.digest ?? []) }))
  return withMoved({ moved: records, movedUpTo: (movedUpTo ?? []).map(plainPlace) }, undefined)
}

function digestOf(bytes: Uint8Array): Uint8Array {
  // A copy: the rest of the hash is not kept.
  return new Uint8Array(createHash('sha256').update(bytes).digest().subarray(0, digestBytes))
}
