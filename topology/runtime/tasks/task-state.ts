/**
 *   created ─▶ restoring ─▶ running ─▶ suspending ─▶ suspended ─▶ restoring, or running again …
 *      │           │           ├─────────────┴─▶ failed
 *      └───────────┴───────────┴──────────┴─▶ closed
 *
 * `suspending`: the last commit is in progress; records whose deferred work ends later are consumed again. `failed`: the work since the last commit
 * is incomplete, or it is unknown whether it was committed; the task can only be closed.
 */
const next = {
  created: ['restoring', 'closed'],
  restoring: ['running', 'suspended', 'closed'],
  running: ['suspending', 'failed', 'closed'],
  suspending: ['suspended', 'failed', 'closed'],
  suspended: ['restoring', 'running', 'closed'],
  failed: ['closed'],
  closed: [],
} as const satisfies Record<string, readonly string[]>

export type TaskState = keyof typeof next

/** The state of one task. Moves only as the table above allows. */
export class TaskLife {
  readonly #task: string
  #state: TaskState = 'created'

  constructor(task: string) {
    this.#task = task
  }

  get state(): TaskState {
    return this.#state
  }

  /** Throws RangeError for a move that the table does not have. */
  move(to: TaskState): void {
    if (!(next[this.#state] as readonly TaskState[]).includes(to))
      throw new RangeError(`task ${this.#task} cannot go from ${this.#state} to ${to}`)
    this.#state = to
  }

  /** Moves to `failed` from `running` or `suspending`; in any other state it has no effect. */
  fail(): void {
    if (this.#state === 'running' || this.#state === 'suspending') this.#state = 'failed'
  }
}
