import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import type { OutputRecord } from './collector.ts'
import type { RawRecord, StreamRecord } from './stream-record.ts'

/** Headers of a dead letter: the cause, and the record it was (KIP-1034 names the same facts). */
export const deadLetterHeaders = {
  code: 'sluice.error.code',
  message: 'sluice.error.message',
  topic: 'sluice.source.topic',
  partition: 'sluice.source.partition',
  offset: 'sluice.source.offset',
  timestamp: 'sluice.source.timestamp',
  node: 'sluice.task',
} as const

/** The dead letter of an input record: its own key, value and headers, as they came, and the cause in further headers. */
export function deadLetterOf(record: StreamRecord, cause: unknown, taskId: string): OutputRecord {
  const input = record.source ?? (record as RawRecord)
  return {
    key: input.key,
    value: input.value,
    timestamp: input.timestamp,
    headers: {
      ...input.headers,
      [deadLetterHeaders.code]: cause instanceof SluiceError ? cause.code : 'PROCESSING_FAILED',
      [deadLetterHeaders.message]: messageOf(cause),
      [deadLetterHeaders.topic]: input.topic,
      [deadLetterHeaders.partition]: String(input.partition),
      [deadLetterHeaders.offset]: String(input.offset),
      [deadLetterHeaders.timestamp]: String(input.timestamp),
      [deadLetterHeaders.node]: taskId,
    },
  }
}
