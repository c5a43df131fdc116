import { messageOf, SluiceError } from '../proto/sluice-error.ts'
import { UndoJournal, type Undoable } from '../stores/index.ts'
import type { CollectorMark } from './collector.ts'
import { hasOrigin, withoutOrigin } from './dead-letter.ts'
import { isRecordError, type NodeServices, type Savepoint, type TaskServices } from './node.ts'
import type { Punctuator } from './punctuation.ts'
import type { StreamRecord } from './stream-record.ts'

interface Letter {
  readonly record: StreamRecord
  readonly cause: unknown
}

interface Late {
  readonly record: StreamRecord
  readonly work: Promise<() => void>
}

const nothing: CollectorMark = {}

/**
 * What a task does for one input record, a run of them, or a punctuation: all of it counts, or nothing does. Outputs and the writes of all the
 * task's stores are taken back together; dead letters and what finishes later leave when the unit has ended.
 * A run fails as one: who runs it gives its records again, fewer at a time.
 */
export class WorkUnit implements Undoable {
  /** The stores note their writes in it. */
  readonly journal = new UndoJournal()
  /** What nodes see of it. */
  readonly services: NodeServices
  readonly #task: TaskServices
  /** undefined: a run of records. */
  #input: StreamRecord | undefined
  #open = false
  #start: CollectorMark = nothing
  #failure: { readonly cause: unknown } | undefined
  readonly #letters: Letter[] = []
  readonly #late: Late[] = []

  constructor(task: TaskServices) {
    this.#task = task
    this.services = {
      ...task,
      deadLetter: (record, cause) => this.#deadLetter(record, cause),
      finishLater: (record, work) => this.#finishLater(record, work),
      fail: cause => this.fail(cause),
      savepoint: () => ({ output: task.collector.mark(), journal: this.journal.length, failure: this.#failure }),
      rollback: savepoint => this.#rollback(savepoint),
      apart: step => this.journal.apart(step),
      punctuate: (node, now, punctuator) => this.#punctuate(node, now, punctuator),
    }
  }

  /** `input`: undefined for a run of records. */
  begin(input: StreamRecord | undefined): void {
    this.#reset()
    this.#open = true
    this.#input = input
    this.#start = this.#task.collector.mark()
    this.journal.begin()
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  fail(cause: unknown): void {
    if (!this.#open) throw cause
    this.#failure ??= { cause }
  }

  /** Nothing was done. */
  abandon(): void {
    this.#rollback({ output: this.#start, journal: 0, failure: undefined })
    this.journal.end()
    this.#reset()
  }

  /** Ends it: an input that failed leaves a dead letter alone. */
  end(): void {
    const failure = this.#failure
    if (failure !== undefined) {
      this.#rollback({ output: this.#start, journal: 0, failure })
      this.#letters.push({ record: this.#input as StreamRecord, cause: failure.cause })
    }
    this.journal.end()
    this.#open = false
    if (this.#letters.length === 0 && this.#late.length === 0) return
    const [letters, late] = [this.#letters.splice(0), this.#late.splice(0)]
    for (const { record, cause } of letters) this.#task.deadLetter(record, cause)
    for (const { record, work } of late) this.#task.finishLater(record, work)
  }

  /** Of the journal: a dead letter, or what was to finish later, is not to be. */
  undo(what: unknown): void {
    for (const list of [this.#letters, this.#late] as unknown[][]) {
      const at = list.lastIndexOf(what)
      if (at >= 0) list.splice(at, 1)
    }
  }

  async #punctuate(node: string, now: number, punctuator: Punctuator): Promise<void> {
    this.begin(withoutOrigin(this.#task.partition, now))
    try {
      await punctuator(now)
    } catch (error) {
      if (!isRecordError(error)) {
        this.abandon()
        throw error
      }
      this.fail(error)
    }
    if (this.#failure !== undefined) this.#failure = { cause: punctuationFailed(node, this.#failure.cause) }
    this.end()
  }

  /** Of a record that names no input it is the unit's own input that fails. */
  #deadLetter(record: StreamRecord, cause: unknown): void {
    if (!this.#open) return this.#task.deadLetter(record, cause)
    const about = hasOrigin(record) ? record : this.#input
    if (about === undefined) return this.fail(cause)
    const letter = { record: about, cause }
    this.#letters.push(letter)
    this.journal.note(this, letter, undefined)
  }

  #finishLater(record: StreamRecord, work: Promise<() => void>): void {
    // It may fail before the unit has ended, and nobody waits for it until then.
    work.catch(() => undefined)
    if (!this.#open) return this.#task.finishLater(record, work)
    const late = { record, work }
    this.#late.push(late)
    this.journal.note(this, late, undefined)
  }

  #rollback({ output, journal, failure }: Savepoint): void {
    this.journal.undoTo(journal)
    this.#task.collector.rollback(output)
    this.#failure = failure as { readonly cause: unknown } | undefined
  }

  #reset(): void {
    this.#open = false
    this.#failure = undefined
    this.#input = undefined
    this.#letters.length = 0
    this.#late.length = 0
  }
}

function punctuationFailed(node: string, cause: unknown): SluiceError {
  const code = cause instanceof SluiceError ? cause.code : 'PROCESSING_FAILED'
  return new SluiceError(code, `a punctuation of processor "${node}" failed, and nothing of it was kept: ${messageOf(cause)}`, { cause })
}
