import { env } from '../base/index.ts'
import type { Undoable, UndoJournal } from '../stores/index.ts'

/** The clock of a punctuation: `stream-time` is the greatest timestamp of the records, `wall-clock` the machine's time. */
export type PunctuationType = 'stream-time' | 'wall-clock'
/** Is called with the time that was reached on that clock, ms since the epoch. */
export type Punctuator = (timestamp: number) => void | Promise<void>
/** A punctuation that was scheduled. */
export interface Scheduled {
  /** Ends the schedule: no call follows. A second call has no effect. */
  cancel(): void
}

interface Schedule {
  readonly interval: number
  readonly type: PunctuationType
  readonly punctuator: Punctuator
  next: number
}

/**
 * The punctuations of a task. If time jumps over several intervals, a schedule fires once. Schedules and cancellations of a failed record
 * are undone.
 */
export class Punctuations implements Undoable {
  readonly #schedules = new Set<Schedule>()
  readonly #journal: UndoJournal

  constructor(journal: UndoJournal) {
    this.#journal = journal
  }

  add(interval: number, type: PunctuationType, punctuator: Punctuator): Scheduled {
    if (!(interval > 0)) throw new RangeError(`the interval of a punctuation must be above 0 ms, not ${interval}`)
    const schedule: Schedule = { interval, type, punctuator, next: type === 'wall-clock' ? env.now() + interval : -1 }
    this.#set(schedule, true)
    return { cancel: () => this.#set(schedule, false) }
  }

  undo(schedule: unknown, before: unknown): void {
    if (before === true) this.#schedules.add(schedule as Schedule)
    else this.#schedules.delete(schedule as Schedule)
  }

  #set(schedule: Schedule, active: boolean): void {
    const before = this.#schedules.has(schedule)
    if (before === active) return
    this.#journal.note(this, schedule, before)
    if (active) this.#schedules.add(schedule)
    else this.#schedules.delete(schedule)
  }

  get empty(): boolean {
    return this.#schedules.size === 0
  }

  /** Calls the punctuators that are due; true if there were any. The first interval of stream time begins with the first record. */
  async fire(type: PunctuationType, now: number): Promise<boolean> {
    let fired = false
    for (const schedule of this.#schedules) {
      if (schedule.type !== type || now < 0) continue
      // A machine's clock may be set back: no punctuation waits longer than its interval for it.
      schedule.next = schedule.next < 0 ? now + schedule.interval : Math.min(schedule.next, now + schedule.interval)
      if (now < schedule.next) continue
      schedule.next += Math.ceil((now - schedule.next + 1) / schedule.interval) * schedule.interval
      fired = true
      await schedule.punctuator(now)
    }
    return fired
  }
}
