import type { ColumnBatch, ColumnSpec } from './column-batch.ts'

/** Reads data records of one format (protobuf, JSON, CSV) directly into columns. */
export interface RecordReader {
  /** The fields to read, in the order of the batch's columns. */
  readonly specs: readonly ColumnSpec[]
  /**
   * Fills row `row` of the batch (every column: a value or missing) from one record's bytes; does not touch `batch.length`.
   * Returns the data type in the record; '' if it has none.
   * Throws SluiceError RECORD_UNDECODABLE; the row may then be partly filled, and must be filled again before it is used.
   */
  read(value: Uint8Array, batch: ColumnBatch, row: number): string
  /** For a reader that has to ask somebody first: see `Serde.pending`. */
  pending?(value: Uint8Array): string | undefined
}
