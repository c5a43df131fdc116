import { isRecordFault, messageOf, SluiceError } from '../../base/index.ts'
import { UndoJournal, type Undoable } from '../../stores/index.ts'
import { type CollectorMark, hasOrigin, withoutOrigin, type WorkBinding } from '../output/index.ts'
import type { NodeServices, Savepoint, TaskServices } from './node.ts'
import type { Punctuator } from '../punctuation.ts'
import type { RawRecord, StreamRecord } from '../stream-record.ts'

interface Letter {
  readonly record: StreamRecord
  readonly cause: unknown
}

interface Late {
  readonly record: StreamRecord
  readonly work: Promise<() => void>
  readonly dropped: (() => void) | undefined
}

const nothing: CollectorMark = {}

/**
 * The work of a task for one input record, for a run of records, or for a punctuation: all of its effects count, or none. Outputs and the writes to all
 * stores of the task are undone together; dead letters and deferred records are passed on when the unit ends.
 * A run fails as a whole: the caller repeats its records, fewer at a time.
 */
export class WorkUnit implements Undoable, WorkBinding {
  /** The stores note their writes here, so that they can be undone. */
  readonly journal = new UndoJournal()
  /** A store calls this for an asynchronous write: the unit ends after the write, and fails if the write fails. */
  readonly underWay = (write: Promise<unknown>): void => {
    this.#running++
    write.then(
      () => this.#ended(undefined),
      (error: unknown) => this.#ended({ error }),
    )
  }
  /** The services for the nodes. */
  readonly services: NodeServices
  readonly #task: TaskServices
  /** One record, or a run of records of one topic-partition in offset order. */
  #inputs: readonly RawRecord[] = []
  #open = false
  /** The running step that belongs to an earlier input; see `#apart`. */
  #step: { refusal: { readonly cause: unknown } | undefined } | undefined
  /** The number of asynchronous calls of nodes that have not ended: a call may start another without waiting for it. */
  #running = 0
  #onIdle: (() => void) | undefined
  /** Called when the next asynchronous call has ended. */
  #onEnd: (() => void)[] = []
  /** An error of such a call; the caller may not have awaited it. */
  #broken: { readonly error: unknown } | undefined
  #start: CollectorMark = nothing
  #failure: { readonly cause: unknown } | undefined
  /** At most one per input. */
  readonly #letters: Letter[] = []
  readonly #dead = new Set<StreamRecord>()
  readonly #late: Late[] = []
  /** Called when the unit ends. */
  #onSettled: (() => void)[] = []

