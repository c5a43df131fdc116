import type { Scheduler, SimOwner } from '../scheduler.ts'

/** The latency from one end of a connection to the other. */
export interface PipeDelays {
  next(): number
}

/** One direction of a connection: what is sent arrives in order, in the process at its other end. */
export class Pipe {
  readonly #scheduler: Scheduler
  readonly #delays: PipeDelays
  readonly #to: SimOwner
  readonly #from: SimOwner
  readonly #blocks: Blocks
  #lastMs = 0
  #closed = false

  constructor(scheduler: Scheduler, blocks: Blocks, ends: { readonly from: SimOwner; readonly to: SimOwner; readonly delays: PipeDelays }) {
    this.#scheduler = scheduler
    this.#blocks = blocks
    this.#from = ends.from
    this.#to = ends.to
    this.#delays = ends.delays
  }

  /** Delivers something to the other end, with an additional delay of `extraMs`. */
  send(label: string, arrive: () => void, extraMs = 0): void {
    if (this.#closed) return
    const send = (): void => {
      const due = Math.max(this.#scheduler.now + this.#delays.next() + extraMs, this.#lastMs)
      this.#lastMs = due
      this.#scheduler.after(due - this.#scheduler.now, this.#to, label, () => {
        if (!this.#closed) arrive()
      })
    }
    if (!this.#blocks.hold(this.#from, this.#to, send)) send()
  }

  /** Drops everything that has been sent and has not arrived. */
  close(): void {
    this.#closed = true
  }
}

/** Blocked directions: what is sent in them arrives once they are open again. */
export class Blocks {
  readonly #held = new Map<string, (() => void)[]>()

  block(from: string, to: string): void {
    const name = `${from}>${to}`
    if (!this.#held.has(name)) this.#held.set(name, [])
  }

  /** Opens all directions. */
  open(): void {
    const all = [...this.#held.values()].flat()
    this.#held.clear()
    for (const send of all) send()
  }

  hold(from: SimOwner, to: SimOwner, send: () => void): boolean {
    if (this.#held.size === 0) return false
    const held = this.#held.get(`${from.name}>${to.name}`)
    held?.push(send)
    return held !== undefined
  }
}
