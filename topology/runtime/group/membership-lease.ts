import { SluiceError } from '../../../base/index.ts'
import type { Consumer } from '../kafka/index.ts'

const watchEveryMs = 1000
/** Silence that is told as the brokers' absence: many fetches and heartbeats. */
const silenceMs = 3000

export interface MembershipLeaseOptions {
  readonly consumer: Consumer
  readonly sessionTimeoutMs: number
  /** Silence after which the consumer is taken for stuck. */
  readonly patienceMs: number
  /** While it joins, it waits for other members. */
  joining(): boolean
  /** No broker has answered for so long, since the last time that this was told. */
  onSilence(milliseconds: number): void
  onStuck(error: SluiceError): void
}

/** Looks whether a member of the group lives: for the group, whether its partitions are still its own, and for itself, whether brokers answer. */
export class MembershipLease {
  readonly #options: MembershipLeaseOptions
  /** When the consumer last showed that it lives; kafkajs can lose a connection without noticing. */
  #lastSign = Date.now()
  #watchdog: NodeJS.Timeout | undefined
  #lastWatch = Date.now()
  /** Up to when the brokers' silence is told. */
  #silentUntil = 0
  /** When the heartbeat before the last was answered, monotonic ms: the last one was sent after that, whenever its answer was read. */
  #leaseFrom = -Infinity
  #lastBeat = -Infinity
  #joinedFrom = -Infinity

  constructor(options: MembershipLeaseOptions) {
    this.#options = options
    const { consumer } = options
    for (const sign of [consumer.events.HEARTBEAT, consumer.events.FETCH, consumer.events.GROUP_JOIN]) {
      consumer.on(sign, () => (this.#lastSign = Date.now()))
    }
    consumer.on(consumer.events.HEARTBEAT, () => {
      this.#leaseFrom = this.#lastBeat
      this.#lastBeat = performance.now()
    })
  }

  start(): void {
    this.#watchdog = setInterval(() => this.#watch(), watchEveryMs)
  }

  stop(): void {
    clearInterval(this.#watchdog)
  }

  joins(): void {
    this.#joinedFrom = performance.now()
  }

  joined(): void {
    this.#leaseFrom = this.#joinedFrom
    this.#lastBeat = performance.now()
  }

  /**
   * Whether its partitions cannot be another member's yet: the group waits for a session after a heartbeat. A process that was held up for longer
   * does not know, when it goes on, that others have taken over.
   */
  get leased(): boolean {
    return performance.now() - this.#leaseFrom < this.#options.sessionTimeoutMs
  }

  #watch(): void {
    const silentMs = Date.now() - this.#lastSign
    this.#tellSilence(silentMs)
    if (silentMs < this.#options.patienceMs) return
    const seconds = Math.round(silentMs / 1000)
    this.#options.onStuck(new SluiceError('BROKER_FAILED', `the consumer has neither fetched nor sent a heartbeat for ${seconds} s`))
  }

  /** A thread that was held up has not looked for answers itself. */
  #tellSilence(silentMs: number): void {
    const now = Date.now()
    const heldUp = now - this.#lastWatch >= 2 * watchEveryMs
    this.#lastWatch = now
    if (heldUp || this.#options.joining() || silentMs < silenceMs) return
    this.#options.onSilence(now - Math.max(this.#lastSign, this.#silentUntil))
    this.#silentUntil = now
  }
}
