import type { RawRecord } from '../../stream-record.ts'
import type { RecordQueue } from './record-queue.ts'

/** A partition that is known to hold more may hold it back for ever: records of a transaction that nobody ends. So the wait has an end. */
const maxWaitForKnownMs = 1000

/**
 * The input partitions of one task, merged by timestamp (KIP-695): the queue with the oldest head is taken from.
 * An empty queue holds the others back while its partition is known to hold more, for at most a second, and for `maxTaskIdleMs` in any case.
 * Control inputs come first until each has been read to the end that it had when the task started. A record of theirs that takes longer than
 * `bootstrapWaitMs` to be processed holds the others back no more.
 */
export class PartitionGroup {
  readonly queues: readonly RecordQueue[]
  readonly #maxTaskIdleMs: number
  readonly #bootstrapWaitMs: number
  #firstReading: boolean

  constructor(queues: readonly RecordQueue[], maxTaskIdleMs: number, bootstrapWaitMs: number) {
    this.#bootstrapWaitMs = bootstrapWaitMs
    this.queues = queues
    this.#maxTaskIdleMs = maxTaskIdleMs
    this.#firstReading = queues.some(queue => queue.bootstrap)
  }

  /** Records that may be taken; those of an input that rests do not count. */
  get size(): number {
    let size = 0
    for (const queue of this.queues) if (!queue.hasDeferred) size += queue.size
    return size
  }

  /** Whether an input rests: one of its records is still being processed. */
  get resting(): boolean {
    return this.queues.some(queue => queue.hasDeferred)
  }

  /** The next run of records of one partition that may be processed together; empty when there is none now. */
  nextRecords(max: number, now: number): readonly RawRecord[] {
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

/** Those that do not rest. */
function free(queues: readonly RecordQueue[]): readonly RecordQueue[] {
  return queues.some(queue => queue.hasDeferred) ? queues.filter(queue => !queue.hasDeferred) : queues
}

/** From the queue whose next record is the oldest (of equals the first), as long as its records are not younger than another's. */
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
