import type { ProcessorContext } from './processor-context.ts'
import type { StreamRecord } from './stream-record.ts'

/**
 * One step of a topology. There is one instance a task; its calls never overlap.
 * A record that makes `process` throw goes to the dead-letter topic with the error, and the stream goes on: whatever was forwarded and written
 * to stores for its input, by any processor, is taken back. So it is where a sink cannot write what was forwarded.
 */
export interface Processor<KIn = unknown, VIn = unknown, KOut = unknown, VOut = unknown> {
  /** Runs once per task, after every connected store is restored. */
  init?(context: ProcessorContext<KOut, VOut>): void | Promise<void>
  /** Takes one record. A promise is returned only when there is something to wait for: the next record waits for it. */
  process(record: StreamRecord<KIn, VIn>): void | Promise<void>
  /**
   * Takes a run of consecutive records of one input partition at once. The outcome must be that of `process`, record for record.
   * When it throws, or something fails that it forwarded, what it forwarded and wrote to stores is taken back and the records come again, fewer
   * at a time or one by one. What it keeps outside of stores is its own affair.
   */
  processBatch?(records: readonly StreamRecord<KIn, VIn>[]): void | Promise<void>
  /** Runs when the task leaves this instance. Stores are still open; nothing can be forwarded any more. */
  close?(): void | Promise<void>
}

/** Makes a task's own instance: never the same one twice. */
// oxlint-disable-next-line typescript/no-explicit-any -- a topology holds processors of all types; each node checks its own
export type ProcessorSupplier<P extends Processor<any, any, any, any> = Processor<any, any, any, any>> = () => P
