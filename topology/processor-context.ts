import type { StateStore } from '../stores/index.ts'
import type { MetricsRecorder } from './metrics/index.ts'
import type { Punctuator, PunctuationType, Scheduled } from './punctuation.ts'
import type { StreamRecord } from './stream-record.ts'

/** A line for whoever runs the application. */
export type ProcessorLog = (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void

/** What a processor sees of its task. */
export interface ProcessorContext<KOut = unknown, VOut = unknown> {
  /** The application's. */
  readonly applicationId: string
  /** "subtopology_partition" */
  readonly taskId: string
  /** That the task reads of each of its topics. */
  readonly partition: number
  /** Takes figures of the processor's own. Series are to be got once and kept: what runs for each record only adds to them. */
  readonly metrics: MetricsRecorder
  /** To the application's listener. */
  readonly log: ProcessorLog
  /** The input record being processed; undefined in `init`, in punctuations and within `processBatch` (its records tell). */
  readonly recordMetadata: { readonly topic: string; readonly partition: number; readonly offset: number } | undefined
  /** The greatest timestamp of the task's inputs up to the record being processed, within `processBatch` up to its last; -1 before the first. */
  readonly streamTime: number
  /**
   * Hands a record to every child, or to the named one. Await what it returns, if it returns a promise, before the next. The input counts as
   * processed when all that was forwarded has ended, whether it is awaited or not; of promises of your own only those that `process` returns.
   */
  forward(record: StreamRecord<KOut, VOut>, child?: string): void | Promise<void>
  /** Hands a run of records on, in order. */
  forwardBatch(records: readonly StreamRecord<KOut, VOut>[], child?: string): void | Promise<void>
  /** The partition that Kafka's default partitioner (murmur2) gives a key of one of the topology's topics. Throws TOPIC_MISSING. */
  partitionOf(topic: string, key: Uint8Array): number
  /** A store that is connected to this processor, or the global store of one. Throws TOPOLOGY_INVALID for any other. */
  getStateStore<S extends StateStore>(name: string): S
  /**
   * Calls back every `intervalMs` of the task's stream time or of the wall clock, between two records. When the call fails, or what it forwarded
   * does, all that it did is taken back, and a dead letter without key and value (KIP-1034) has the cause; the next call comes in its turn.
   */
  schedule(intervalMs: number, type: PunctuationType, punctuator: Punctuator): Scheduled
  /**
   * The input record takes longer than others should wait: from here on its input partition rests, and the task's other inputs go on. Once
   * `work` has settled `finish` is called with what it gave, in the order of the records, and only then the record counts as processed. It
   * may write to stores, also while another record waits in the middle of its own processing; it forwards nothing and waits for nothing. When
   * either fails the record becomes a dead letter; what `finish` had written until then stays. When the task leaves before, `finish` is
   * not called: the record comes again to whoever has the task then. To be called within `process`.
   */
  finishLater<T>(work: Promise<T>, finish: (given: T) => void): void
  /** Sends the input that the record stems from, as it came, with the cause, to the dead-letter topic, in the same commit as everything else; once. */
  deadLetter(record: StreamRecord, cause: unknown): void
}
