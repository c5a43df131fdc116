import { env } from '../../../base/index.ts'
import { earlyCommitBytes } from './early-commit.ts'
import type { StreamTask } from './stream-task.ts'

export interface CommitScheduleParts {
  /** Longest time between two commits, ms. */
  readonly commitIntervalMs: number
  /** Whether all tasks commit in the same transactions. */
  shared(): boolean
  tasks(): readonly StreamTask[]
}

/**
 * Kafka writes one marker to each partition of a transaction. While no record waits, a shared commit is due as soon as it has this many records for
 * each partition that it writes to; fewer records are committed when the interval is over.
 */
const recordsPerMarker = 6

/** Decides when the tasks of a thread commit: each on its own, or all in one transaction. */
export class CommitSchedule {
  readonly #parts: CommitScheduleParts
  #lastCommit = -Infinity
  #committing = false

  constructor(parts: CommitScheduleParts) {
    this.#parts = parts
  }

  /** Called after a step of a task. Starts the task's own commit if it is due. */
  afterStep(task: StreamTask, now: number): Promise<void> | undefined {
    return this.#parts.shared() ? undefined : task.maybeCommit(now)
  }

  /**
   * Called when a task whose processing was asynchronous has finished it. Starts the task's commit if it is due. A task that is busy in each turn
   * would never take part in the commits of `afterTurn`; its own commit shares the next transaction.
   */
  afterWait(task: StreamTask, now: number): Promise<void> | undefined {
    return task.maybeCommit(now, !this.#parts.shared())
  }

  /** Called after a turn of all tasks. Starts a commit of all tasks that have something to commit, if it is due and none is in progress. */
  afterTurn(): Promise<void> | undefined {
    if (this.#committing || !this.#parts.shared()) return undefined
    const running = this.#parts.tasks().filter(({ state }) => state === 'running')
    const changed = running.filter(task => !task.busy && task.uncommitted && task.committing === undefined)
    if (changed.length === 0) return undefined
    const now = env.monotonic()
    if (now - this.#lastCommit < this.#parts.commitIntervalMs && !isEarly(running, changed)) return undefined
    this.#lastCommit = now
    this.#committing = true
    return Promise.all(changed.map(task => task.commit()))
      .then(() => undefined)
      .finally(() => (this.#committing = false))
  }
}

function isEarly(running: readonly StreamTask[], changed: readonly StreamTask[]): boolean {
  let bytes = 0
  let records = 0
  let partitions = 0
  for (const { pending } of changed) {
    bytes += pending.bytes
    records += pending.records
    partitions += pending.partitions
  }
  if (bytes >= earlyCommitBytes) return true
  return partitions > 0 && records >= recordsPerMarker * partitions && running.every(({ inputs }) => inputs.size === 0)
}
