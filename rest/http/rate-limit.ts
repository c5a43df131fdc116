/** Allows at most `most` events within any span of `withinMs`. */
export class RateLimit {
  readonly #most: number
  readonly #withinMs: number
  readonly #taken: number[] = []

  constructor(most: number, withinMs: number) {
    this.#most = most
    this.#withinMs = withinMs
  }

  /** Counts an event and returns 0; or, over the limit, counts nothing and returns the ms until the next event is allowed. `now`: monotonic ms. */
  take(now: number): number {
    while (this.#taken.length > 0 && now - (this.#taken[0] as number) >= this.#withinMs) this.#taken.shift()
    if (this.#taken.length >= this.#most) return (this.#taken[0] as number) + this.#withinMs - now
    this.#taken.push(now)
    return 0
  }
}
