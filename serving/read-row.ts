import { pause, SluiceError } from '../base/index.ts'
import { type ColumnBatch, type RecordReader, utf8Text } from '../records/index.ts'
import type { RawRecord } from '../topology/index.ts'
import { checkDataSize, checkDataType } from './record-limits.ts'

/** Reads a data record into the batch's next row. Returns its data type: the one in the record, else its key. Throws RECORD_UNDECODABLE, RECORD_TOO_LARGE. */
export function readRow(reader: RecordReader, record: RawRecord, batch: ColumnBatch): string {
  if (record.value === null) throw new SluiceError('RECORD_UNDECODABLE', 'the data record has no value, so there is nothing to score')
  checkDataSize(record.value)
  const type = reader.read(record.value, batch, batch.length)
  if (type !== '') return checkDataType(type)
  if (record.key === null || record.key.length === 0)
    throw new SluiceError('RECORD_UNDECODABLE', 'the data record names no data type and has no key to take it from')
  return checkDataType(utf8Text(record.key))
}

const askAgainMs = 20

/** Waits until the reader can read the record, if it has to ask somebody. */
export async function untilReadable(reader: RecordReader, value: Uint8Array): Promise<void> {
  while (reader.pending?.(value) !== undefined) await pause(askAgainMs)
}
