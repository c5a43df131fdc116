import { env } from './env.ts'
import { nextTurn } from './waits.ts'

/** How long work of many steps may keep sockets and timers waiting, ms. */
const shareMs = 2

/**
 * Divides work of many steps, so that whatever waits for the event loop waits for a share of it: a caller looks after each step whether its share is over, and
 * then lets the others have their turn.
 */
export class TurnShare {
  #until = env.monotonic() + shareMs

  get over(): boolean {
    return env.monotonic() >= this.#until
  }

  /** Resolves when the sockets and timers that waited have had their turn; a new share begins. */
  async pass(): Promise<void> {
    await nextTurn()
    this.renew()
  }

  /** A new share begins: others have had their turn. */
  renew(): void {
    this.#until = env.monotonic() + shareMs
  }
}
