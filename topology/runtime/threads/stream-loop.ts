import { env, nextTurn } from '../../../base/index.ts'
import type { CommitSchedule, StreamTask } from '../tasks/index.ts'

/** The longest sleep of the loop, ms: `tickMs` while a task has work that depends on the clock, otherwise `idleMs`. */
const tickMs = 10
const idleMs = 1000

export interface StreamLoopParts {
  /** Tasks that may run now. */
  tasks(): readonly StreamTask[]
  readonly commits: CommitSchedule
  /** Called after a task took records from its queues, so that paused partitions may have room again. */
  onProgress(): void
  onFailure(error: unknown): void
}

/**
 * Processes one run of records of each task in turn. A task whose processing is asynchronous is passed over until it has finished; the others
 * continue. Commits run concurrently, at most one per task, while the next records are processed. While the loop is held, no task is in the middle of
 * a record.
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
  /** The tasks whose processing has not finished, and those of them that were passed over in the meantime. */
  readonly #busy = new Set<StreamTask>()
  readonly #passedOver = new Set<StreamTask>()

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
   * Resolves when no record is being processed; none will be until `release`. Throws the error that ended the loop, if there was one; a task may then
   * be in the middle of a record.
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
      while (!this.#stopped || this.#busy.size > 0) {
        if (this.#holds > 0 && this.#busy.size === 0) await this.#park()
        else if (!this.#stopped && this.#holds === 0 && this.#turn() > 0) await nextTurn()
        else await this.#sleep()
        if (this.#failure !== undefined) throw this.#failure.error
      }
    } catch (error) {
      this.#failure = { error }
      throw error
    } finally {
      this.#stopped = true
      this.#unpark()
    }
  }

  /** Starts one run of records of each task that is not busy. Returns the number of records that were processed synchronously. */
  #turn(): number {
    let processed = 0
    for (const task of this.#parts.tasks()) {
      if (this.#busy.has(task)) {
        this.#passedOver.add(task)
        continue
      }
      // The task's commit may have failed during another task's turn: `#watch` reports that.
      if (task.state !== 'running') continue
      // The end of its commit notifies the loop.
      if (task.backlogged && task.committing !== undefined) continue
      const now = env.monotonic()
      const count = work(task, now)
      if (typeof count === 'number') processed += this.#ran(task, now, count)
      else this.#wait(task, count)
    }
    this.#watch(this.#parts.commits.afterTurn())
    return processed
  }

  #ran(task: StreamTask, now: number, count: number): number {
    if (count > 0) this.#parts.onProgress()
    this.#watch(this.#parts.commits.afterStep(task, now))
    return count
  }

  #wait(task: StreamTask, count: Promise<number>): void {
    this.#busy.add(task)
    count.then(
      processed => {
        this.#busy.delete(task)
        const goesOn = !this.#stopped && this.#holds === 0
        if (goesOn && processed > 0) this.#parts.onProgress()
        if (goesOn) this.#watch(this.#parts.commits.afterWait(task, env.monotonic()))
        // If nothing was done the loop sleeps: a check of the punctuators must not wake it for the next check.
        if (this.#passedOver.delete(task) || processed > 0 || !goesOn) this.notify()
      },
      error => {
        this.#busy.delete(task)
        this.#failure ??= { error }
        this.notify()
      },
    )
  }

  #watch(commit: Promise<void> | undefined): void {
    commit?.then(
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
      return nextTurn()
    }
    const byClock = this.#parts
      .tasks()
      .some(task => task.hasPunctuations || task.inputs.size > 0 || task.inputs.resting || task.uncommitted)
    await new Promise<void>(resolve => {
      const timer = env.timer(byClock ? tickMs : idleMs, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
    this.#wake = undefined
    this.#notified = false
    // The loop may not have been woken by a socket or a timer: these get their turn now.
    await nextTurn()
  }
}

/**
 * Processes one run of records (`now`: by `env.monotonic()`) and the punctuations that are due by the wall clock. Returns their number; a promise
 * only if one of them is asynchronous.
 */
function work(task: StreamTask, now: number): number | Promise<number> {
  const count = task.step(now)
  if (!task.hasPunctuations) return count
  const punctuated = async (): Promise<number> => (await count) + ((await task.punctuate(env.now())) ? 1 : 0)
  return punctuated()
}
