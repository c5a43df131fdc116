import type { ColumnBatch, ColumnSpec } from './column-batch.ts'

/** Reads data records of one format (protobuf, JSON, CSV) straight into columns, without an object a record. */
export interface RecordReader {
  /** The fields that it reads, in the order of the batch's columns. */
  readonly specs: readonly ColumnSpec[]
  /**
   * Fills row `row` of the batch (every column: a value or missing) from one record's bytes; does not touch `batch.length`.
   * Returns the record's own data type, '' when it carries none.
   * Throws SluiceError RECORD_UNDECODABLE; the row may then be half filled and is to be used again.
   */
  read(value: Uint8Array, batch: ColumnBatch, row: number): string
}
