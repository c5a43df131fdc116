/** At most so many within any span of time. */
export class RateLimit {
  readonly #most: number
  readonly #withinMs: number
  readonly #taken: number[] = []

  constructor(most: number, withinMs: number) {
    this.#most = most
    this.#withinMs = withinMs
  }

  /** Takes one, and gives 0; or, when there were too many, how many ms it is until there is room. `now` in ms, never going back. */
  take(now: number): number {
    while (this.#taken.length > 0 && now - (this.#taken[0] as number) >= this.#withinMs) this.#taken.shift()
    if (this.#taken.length >= this.#most) return (this.#taken[0] as number) + this.#withinMs - now
    this.#taken.push(now)
    return 0
  }
}
