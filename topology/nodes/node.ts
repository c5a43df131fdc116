import type { StateStore } from '../../stores/index.ts'
import type { Collector, CollectorMark } from '../output/index.ts'
import type { MetricsRecorder } from '../metrics/index.ts'
import type { ProcessorLog } from '../processor-context.ts'
import type { Punctuator } from '../punctuation.ts'
import type { StreamRecord } from '../stream-record.ts'

/** A node of one task's graph. Its methods return a promise only if there is something to wait for. */
export interface Node {
  readonly name: string
  /** Whether `processBatch` does more than call `process` for each record. */
  readonly batches: boolean
  process(record: StreamRecord): void | Promise<void>
  processBatch(records: readonly StreamRecord[]): void | Promise<void>
  /** Whether a call of the node, or of one behind it, is under way. */
  readonly busy: boolean
  /** Tells of records whose turn comes later. undefined: nobody wants to know. */
  readonly arrived?: ((records: readonly StreamRecord[]) => void) | undefined
}

/** The services that a task gives to its nodes. */
export interface TaskServices {
  readonly applicationId: string
  readonly instance: string
  readonly taskId: string
  readonly partition: number
  readonly collector: Collector
  readonly stores: ReadonlyMap<string, StateStore>
  readonly metrics: MetricsRecorder
  readonly log: ProcessorLog
  /** The partition that Kafka's default partitioner gives a key of the topic. Throws TOPIC_MISSING. */
  partitionOf(topic: string, key: Uint8Array): number
  /** The id of an input topic; undefined: it is not known. */
  topicId(topic: string): string | undefined
  /** Whether the bootstrap inputs are still being read to the end that they had when the task began. */
  bootstrapping(): boolean
  /**
   * The record counts as processed once `work` has resolved and the function that it resolved with was called; see
   * `ProcessorContext.finishLater`.
   */
  finishLater(record: StreamRecord, work: Promise<() => void>, dropped?: () => void): void
  /** Sends the input record behind `record` to the dead-letter topic, and counts it. */
  deadLetter(record: StreamRecord, cause: unknown): void
}

/** The services of the task's unit of work to its nodes; see `WorkUnit`. */
export interface NodeServices extends TaskServices {
  /** Fails the current unit of work with this cause. Outside of a unit of work it throws the cause. */
  fail(cause: unknown): void
  /** A savepoint of the current unit of work; `rollback` undoes everything that was done after it. */
  savepoint(): Savepoint
  rollback(savepoint: Savepoint): void
  /**
   * Runs a step that belongs to an earlier input: a rollback of the current unit of work does not undo it. Throws what the step throws, and the cause
   * of a dead letter that the step requests.
   */
  apart(step: () => void): void
  /**
   * Takes a step within the current unit of work. If it fails, everything that was done since it began is undone, the unit does not fail, and the failure
   * is returned. What the step begins ends with it. Throws TOPOLOGY_INVALID outside of a unit of work, and errors that are not a record's fault.
   */
  attempt(step: () => void | Promise<void>): Promise<{ readonly cause: unknown } | undefined>
  /** Whether the current unit of work has several inputs: if it fails, it is repeated with fewer. */
  inRun(): boolean
  /** Throws PROCESSING_FAILED where a processor must not forward: in the `finish` function of `finishLater`. */
  mayForward(node: string): void
  /** An asynchronous call of a node has started; the unit of work does not end before `ended` is called for it. */
  started(): void
  ended(failure?: { readonly error: unknown }): void
  /** Resolves when the next of these calls has ended. */
  nextEnd(): Promise<void>
  /** Runs a punctuator as a unit of work without an input. */
  punctuate(node: string, now: number, punctuator: Punctuator): Promise<void>
}

/** Opaque except to the unit of work that made it. */
export interface Savepoint {
  readonly output: CollectorMark
  readonly journal: number
  readonly failure: unknown
}

/** Calls `step` for each item in order; waits only if it returns a promise. */
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
