import type { TaskId } from '../../queryable-streams.ts'
import type { RawRecord } from '../../stream-record.ts'
import type { StreamsConfig } from '../config/index.ts'
import { InputWaits } from './input-waits.ts'
import type { RecordQueue } from './record-queue.ts'

/** Limit for waiting on a partition that has unread records, ms: an open transaction may keep them from being read for ever. */
const maxWaitForKnownMs = 1000

/**
 * The input partitions of one task, merged by timestamp (KIP-695): the next records come from the queue whose first record is the oldest.
 * While a queue is empty, the others wait for `maxTaskIdleMs`, or for one second if that is longer and the partition has unread records.
 * Bootstrap inputs come first, until each has been processed to the end that it had when the task started. The other inputs stop waiting for a
 * bootstrap input whose deferred record makes no progress for `bootstrapWaitMs`. A record that cannot be deserialized yet, because its serde had to ask
 * somebody, keeps its place in that order: younger records of other inputs wait with it.
 */
export class PartitionGroup {
  readonly queues: readonly RecordQueue[]
  readonly #replayed: readonly RecordQueue[]
  readonly #maxTaskIdleMs: number
  readonly #bootstrapWaitMs: number
  /** undefined: nobody is told of inputs that wait. */
  readonly #waits: InputWaits | undefined
  #firstReading: boolean

  /** The inputs of a task, which is told of in the log while one waits. */
  static of(queues: readonly RecordQueue[], task: { readonly id: TaskId; readonly config: StreamsConfig }): PartitionGroup {
    return new PartitionGroup(queues, task.config.maxTaskIdleMs, task.config.bootstrapWaitMs, new InputWaits(task))
  }

  constructor(queues: readonly RecordQueue[], maxTaskIdleMs: number, bootstrapWaitMs: number, waits?: InputWaits) {
    this.#waits = waits
    this.#bootstrapWaitMs = bootstrapWaitMs
    this.queues = queues
    this.#replayed = queues.filter(queue => queue.fromBeginning)
    this.#maxTaskIdleMs = maxTaskIdleMs
    this.#firstReading = queues.some(queue => queue.bootstrap)
  }

  /** The number of buffered records, without those of paused inputs. */
  get size(): number {
    let size = 0
    for (const queue of this.queues) if (!queue.hasDeferred) size += queue.size
    return size
  }

  /** Whether an input is paused because one of its records is deferred. */
  get resting(): boolean {
    return this.queues.some(queue => queue.hasDeferred)
  }

  /** Whether only bootstrap inputs are read, as far as was asked last. */
  get bootstrapping(): boolean {
    return this.#firstReading
  }

  /** Whether the record was committed before the task started: what it makes was written then. */
  replays({ topic, offset }: Pick<RawRecord, 'topic' | 'offset'>): boolean {
    return this.#replayed.some(queue => queue.topic === topic && queue.replays(offset))
  }

  /** Removes and returns the next run of records of one partition, at most `max`; empty if none may be processed now. `now`: by `env.monotonic()`. */
  nextRecords(max: number, now: number): readonly RawRecord[] {
    const taken = this.#nextRecords(max, now)
    this.#waits?.look(this.queues, now)
    return taken
  }

  #nextRecords(max: number, now: number): readonly RawRecord[] {
    if (this.#firstReading) {
      const control = this.queues.filter(queue => queue.bootstrap)
      if (control.every(queue => queue.bootstrapped || queue.deferredFor(now) >= this.#bootstrapWaitMs)) this.#firstReading = false
      else return takeOldest(free(control), max)
    }
    const queues = free(this.queues)
    for (const queue of queues) if (queue.size === 0 && this.#mustWait(queue, now)) return []
    return takeOldest(queues, max)
  }

  #mustWait(queue: RecordQueue, now: number): boolean {
    const limit = queue.caughtUp ? this.#maxTaskIdleMs : Math.max(maxWaitForKnownMs, this.#maxTaskIdleMs)
    return limit > 0 && now - queue.emptySince < limit
  }
}

/** The queues without a deferred record. */
function free(queues: readonly RecordQueue[]): readonly RecordQueue[] {
  return queues.some(queue => queue.hasDeferred) ? queues.filter(queue => !queue.hasDeferred) : queues
}

/** Takes records from the queue whose next record is the oldest (the first such queue), up to the timestamp of the next record of any other queue. */
function takeOldest(queues: readonly RecordQueue[], max: number): readonly RawRecord[] {
  let oldest: RecordQueue | undefined
  let second = Infinity
  for (const queue of queues) {
    const head = queue.headTimestamp
    if (queue.size > 0 && (oldest === undefined || head < oldest.headTimestamp)) {
      if (oldest !== undefined) second = Math.min(second, oldest.headTimestamp)
      oldest = queue
    } else if (head < second) {
      second = head
    }
  }
  return oldest?.nextRecords(max, second) ?? []
}
