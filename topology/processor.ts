import type { ProcessorContext } from './processor-context.ts'
import type { StreamRecord } from './stream-record.ts'

/**
 * One step of a topology. Each task has its own instance, whose calls never overlap.
 * If `process` throws, the input record goes to the dead-letter topic with the error, and the task goes on with the next record: everything that any
 * processor forwarded or wrote to stores for that input is undone. The same holds if a sink cannot write a forwarded record.
 */
export interface Processor<KIn = unknown, VIn = unknown, KOut = unknown, VOut = unknown> {
  /** Runs once per task, after every connected store is restored. */
  init?(context: ProcessorContext<KOut, VOut>): void | Promise<void>
  /**
   * Processes one record. Return a promise only if there is something to wait for: the next record waits for it. A record is given once more if another one of its run
   * has failed, after what was forwarded and written to stores for it is undone.
   */
  process(record: StreamRecord<KIn, VIn>): void | Promise<void>
  /**
   * Processes a batch of consecutive records of one input partition. The result must be the same as that of `process` for each record in turn.
   * If it throws, or a record that it forwarded fails, then what it forwarded and wrote to stores is undone and the records are delivered again,
   * fewer at a time or one by one. State that it keeps outside of stores is not undone.
   */
  processBatch?(records: readonly StreamRecord<KIn, VIn>[]): void | Promise<void>
  /**
   * Told of records as soon as they have come from Kafka, while those before them are still being processed, also in the middle of a call of `process`: for
   * work that should begin early, such as a request to a server. Their turn comes later, and not always: the task may lose its partition before. It must
   * not forward, write to stores or wait. Not called for records that come while the task's stores are being restored, nor by the test driver.
   */
  arrived?(records: readonly StreamRecord<KIn, VIn>[]): void
  /** Runs when the task is closed. The stores are still open. Nothing that it forwards or writes is committed any more. */
  close?(): void | Promise<void>
}

/** Returns a new processor for each task; it must never return the same object twice. */
// oxlint-disable-next-line typescript/no-explicit-any -- a topology holds processors of all types; each node checks its own
export type ProcessorSupplier<P extends Processor<any, any, any, any> = Processor<any, any, any, any>> = () => P
