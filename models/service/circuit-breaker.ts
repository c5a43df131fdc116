import { env } from '../../base/index.ts'
export type BreakerState = 'closed' | 'open' | 'halfOpen'
type BreakerEvent = 'success' | 'failure' | 'limit' | 'cooled'

/**
 *     closed ──limit──▶ open ──cooled──▶ halfOpen ──success──▶ closed
 *                        ▲                  │
 *                        └─────failure──────┘
 * `limit` is the failure that reaches the limit of failures in a row. An event that a state does not list leaves the state unchanged.
 */
const next: Readonly<Record<BreakerState, Partial<Record<BreakerEvent, BreakerState>>>> = {
  closed: { limit: 'open' },
  open: { cooled: 'halfOpen' },
  halfOpen: { success: 'closed', failure: 'open', limit: 'open' },
}

export interface BreakerOptions {
  /** The number of failures in a row that opens it. */
  readonly failures: number
  /** How long it stays open before one call may try again, ms. */
  readonly coolDownMs: number
}

/** Blocks calls to a server that does not answer, which would only wait for their deadlines. */
export class CircuitBreaker {
  readonly #options: BreakerOptions
  readonly #now: () => number
  #state: BreakerState = 'closed'
  #failures = 0
  #openedAt = 0
  /** Whether the one trial call is in progress. */
  #probing = false

  constructor(options: BreakerOptions, now: () => number = () => env.monotonic()) {
    this.#options = options
    this.#now = now
  }

  get state(): BreakerState {
    return this.#state
  }

  get failures(): number {
    return this.#failures
  }

  /** Whether a call may be made. A caller that gets true must report the outcome. */
  admit(): boolean {
    if (this.#state === 'open' && this.retryInMs() === 0) this.#on('cooled')
    if (this.#state === 'open' || (this.#state === 'halfOpen' && this.#probing)) return false
    this.#probing = this.#state === 'halfOpen'
    return true
  }

  /** How long until a call may try again, ms; 0: now. */
  retryInMs(): number {
    return this.#state === 'open' ? Math.max(0, this.#openedAt + this.#options.coolDownMs - this.#now()) : 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#on('success')
  }

  failed(): void {
    this.#failures++
    this.#on(this.#failures >= this.#options.failures ? 'limit' : 'failure')
  }

  #on(event: BreakerEvent): void {
    const state = next[this.#state][event]
    this.#probing = false
    if (state === undefined) return
    this.#state = state
    if (state === 'open') this.#openedAt = this.#now()
  }
}
