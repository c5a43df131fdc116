import { env, type Timer } from '../../base/index.ts'

/** Whatever ends when its time is over. */
interface Ending {
  end(): void
}

interface Group {
  /** By `env.monotonic()`. */
  readonly due: number
  readonly members: readonly Ending[]
}

/** A timer counts whole milliseconds, and may come this much before its time, ms. */
const grain = 0.5

/**
 * Ends what is due: by one timer for the earliest, and whenever somebody asks between two steps of other work, since a timer has to wait for all of that. They end
 * in the order in which they are due; of equal ones in that in which they were added.
 */
export class Deadlines {
  /** Ascending. */
  readonly #groups: Group[] = []
  #timer: Timer | undefined
  #armed = Infinity
  #closed = false

  /** The members end at `due`, by `env.monotonic()`. */
  add(due: number, members: readonly Ending[]): void {
    if (this.#closed) return
    let at = this.#groups.length
    while (at > 0 && (this.#groups[at - 1] as Group).due > due) at--
    this.#groups.splice(at, 0, { due, members })
    if (due < this.#armed) this.#arm(env.monotonic())
  }

  /** Ends all that is due. */
  keep(now = env.monotonic()): void {
    while (this.#groups.length > 0 && (this.#groups[0] as Group).due <= now + grain)
      for (const member of (this.#groups.shift() as Group).members) member.end()
  }

  /** Nothing ends any more. */
  close(): void {
    this.#closed = true
    this.#groups.length = 0
    this.#timer?.cancel()
  }

  #arm(now: number): void {
    this.#timer?.cancel()
    const first = this.#groups[0]
    this.#armed = first?.due ?? Infinity
    this.#timer = first && env.timer(Math.max(1, Math.round(first.due - now)), () => this.#fire())
  }

  #fire(): void {
    const now = env.monotonic()
    this.keep(now)
    this.#arm(now)
  }
}
