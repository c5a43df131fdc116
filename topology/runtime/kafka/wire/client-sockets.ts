import type { Socket } from 'node:net'

/** Opens a socket of a Kafka client. */
export type SocketFactory = (options: never) => Socket

/** Factories whose client was cut off. */
const cut = new WeakSet<object>()

/** The sockets of one Kafka client, whatever of it has opened them. */
export class ClientSockets {
  /** For kafkajs' setting of this name. */
  readonly socketFactory: SocketFactory
  readonly #open = new Set<Socket>()

  constructor(make: SocketFactory) {
    this.socketFactory = options => {
      const socket = make(options)
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
      return socket
    }
  }

  /** Destroys all sockets. From then on no connection of the client is opened: see `isCutOff`. */
  cutOff(): void {
    cut.add(this.socketFactory)
    for (const socket of this.#open) socket.destroy()
  }
}

/** Whether the client that opens its sockets with this factory was cut off. */
export function isCutOff(socketFactory: object | undefined): boolean {
  return socketFactory !== undefined && cut.has(socketFactory)
}
