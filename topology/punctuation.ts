export type PunctuationType = 'stream-time' | 'wall-clock'
/** Gets the time that was reached, ms since the epoch. */
export type Punctuator = (timestamp: number) => void | Promise<void>
export interface Scheduled {
  cancel(): void
}

interface Schedule {
  readonly interval: number
  readonly type: PunctuationType
  readonly punctuator: Punctuator
  next: number
}

/** A task's schedules. A time that jumps over several intervals fires once. */
export class Punctuations {
  readonly #schedules = new Set<Schedule>()

  add(interval: number, type: PunctuationType, punctuator: Punctuator): Scheduled {
    if (!(interval > 0)) throw new RangeError(`a punctuation's interval must be above 0 ms, not ${interval}`)
    const schedule: Schedule = { interval, type, punctuator, next: type === 'wall-clock' ? Date.now() + interval : -1 }
    this.#schedules.add(schedule)
    return { cancel: () => void this.#schedules.delete(schedule) }
  }

  get empty(): boolean {
    return this.#schedules.size === 0
  }

  /** Calls what is due; true when anything was. Stream time counts from the first record on. */
  async fire(type: PunctuationType, now: number): Promise<boolean> {
    let fired = false
    for (const schedule of this.#schedules) {
      if (schedule.type !== type || now < 0) continue
      if (schedule.next < 0) schedule.next = now + schedule.interval
      if (now < schedule.next) continue
      schedule.next += Math.ceil((now - schedule.next + 1) / schedule.interval) * schedule.interval
      fired = true
      await schedule.punctuator(now)
    }
    return fired
  }
}
