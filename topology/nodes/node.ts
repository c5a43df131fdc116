import type { StateStore } from '../../stores/index.ts'
import type { Collector, CollectorMark } from '../output/index.ts'
import type { MetricsRecorder } from '../metrics/index.ts'
import type { ProcessorLog } from '../processor-context.ts'
import type { Punctuator } from '../punctuation.ts'
import type { StreamRecord } from '../stream-record.ts'

/** A node of one task's graph. A promise is returned only when there is something to wait for. */
export interface Node {
  readonly name: string
  /** Whether a run of records is more to it than one record after the other. */
  readonly batches: boolean
  process(record: StreamRecord): void | Promise<void>
  processBatch(records: readonly StreamRecord[]): void | Promise<void>
}

/** What a task lends to its nodes. */
export interface TaskServices {
  readonly applicationId: string
  readonly taskId: string
  readonly partition: number
  readonly collector: Collector
  readonly stores: ReadonlyMap<string, StateStore>
  readonly metrics: MetricsRecorder
  readonly log: ProcessorLog
  /** The partition that Kafka's default partitioner gives a key of the topic. Throws TOPIC_MISSING. */
  partitionOf(topic: string, key: Uint8Array): number
  /** The record counts as processed once the work has settled and what it gave was called; see `ProcessorContext.finishLater`. */
  finishLater(record: StreamRecord, work: Promise<() => void>): void
  /** Sends the input record behind `record` to the dead-letter topic, and counts it. */
  deadLetter(record: StreamRecord, cause: unknown): void
}

/** What a task's nodes have of the work that is done for one input at a time: see `WorkUnit`. */
export interface NodeServices extends TaskServices {
  /** The input of the work under way fails, with this as its cause. Throws what is no input's fault, and so where no input is worked on. */
  fail(cause: unknown): void
  /** A point of the work under way to go back to; `rollback` takes back everything since. */
  savepoint(): Savepoint
  rollback(savepoint: Savepoint): void
  /**
   * Runs what belongs to an input of before: what is taken back of the work under way does not take it along. Throws what it throws, and the
   * cause of the dead letter that it asks for.
   */
  apart(step: () => void): void
  /** Whether the work under way is for several inputs: when it fails it is done again for fewer. */
  inRun(): boolean
  /** Throws where nothing may be forwarded. */
  mayForward(node: string): void
  /** A node's call goes on in the background; the work does not end before `ended` was called for it. */
  started(): void
  ended(failure?: { readonly error: unknown }): void
  /** Does what is due at a time: work without an input. */
  punctuate(node: string, now: number, punctuator: Punctuator): Promise<void>
}

/** Opaque to all but the unit of work that made it. */
export interface Savepoint {
  readonly output: CollectorMark
  readonly journal: number
  readonly failure: unknown
}

/** Calls `step` for each item in order, waiting only where it returns a promise. */
export function inOrder<T>(items: readonly T[], step: (item: T) => void | Promise<void>): void | Promise<void> {
  for (let i = 0; i < items.length; i++) {
    const waiting = step(items[i] as T)
    if (waiting !== undefined) return continueAfter(waiting, items, i + 1, step)
  }
}

async function continueAfter<T>(
  waiting: Promise<void>,
  items: readonly T[],
  from: number,
  step: (item: T) => void | Promise<void>,
): Promise<void> {
  await waiting
  for (let i = from; i < items.length; i++) await step(items[i] as T)
}
