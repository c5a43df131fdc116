import { createHash } from 'node:crypto'
import { sluice } from '../../proto/messages.js'
import { CHUNK_BYTES } from '../../stores/index.ts'

/** Key and value of a record of the models topic. All records of a model go to the partition of the key that is the data type. */
export interface ModelPieceRecord {
  /** The record's key. */
  readonly key: Uint8Array
  /** The record's value. */
  readonly value: Uint8Array
}

/** The key of a piece: its data type and index, not its model, so that compaction keeps only the pieces of the newest model. */
export function pieceKey(dataType: string, index: number): Buffer {
  return Buffer.from(`${dataType}/piece/${index}`)
}

/** Splits a model record that is too large for the topic: returns the model's pieces and, last, the descriptor that closes them. */
export function modelPieces(record: Uint8Array): readonly ModelPieceRecord[] {
  const descriptor = sluice.ModelDescriptor.decode(record)
  const { dataType } = descriptor
  const bytes = descriptor.data ?? new Uint8Array()
  const sha256 = createHash('sha256').update(bytes).digest()
  const count = Math.ceil(bytes.length / CHUNK_BYTES)
  const pieces = Array.from({ length: count }, (_, index): ModelPieceRecord => {
    const piece = { sha256, index, count, size: bytes.length }
    const data = bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)
    return { key: pieceKey(dataType, index), value: sluice.ModelDescriptor.encode({ dataType, data, piece }).finish() }
  })
  const { data: _, ...described } = sluice.ModelDescriptor.toObject(descriptor)
  const closing = sluice.ModelDescriptor.encode({ ...described, sha256, pieces: count }).finish()
  return [...pieces, { key: Buffer.from(dataType), value: closing }]
}
