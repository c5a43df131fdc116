import { env, every, SluiceError, type Timer } from '../../../base/index.ts'
import type { Consumer } from '../kafka/index.ts'

const watchEveryMs = 1000
/** The silence of the brokers from which it is reported, ms. Many fetches and heartbeats are answered in this time. */
const silenceMs = 3000

export interface MembershipLeaseOptions {
  readonly consumer: Consumer
  readonly sessionTimeoutMs: number
  /** Silence after which the consumer counts as stuck, ms. */
  readonly patienceMs: number
  /** Whether the member is joining. It may then be waiting for other members, so silence is not reported. */
  joining(): boolean
  /** Called with the time in which no broker answered, ms, since it was last reported. */
  onSilence(milliseconds: number): void
  onStuck(error: SluiceError): void
}

/** Watches a member of the group: whether its partitions are certainly still its own, and whether brokers answer. */
export class MembershipLease {
  readonly #options: MembershipLeaseOptions
  /** When the consumer last fetched, sent a heartbeat or joined, monotonic ms; kafkajs can lose a connection without noticing. */
  #lastSign = env.monotonic()
  #watchdog: Timer | undefined
  #lastWatch = env.monotonic()
  /** Silence before this time has been reported, monotonic ms. */
  #silentUntil = 0
  /**
   * When the last heartbeat but one was answered, monotonic ms. The last one was sent after that, so the session lasts at least until the timeout
   * from then.
   */
  #leaseFrom = -Infinity
  #lastBeat = -Infinity
  #joinedFrom = -Infinity

  constructor(options: MembershipLeaseOptions) {
    this.#options = options
    const { consumer } = options
    for (const sign of [consumer.events.HEARTBEAT, consumer.events.FETCH, consumer.events.GROUP_JOIN]) {
      consumer.on(sign, () => (this.#lastSign = env.monotonic()))
    }
    consumer.on(consumer.events.HEARTBEAT, () => {
      this.#leaseFrom = this.#lastBeat
      this.#lastBeat = env.monotonic()
    })
  }

  start(): void {
    this.#watchdog = every(watchEveryMs, () => this.#watch())
  }

  stop(): void {
    this.#watchdog?.cancel()
  }

  joins(): void {
    this.#joinedFrom = env.monotonic()
  }

  joined(): void {
    this.#leaseFrom = this.#joinedFrom
    this.#lastBeat = env.monotonic()
  }

  /**
   * Whether no other member can own its partitions yet: the group waits for the session timeout after a heartbeat. A process that was suspended for
   * longer does not know at first that others have taken over.
   */
  get leased(): boolean {
    return env.monotonic() - this.#leaseFrom < this.#options.sessionTimeoutMs
  }

  #watch(): void {
    const silentMs = env.monotonic() - this.#lastSign
    this.#tellSilence(silentMs)
    if (silentMs < this.#options.patienceMs) return
    const seconds = Math.round(silentMs / 1000)
    this.#options.onStuck(new SluiceError('BROKER_FAILED', `the consumer has neither fetched nor sent a heartbeat for ${seconds} s`))
  }

  /** Reports silence, unless this thread was blocked and may not have read the answers. */
  #tellSilence(silentMs: number): void {
    const now = env.monotonic()
    const heldUp = now - this.#lastWatch >= 2 * watchEveryMs
    this.#lastWatch = now
    if (heldUp || this.#options.joining() || silentMs < silenceMs) return
    this.#options.onSilence(now - Math.max(this.#lastSign, this.#silentUntil))
    this.#silentUntil = now
  }
}
