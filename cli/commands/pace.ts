import { setTimeout as sleep } from 'node:timers/promises'

/** A wait for input that is longer than this is no delay which has to be made up for. */
const idleMs = 50
/** What timers can wait. */
const longestSleepMs = 2 ** 31 - 1

/** Spaces records evenly. What a slow receiver delayed is made up for, what the input delayed is not: then the next records keep their distance. */
export class Pace {
  readonly #rate: number | undefined
  #started = performance.now()
  #sent = 0

  /** `rate`: records per second; undefined: no limit. */
  constructor(rate: number | undefined) {
    this.#rate = rate
  }

  /** The input had nothing to send for so long. */
  idled(milliseconds: number): void {
    const late = -aheadOf(this.#sent, this.#rate, performance.now() - this.#started)
    if (this.#rate !== undefined && milliseconds > idleMs && late > 0) this.#started += Math.min(milliseconds, late)
  }

  /** Waits until the next record is due, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    for (;;) {
      const ahead = aheadOf(this.#sent, this.#rate, performance.now() - this.#started)
      // Timers are coarse, so waits shorter than 2 ms are accumulated.
      if (ahead < 2 || signal.aborted) return
      await sleep(Math.min(ahead, longestSleepMs), undefined, { signal }).catch(() => undefined)
    }
  }

  /** A record was sent. */
  count(): void {
    this.#sent++
  }
}

/** Milliseconds until the next record is due, after `sent` records in `elapsed` ms; negative if sending is late. */
export function aheadOf(sent: number, rate: number | undefined, elapsed: number): number {
  return rate === undefined ? 0 : (sent * 1000) / rate - elapsed
}
