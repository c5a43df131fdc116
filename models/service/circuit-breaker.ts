export type BreakerState = 'closed' | 'open' | 'halfOpen'
type BreakerEvent = 'success' | 'failure' | 'limit' | 'cooled'

/**
 *     closed ──limit──▶ open ──cooled──▶ halfOpen ──success──▶ closed
 *                        ▲                  │
 *                        └─────failure──────┘
 * `limit` is the failure that makes too many in a row. An event that a state does not name leaves it as it is.
 */
const next: Readonly<Record<BreakerState, Partial<Record<BreakerEvent, BreakerState>>>> = {
  closed: { limit: 'open' },
  open: { cooled: 'halfOpen' },
  halfOpen: { success: 'closed', failure: 'open', limit: 'open' },
}

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number
  /** How long it stays open before one call may try again. */
  readonly coolDownMs: number
}

/** Keeps calls from a server that does not answer: they would only wait for their deadlines. */
export class CircuitBreaker {
  readonly #options: BreakerOptions
  readonly #now: () => number
  #state: BreakerState = 'closed'
  #failures = 0
  #openedAt = 0
  /** Whether the one call that may try is under way. */
  #probing = false

  constructor(options: BreakerOptions, now: () => number = () => performance.now()) {
    this.#options = options
    this.#now = now
  }

  get state(): BreakerState {
    return this.#state
  }

  get failures(): number {
    return this.#failures
  }

  /** Whether a call may be made; who is let in must tell how it went. */
  admit(): boolean {
    if (this.#state === 'open' && this.retryInMs() === 0) this.#on('cooled')
    if (this.#state === 'open' || (this.#state === 'halfOpen' && this.#probing)) return false
    this.#probing = this.#state === 'halfOpen'
    return true
  }

  /** How long until a call may try again; 0: now. */
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
