import type { Socket } from 'node:net'
import type { CoordinatorBroker } from './coordinator-broker.ts'

/** After so long without a question a coordinator has surely ended in every partition what it was told to end; brokers keep idle connections longer. */
const completeAfterMs = 60_000

/**
 * The very connection on which a coordinator has answered: kafkajs' broker connects again by itself, also to the broker's next life, and looks the
 * same then.
 */
export class SettledConnection {
  readonly coordinator: CoordinatorBroker
  readonly #socket: Socket | undefined
  readonly #now: () => number
  #answeredAt: number
  #lostAt: number | undefined

  constructor(coordinator: CoordinatorBroker, now: () => number) {
    this.coordinator = coordinator
    this.#socket = coordinator.connectionPool.pool[0]?.socket
    this.#now = now
    this.#answeredAt = now()
    this.#socket?.once('close', () => (this.#lostAt = now()))
  }

  get alive(): boolean {
    const [connection] = this.coordinator.connectionPool.pool
    return this.#socket !== undefined && connection?.socket === this.#socket && !this.#socket.destroyed && connection.isConnected()
  }

  /** Whether it was lost only long after its last answer. */
  get lostIdle(): boolean {
    return !this.alive && this.#lostAt !== undefined && this.#lostAt - this.#answeredAt >= completeAfterMs
  }

  answered(): void {
    this.#answeredAt = this.#now()
  }
}
