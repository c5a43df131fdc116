// The logs of partitions: record batches, what of them is stable, and what is known of their producers.
// Not here: who leads a partition, and what clients ask.
export { type Batch, batchAt, type Marker, type RecordOfBatch, recordsOf } from './batch.ts'
export { type LoggedRecord, PartitionLog } from './partition-log.ts'
export type { Completed } from './producers.ts'
