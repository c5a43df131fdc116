/**
 *   created ─▶ restoring ─▶ running ─▶ suspending ─▶ suspended ─▶ restoring, or running again …
 *      │           │           ├─────────────┴─▶ failed
 *      └───────────┴───────────┴──────────┴─▶ closed
 *
 * `suspending`: the last commit is under way; records whose deferred work ends after it are consumed again. `failed`: what the task did since its last
 * commit is incomplete, or may or may not be in Kafka; the task can only be closed.
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
