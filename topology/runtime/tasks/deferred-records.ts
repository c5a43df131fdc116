import { isRecordFault } from '../../../base/index.ts'
import type { StreamRecord } from '../../stream-record.ts'
import type { PartitionGroup } from './partition-group.ts'
import type { RecordQueue } from './record-queue.ts'

export interface DeferredRecordsParts {
  /** Of the present assignment. */
  inputs(): PartitionGroup
  running(): boolean
  /** One record more counts as taken in, or one less: what finishes later does so when it has finished. */
  count(change: 1 | -1): void
  deadLetter(record: StreamRecord, cause: unknown): void
}

/**
 * A task's records that finish later than the records of other inputs that came after them; each input that has one rests. One record's end
 * never comes before that of another before it. Of another assignment, or of a task that does not run any more, none comes to an end: the
 * record will be read again.
 */
export class DeferredRecords {
  readonly #parts: DeferredRecordsParts
  #last: Promise<void> = Promise.resolve()
  #refused: { readonly record: StreamRecord; readonly error: unknown; readonly queue: RecordQueue | undefined }[] = []

  constructor(parts: DeferredRecordsParts) {
    this.#parts = parts
  }

  /** What `work` gives is called as soon as it is there: other records may be half processed then. */
  add(record: StreamRecord, work: Promise<() => void>): void {
    const inputs = this.#parts.inputs()
    const queue = inputs.queues.find(({ topic }) => topic === record.topic)
    queue?.defer(record.offset)
    this.#parts.count(-1)
    const before = this.#last
    const end = async (finish: () => void): Promise<void> => {
      await before
      if (this.#parts.inputs() !== inputs || !this.#parts.running()) return
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

  /** Between two runs of records: what one of them takes back must not take a dead letter with it. */
  refuse(): void {
    for (const { record, error, queue } of this.#refused.splice(0)) {
      if (!isRecordFault(error)) throw error
      this.#parts.deadLetter(record, error)
      this.#pass(record, queue)
    }
  }

  /** The records before are those of another assignment. */
  forget(): void {
    this.#refused = []
  }

  #pass(record: StreamRecord, queue: RecordQueue | undefined): void {
    queue?.release(record.offset)
    this.#parts.count(1)
  }
}
