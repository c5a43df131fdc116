import type { NodeServices } from './node.ts'
import type { StreamRecord } from '../stream-record.ts'

/**
 * Calls `work` with the records. If it fails, what it did is undone, and each half of the records is attempted in its turn, until the failing record is
 * alone: it becomes a dead letter. See `ProcessorContext.attempt`.
 */
export async function attemptRecords<R extends StreamRecord>(
  records: readonly R[],
  work: (records: readonly R[]) => void | Promise<void>,
  services: Pick<NodeServices, 'attempt' | 'deadLetter'>,
): Promise<void> {
  if (records.length === 0) return
  const failure = await services.attempt(() => work(records))
  if (failure === undefined) return
  if (records.length === 1) return services.deadLetter(records[0] as R, failure.cause)
  const middle = records.length >>> 1
  await attemptRecords(records.slice(0, middle), work, services)
  await attemptRecords(records.slice(middle), work, services)
}