  constructor(task: TaskServices) {
    this.#task = task
    this.services = {
      ...task,
      deadLetter: (record, cause) => this.#deadLetter(record, cause),
      finishLater: (record, work, dropped) => this.#finishLater(record, work, dropped),
      fail: cause => this.fail(cause),
      savepoint: () => this.#savepoint(),
      rollback: savepoint => this.#rollback(savepoint),
      apart: step => this.#apart(step),
      attempt: step => this.#attempt(step),
      inRun: () => this.#inputs.length > 1,
      mayForward: node => this.#mayForward(node),
      started: () => void this.#running++,
      ended: failure => this.#ended(failure),
      nextEnd: () => new Promise<void>(resolve => this.#onEnd.push(resolve)),
      punctuate: (node, now, punctuator) => this.#punctuate(node, now, punctuator),
    }
  }

  begin(inputs: readonly RawRecord[]): void {
    this.#reset()
    this.#open = true
    this.#inputs = inputs
    this.#start = this.#task.collector.mark()
    this.journal.begin()
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /**
   * Resolves when nothing that was written can be undone any more; undefined: nothing can. A deferred record must not finish before: what it writes stays, and must
   * not build on what goes.
   */
  get settled(): Promise<void> | undefined {
    if (!this.#open || !this.journal.undoable) return undefined
    return new Promise(resolve => this.#onSettled.push(resolve))
  }

  fail(cause: unknown): void {
    if (!this.#open) throw cause
    this.#failure ??= { cause }
  }

  /** Resolves when every asynchronous call of a node has ended; undefined if none is running. Throws errors that are not a record's fault. */
  rest(): Promise<void> | undefined {
    if (this.#running > 0)
      return new Promise<void>(resolve => (this.#onIdle = resolve)).then(() => {
        this.#throwBroken()
        return this.rest()
      })
    this.#throwBroken()
    return undefined
  }

  /** Undoes everything and ends the unit without a dead letter. */
  abandon(): void {
    this.#rollback({ output: this.#start, journal: 0, failure: undefined })
    this.journal.end()
    this.#reset()
    this.#settle()
  }

  /** Ends the unit. If it failed, everything is undone and its input becomes a dead letter. */
  end(): void {
    const failure = this.#failure
    if (failure !== undefined) {
      this.#rollback({ output: this.#start, journal: 0, failure })
      this.#letters.push({ record: this.#inputs[0] as RawRecord, cause: failure.cause })
    }
    this.journal.end()
    this.#open = false
    this.#settle()
    if (this.#letters.length === 0 && this.#late.length === 0) return
    const [letters, late] = [this.#letters.splice(0), this.#late.splice(0)]
    this.#dead.clear()
    for (const { record, cause } of letters) this.#task.deadLetter(record, cause)
    for (const { record, work, dropped } of late) this.#task.finishLater(record, work, dropped)
  }

  /** Called by the journal: removes a dead letter or a deferred record that is undone. */
  undo(what: unknown): void {
    for (const list of [this.#letters, this.#late] as unknown[][]) {
      const at = list.lastIndexOf(what)
      if (at >= 0) list.splice(at, 1)
    }
    this.#dead.delete((what as Letter | Late).record)
    if ('work' in (what as Letter | Late)) (what as Late).dropped?.()
  }

  async #punctuate(node: string, now: number, punctuator: Punctuator): Promise<void> {
    this.begin([withoutOrigin(this.#task.partition, now)])
    try {
      await punctuator(now)
      await this.rest()
    } catch (error) {
      if (!isRecordFault(error)) {
        this.abandon()
        throw error
      }
      this.fail(error)
    }
    if (this.#failure !== undefined) this.#failure = { cause: punctuationFailed(node, this.#failure.cause) }
    this.end()
  }

  /** A record that names no input makes the unit itself fail. Each input has at most one dead letter. */
  #deadLetter(record: StreamRecord, cause: unknown): void {
    if (this.#step !== undefined) return void (this.#step.refusal ??= { cause })
    if (!this.#open) return this.#task.deadLetter(record, cause)
    const own = this.#inputOf(record)
    const about = own ?? (hasOrigin(record) ? record : undefined)
    if (about === undefined) return this.fail(cause)
    if (own !== undefined && own.offset >= 0) {
      if (this.#dead.has(own)) return
      this.#dead.add(own)
    }
    const letter = { record: about, cause }
    this.#letters.push(letter)
    this.journal.note(this, letter, undefined)
  }

  /** If the record names no input of a run, the run fails and is split, until its input is alone. */
  #finishLater(record: StreamRecord, work: Promise<() => void>, dropped: (() => void) | undefined): void {
    // The work may reject before the unit ends, when nothing awaits it yet.
    work.catch(() => undefined)
    if (!this.#open) return this.#task.finishLater(record, work, dropped)
    const input = this.#inputOf(record) ?? (this.#inputs.length === 1 ? this.#inputs[0] : undefined)
    if (input === undefined)
      return this.fail(
        new SluiceError('PROCESSING_FAILED', 'finishLater was called for a record that stems from none of the records of the run'),
      )
    const late = { record: input, work, dropped }
    this.#late.push(late)
    this.journal.note(this, late, undefined)
  }

  /** The unchanged input record that a record stems from. Only topic, partition and offset of the given record are used, by binary search. */
  #inputOf(record: StreamRecord): RawRecord | undefined {
    const inputs = this.#inputs
    if (!hasOrigin(record)) return inputs.length === 1 ? inputs[0] : undefined
    const { topic, partition, offset } = record.source ?? record
    let [from, to] = [0, inputs.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((inputs[middle] as RawRecord).offset < offset) from = middle + 1
      else to = middle
    }
    const found = inputs[from]
    return found?.offset === offset && found.topic === topic && found.partition === partition ? found : undefined
  }

  /** The changes of the step stay. It must not forward; a dead letter that it requests becomes the one of the record that it belongs to. */
  #apart(step: () => unknown): void {
    const own = { refusal: undefined as { readonly cause: unknown } | undefined }
    this.#step = own
    try {
      this.journal.apart(() => mustNotWait(step()))
    } finally {
      this.#step = undefined
    }
    if (own.refusal === undefined) return
    const { cause } = own.refusal
    throw isRecordFault(cause) && cause instanceof Error ? cause : new SluiceError('PROCESSING_FAILED', messageOf(cause), { cause })
  }

  async #attempt(step: () => void | Promise<void>): Promise<{ readonly cause: unknown } | undefined> {
    if (!this.#open || this.#step !== undefined)
      throw new SluiceError('TOPOLOGY_INVALID', 'attempt was called outside of process, processBatch and punctuations')
    const start = this.#savepoint()
    this.#failure = undefined
    try {
      await step()
    } catch (error) {
      if (!isRecordFault(error)) throw error
      this.fail(error)
    }
    const failure = this.#failure as { readonly cause: unknown } | undefined
    if (failure === undefined) this.#failure = start.failure as typeof failure
    else this.#rollback(start)
    return failure
  }

  #mayForward(node: string): void {
    if (this.#step !== undefined)
      throw new SluiceError(
        'PROCESSING_FAILED',
        `processor "${node}" forwarded a record in the finish function of finishLater: that function must not forward`,
      )
  }

  #ended(failure: { readonly error: unknown } | undefined): void {
    if (failure !== undefined && this.#open && isRecordFault(failure.error)) this.fail(failure.error)
    else this.#broken ??= failure
    if (this.#onEnd.length > 0) for (const resolve of this.#onEnd.splice(0)) resolve()
    if (--this.#running > 0) return
    this.#onIdle?.()
    this.#onIdle = undefined
  }

  #throwBroken(): void {
    const broken = this.#broken
    this.#broken = undefined
    if (broken !== undefined) throw broken.error
  }

  #savepoint(): Savepoint {
    return { output: this.#task.collector.mark(), journal: this.journal.length, failure: this.#failure }
  }

  #rollback({ output, journal, failure }: Savepoint): void {
    this.journal.undoTo(journal)
    this.#task.collector.rollback(output)
    this.#failure = failure as { readonly cause: unknown } | undefined
  }

  #settle(): void {
    for (const resolve of this.#onSettled.splice(0)) resolve()
  }

  #reset(): void {
    this.#open = false
    this.#failure = undefined
    this.#broken = undefined
    this.#inputs = []
    this.#letters.length = 0
    this.#dead.clear()
    this.#late.length = 0
  }
}

/** Throws PROCESSING_FAILED if the step returned a promise: the record counts as processed when the step returns. */
function mustNotWait(returned: unknown): void {
  if (!(returned instanceof Promise)) return
  returned.catch(() => undefined)
  throw new SluiceError(
    'PROCESSING_FAILED',
    'the finish function of finishLater returned a promise: it must be synchronous; wait in the work promise instead',
  )
}

function punctuationFailed(node: string, cause: unknown): SluiceError {
  const code = cause instanceof SluiceError ? cause.code : 'PROCESSING_FAILED'
  return new SluiceError(code, `a punctuation of processor "${node}" failed, and its changes were undone: ${messageOf(cause)}`, { cause })
}
