interface Seen {
  readonly atMs: number
  readonly inputs: number
}

/** Finds inputs that wait for their answer for too long, by their number alone: as many as there were so long ago must have been answered since. */
export class LongestWait {
  readonly #mostMs: number
  readonly #seen: Seen[] = []
  #due = 0

  constructor(mostMs: number) {
    this.#mostMs = mostMs
  }

  /** undefined: none has waited too long. */
  look(nowMs: number, { inputs, answered }: { readonly inputs: number; readonly answered: number }): string | undefined {
    this.#seen.push({ atMs: nowMs, inputs })
    while ((this.#seen[0] as Seen).atMs <= nowMs - this.#mostMs) this.#due = (this.#seen.shift() as Seen).inputs
    return answered >= this.#due ? undefined : `${this.#due - answered} of ${this.#due} inputs have waited for ${this.#mostMs} ms`
  }
}
