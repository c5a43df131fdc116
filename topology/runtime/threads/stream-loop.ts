import type { StreamTask } from '../tasks/index.ts'

/** The longest sleep of the loop, ms: `tickMs` while a task has work that depends on the clock, otherwise `idleMs`. */
const tickMs = 10
const idleMs = 1000

export interface StreamLoopParts {
  /** Tasks that may run now. */
  tasks(): readonly StreamTask[]
  /** Called after a task took records from its queues: paused partitions may have room again. */
  onProgress(): void
  onFailure(error: unknown): void
}

/**
 * Processes one run of records of each task in turn. Commits run concurrently, at most one per task, while the next records are processed.
 * While the loop is held, no task is in the middle of a record.
 */
export class StreamLoop {
  readonly #parts: StreamLoopParts
  #stopped = false
  #holds = 0
  #wake: (() => void) | undefined
  #notified = false
  #parked: (() => void)[] = []
  #running: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(parts: StreamLoopParts) {
    this.#parts = parts
  }

  start(): void {
    this.#running ??= this.#run().catch(error => this.#parts.onFailure(error))
  }

  /** Wakes the loop: records were added, a task began to run, or a commit ended. */
  notify(): void {
    this.#notified = true
    this.#wake?.()
  }

  /**
   * Resolves when no record is being processed; none will be until `release`. Throws the error that ended the loop, if one did: then a task may be in the
   * middle of a record.
   */
  async hold(): Promise<void> {
    this.#holds++
    if (this.#running !== undefined && !this.#stopped) {
      const parked = new Promise<void>(resolve => this.#parked.push(resolve))
      this.notify()
      await parked
    }
    if (this.#failure !== undefined) throw this.#failure.error
  }

  release(): void {
    this.#holds--
    this.notify()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.notify()
    await this.#running
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped) {
        if (this.#holds > 0) await this.#park()
        else if ((await this.#turn()) > 0) await ioTurn()
        else await this.#sleep()
      }
    } catch (error) {
      this.#failure = { error }
      throw error
    } finally {
      this.#stopped = true
      this.#unpark()
    }
  }

  /** Processes one run of records of each task; returns the number of records and of tasks with punctuations. */
  async #turn(): Promise<number> {
    let processed = 0
    for (const task of this.#parts.tasks()) {
      const now = Date.now()
      if (task.backlogged) await task.committing?.catch(() => undefined)
      // The task's commit may have failed during another task's turn: `#advance` reports that.
      if (task.state !== 'running') continue
      const waiting = task.step(now)
      const count = typeof waiting === 'number' ? waiting : await waiting
      if (task.hasPunctuations && (await task.punctuate(now))) processed++
      if (count > 0) this.#parts.onProgress()
      processed += count
      this.#advance(task, now)
      if (this.#holds > 0 || this.#stopped) break
    }
    return processed
  }

  #advance(task: StreamTask, now: number): void {
    task.maybeCommit(now)?.then(
      () => this.notify(),
      error => this.#parts.onFailure(error),
    )
  }

  async #park(): Promise<void> {
    this.#unpark()
    await this.#sleep()
  }

  #unpark(): void {
    for (const resolve of this.#parked.splice(0)) resolve()
  }

  async #sleep(): Promise<void> {
    if (this.#notified) {
      this.#notified = false
      return ioTurn()
    }
    const byClock = this.#parts
      .tasks()
      .some(task => task.hasPunctuations || task.inputs.size > 0 || task.inputs.resting || task.uncommitted)
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, byClock ? tickMs : idleMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    this.#notified = false
  }
}

/** Yields to sockets and timers. */
function ioTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
