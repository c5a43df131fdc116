import { env, every, messageOf, type Timer } from '../../../base/index.ts'
import type { TaskDirectories } from '../../../stores/index.ts'
import type { TaskId } from '../../queryable-streams.ts'
import type { KafkaLog } from '../kafka/index.ts'

export interface StateCleanerParts {
  readonly directory: Pick<TaskDirectories, 'tasks' | 'lastTouched' | 'remove'>
  readonly delayMs: number
  /** The tasks that the instance runs or follows; undefined while they change. */
  tasks(): readonly TaskId[] | undefined
  onRemoved(): void
  readonly log: KafkaLog | undefined
  /** Monotonic, ms. */
  readonly now?: () => number
}

const longestPauseMs = 60_000
const shortestPauseMs = 250

/**
 * Removes the directories of tasks that moved away: those that the instance has neither run nor followed for `delayMs`, that nobody has open, and in which
 * nothing was written for as long. The first is measured by the monotonic clock, from the start of the process at the earliest; there is no such clock
 * across restarts, so that the last is what the disk tells (mtime): a clock that is set forward can make a directory older, but not sooner removed than
 * `delayMs` after a start; one that is set back only keeps it longer.
 */
export class StateCleaner {
  readonly #parts: StateCleanerParts
  readonly #now: () => number
  /** Since when each task with a directory has been seen to be neither run nor followed. */
  readonly #idle = new Map<TaskId, number>()
  #timer: Timer | undefined
  #cleaning: Promise<void> | undefined

  constructor(parts: StateCleanerParts) {
    this.#parts = parts
    this.#now = parts.now ?? (() => env.monotonic())
  }

  start(): void {
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, this.#parts.delayMs / 4))
    this.#timer = every(pauseMs, () => {
      this.#cleaning ??= this.clean().finally(() => (this.#cleaning = undefined))
    })
    this.#timer.unref()
  }

  /** Resolves when nothing is being removed any more. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#cleaning
  }

  /** Removes what may be removed now. Never rejects: what could not be removed is tried again. */
  async clean(): Promise<void> {
    try {
      const present = this.#parts.directory.tasks().filter(task => /^\d+_\d+$/.test(task))
      for (const task of this.#idle.keys()) if (!present.includes(task)) this.#idle.delete(task)
      for (const task of present) await this.#consider(task)
    } catch (error) {
      this.#failed(error)
    }
  }

  async #consider(task: TaskId): Promise<void> {
    const { directory, delayMs } = this.#parts
    const tasks = this.#parts.tasks()
    if (tasks === undefined) return
    if (tasks.includes(task)) return void this.#idle.delete(task)
    const since = this.#idle.get(task) ?? this.#now()
    this.#idle.set(task, since)
    if (this.#now() - since < delayMs) return
    const touched = directory.lastTouched(task) ?? Infinity
    if (env.now() - touched < delayMs) return
    try {
      if (!(await directory.remove(task))) return
    } catch (error) {
      return this.#failed(error, task)
    }
    this.#idle.delete(task)
    this.#parts.onRemoved()
    this.#parts.log?.('info', 'removed the local state of a task that moved away', {
      task,
      untouchedSince: new Date(touched).toISOString(),
    })
  }

  #failed(error: unknown, task = ''): void {
    this.#parts.log?.('warn', 'cannot remove the local state of tasks that moved away; it is tried again', {
      task,
      error: messageOf(error),
    })
  }
}
