import { isRecordFault } from '../../../base/index.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { PartitionGroup } from './partition-group.ts'
import type { RecordQueue } from './record-queue.ts'

const nothing = (): void => undefined

export interface DeferredRecordsParts {
  /** The inputs of the current assignment. */
  inputs(): PartitionGroup
  running(): boolean
  /** See `WorkUnit.settled`. */
  settled(): Promise<void> | undefined
  /** Changes the count of processed records: a deferred record counts only once it has finished. */
  count(change: 1 | -1): void
  deadLetter(record: StreamRecord, cause: unknown): void
}

/**
 * Records of one task that were deferred by `finishLater`. Their input partition is paused, the others go on; the `finish` functions are called in the
 * order in which the records were deferred. After a new assignment, or once the task has stopped running, none is called: the records are consumed again, and do not
 * wait for works of the former assignment.
 */
export class DeferredRecords {
  readonly #parts: DeferredRecordsParts
  #last: Promise<void> = Promise.resolve()
  /** Of the records that have not finished: what to call if they do not. */
  readonly #dropped = new Map<object, () => void>()
  #refused: { readonly record: StreamRecord; readonly error: unknown; readonly queue: RecordQueue | undefined }[] = []

  constructor(parts: DeferredRecordsParts) {
    this.#parts = parts
  }

  /** Calls the function that `work` resolves with as soon as it is this record's turn, even while another record is being processed, unless that has written something. */
  add(record: StreamRecord, work: Promise<() => void>, dropped: () => void = nothing): void {
    const inputs = this.#parts.inputs()
    const queue = inputs.queues.find(({ topic }) => topic === record.topic)
    queue?.defer(record.offset)
    this.#parts.count(-1)
    const before = this.#last
    const key = {}
    this.#dropped.set(key, dropped)
    const end = async (finish: () => void): Promise<void> => {
      await before
      for (let settled = this.#parts.settled(); settled !== undefined; settled = this.#parts.settled()) await settled
      if (this.#parts.inputs() !== inputs || !this.#parts.running()) return
      this.#dropped.delete(key)
      try {
        finish()
        this.#pass(record, queue)
      } catch (error) {
        this.#refused.push({ record, error, queue })
      }
    }
    this.#last = work.then(end, (error: unknown) =>
      end(() => {
        throw error
      }),
    )
  }

  /** Writes the dead letters of records that failed. To be called between two runs of records, so that a rollback of a run does not remove them. */
  refuse(): void {
    for (const { record, error, queue } of this.#refused.splice(0)) {
      if (!isRecordFault(error)) throw error
      this.#parts.deadLetter(record, error)
      this.#pass(record, queue)
    }
  }

  /** Forgets the records of the former assignment. */
  forget(): void {
    this.#refused = []
    this.#last = Promise.resolve()
    const dropped = [...this.#dropped.values()]
    this.#dropped.clear()
    for (const drop of dropped) drop()
  }

  #pass(record: StreamRecord, queue: RecordQueue | undefined): void {
    queue?.release(record.offset)
    this.#parts.count(1)
  }
}
