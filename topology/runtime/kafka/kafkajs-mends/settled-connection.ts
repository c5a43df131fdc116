import type { Socket } from 'node:net'
import type { CoordinatorBroker } from './coordinator-broker.ts'

/**
 * After this time without a request the coordinator has surely written the end of the last transaction to every partition. Brokers keep idle
 * connections longer.
 */
const completeAfterMs = 60_000

/** When sockets that answered were closed, by the clock of whoever asked first: one listener a socket, for a coordinator answers for many transactions. */
const lost = new WeakMap<Socket, { at?: number }>()

function lossOf(socket: Socket, now: () => number): { readonly at?: number } {
  const known = lost.get(socket)
  if (known !== undefined) return known
  const loss: { at?: number } = {}
  lost.set(socket, loss)
  socket.once('close', () => (loss.at = now()))
  return loss
}

/**
 * The connection on which a coordinator has answered. kafkajs' broker object reconnects by itself, even after a restart of the broker, without a
 * visible change; this class tells the connections apart.
 */
export class SettledConnection {
  readonly coordinator: CoordinatorBroker
  readonly #socket: Socket | undefined
  readonly #now: () => number
  #answeredAt: number
  readonly #loss: { readonly at?: number } | undefined

  constructor(coordinator: CoordinatorBroker, now: () => number) {
    this.coordinator = coordinator
    this.#socket = coordinator.connectionPool.pool[0]?.socket
    this.#now = now
    this.#answeredAt = now()
    this.#loss = this.#socket === undefined ? undefined : lossOf(this.#socket, now)
  }

  get alive(): boolean {
    const [connection] = this.coordinator.connectionPool.pool
    return this.#socket !== undefined && connection?.socket === this.#socket && !this.#socket.destroyed && connection.isConnected()
  }

  /** Whether it was lost, but not before 60 s after its last answer. */
  get lostIdle(): boolean {
    const at = this.#loss?.at
    return !this.alive && at !== undefined && at - this.#answeredAt >= completeAfterMs
  }

  answered(): void {
    this.#answeredAt = this.#now()
  }
}
