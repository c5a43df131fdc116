import type { StateStore } from '../stores/index.ts'
import type { MetricsRecorder } from './metrics/index.ts'
import type { Punctuator, PunctuationType, Scheduled } from './punctuation.ts'
import type { StreamRecord } from './stream-record.ts'

/** Writes a log line: level, message, and further fields. */
export type ProcessorLog = (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void

/** The services of a task that its processors use. */
export interface ProcessorContext<KOut = unknown, VOut = unknown> {
  /** The id of the application. */
  readonly applicationId: string
  /** The id of the instance that runs the task, as `instances()` and the line `ready` tell it: another one after each start. */
  readonly instance: string
  /** The id of the task: "subtopology_partition". */
  readonly taskId: string
  /** The partition that the task reads of each of its input topics. */
  readonly partition: number
  /** Records the processor's own metrics. Get each series once and keep it; per record, only add to it. */
  readonly metrics: MetricsRecorder
  /** Writes to the `log` function of the application's listener. */
  readonly log: ProcessorLog
  /** The origin of the record being processed; undefined in `init`, in punctuations and in `processBatch`, whose records carry their own. */
  readonly recordMetadata: { readonly topic: string; readonly partition: number; readonly offset: number } | undefined
  /**
   * The greatest timestamp, ms since the epoch, of the task's input records up to the one being processed; in `processBatch`, up to the last one of
   * the batch; -1 before the first record.
   */
  readonly streamTime: number
  /**
   * Forwards a record to every child, or to the named child. If it returns a promise, await it before the next call. The input record counts as
   * processed when the processing of every forwarded record has ended, whether it is awaited or not; the task waits for a promise of your own
   * only if `process` returns it. Throws TOPOLOGY_INVALID for an unknown child.
   */
  forward(record: StreamRecord<KOut, VOut>, child?: string): void | Promise<void>
  /** Forwards a batch of records in order, as `forward` does for one record. */
  forwardBatch(records: readonly StreamRecord<KOut, VOut>[], child?: string): void | Promise<void>
  /** The partition that Kafka's default partitioner (murmur2) gives a key of one of the topology's topics. Throws TOPIC_MISSING. */
  partitionOf(topic: string, key: Uint8Array): number
  /**
   * The id of one of the task's input topics: a topic that was deleted and created again has another one, and offsets of the former one mean nothing in it.
   * undefined: the brokers return none, or there is no broker.
   */
  topicId(topic: string): string | undefined
  /**
   * Whether bootstrap inputs of the task are still being read to the end that they had when it began. Its other inputs wait for that; punctuations do not.
   */
  readonly bootstrapping: boolean
  /** The store, or global store, of this name that is connected to this processor. Throws TOPOLOGY_INVALID for any other name. */
  getStateStore<S extends StateStore>(name: string): S
  /**
   * Calls `punctuator` every `intervalMs` (above 0) of the task's stream time or of the wall clock, between two records. If the call, or a record
   * that it forwarded, fails, then everything that it did is undone and the cause is written as a dead letter without key and value (KIP-1034);
   * the schedule continues. What it does for records that the processor has kept belongs into `attempt`.
   */
  schedule(intervalMs: number, type: PunctuationType, punctuator: Punctuator): Scheduled
  /**
   * Calls `work` with input records that the processor has kept, for instance in a store, in `process`, `processBatch` or a punctuation. If `work`, or a
   * record that it forwarded, fails, everything that `work` did is undone, and each half of the records is given to it in its turn, until the failing
   * record is alone: that one becomes a dead letter with its own topic, partition and offset. The current record, the run or the punctuation does not fail
   * with it. All that was forwarded before ends first, and all that `work` forwards ends with it, whether it is awaited or not; other promises `work` must
   * await. Await the promise, which resolves when each record is done or a dead letter, before you begin anything else; only then delete what was kept.
   * Throws TOPOLOGY_INVALID before the last attempt has ended.
   */
  attempt<R extends StreamRecord>(records: readonly R[], work: (records: readonly R[]) => void | Promise<void>): Promise<void>
  /**
   * Defers the end of the current record: its input partition is paused until then, and the task's other inputs go on. After `work` resolves,
   * `finish` is called with its value, in the order of the deferred records; only then does the record count as processed. `finish` may write to
   * stores. It is called while another record is in the middle of its processing, unless that has written to a store: then it is called after it, so that it sees nothing that is
   * undone later; a processor that has written must not wait for it. It must be synchronous and must not forward. If `work` or `finish` fails,
   * the record becomes a dead letter; writes that `finish` made before it failed stay. If the task is revoked first, or what `process` did for the record is
   * undone because another record of its run failed, `finish` is not called: the record is processed again, here or by the next owner of the task. `dropped` is called then,
   * at the latest when the task begins anew; it must not throw. Call `finishLater` only within `process`: elsewhere it throws TOPOLOGY_INVALID.
   */
  finishLater<T>(work: Promise<T>, finish: (given: T) => void, dropped?: () => void): void
  /**
   * Writes the input record that `record` stems from, unchanged, with the cause to the dead-letter topic, in the task's next commit; once
   * per input record.
   */
  deadLetter(record: StreamRecord, cause: unknown): void
}
