import type { RawRecord, StreamRecord } from '../topology/index.ts'

export type ResultRecord = StreamRecord<Uint8Array | null, Uint8Array>

/** The result of a data record, with its key, time and headers. */
export function resultRecord({ key, timestamp, headers, topic, partition, offset }: RawRecord, value: Buffer): ResultRecord {
  return { key, value, timestamp, headers, topic, partition, offset, source: undefined }
}
